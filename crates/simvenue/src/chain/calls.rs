//! What the venue's contracts do when they are called, and what they ask for first.

use domain::{ConditionId, Shares};
use ethers_core::types::U256;

use super::abi::{self, Call, dollars, shares};
use super::contracts::{
    COLLATERAL_ADAPTER, Contract, NEG_RISK_COLLATERAL_ADAPTER, OFFRAMP, ONRAMP, ROUTER, USDC_E,
};
use crate::custody::{Address, Asset, ConditionKind, Revert, ShareContract, Transaction};

/// One call of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContractCall {
    pub(crate) to: Address,
    /// Coins sent along; none of the venue's contracts takes any.
    pub(crate) value: U256,
    pub(crate) data: Vec<u8>,
}

/// Whether the collateral adapters and ramps work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adapters {
    Working,
    Paused,
}

/// Every call in order, all or none; `sender` is who the contracts see.
pub(crate) fn execute_all(
    chain: &mut Transaction<'_>,
    sender: Address,
    calls: &[ContractCall],
    adapters: Adapters,
) -> Result<(), Revert> {
    calls.iter().try_for_each(|call| execute(chain, sender, call, adapters))
}

fn execute(
    chain: &mut Transaction<'_>,
    sender: Address,
    call: &ContractCall,
    adapters: Adapters,
) -> Result<(), Revert> {
    if !call.value.is_zero() {
        return Err(Revert::UnknownCall);
    }
    let function = abi::read(&call.data).ok_or(Revert::UnknownCall)?;
    let contract = Contract::at(call.to).ok_or(Revert::UnknownCall)?;
    match contract {
        Contract::Dollars(asset) => return dollar_token(chain, sender, asset, &function),
        Contract::Shares(contract) => return share_contract(chain, sender, contract, function),
        _ if adapters == Adapters::Paused => return Err(Revert::Paused),
        _ => {}
    }
    match contract {
        Contract::CollateralAdapter | Contract::NegRiskCollateralAdapter => {
            adapter(chain, sender, call.to, &function)
        }
        Contract::Router => router(chain, sender, &function),
        _ => ramp(chain, sender, call.to, &function),
    }
}

fn dollar_token(
    chain: &mut Transaction<'_>,
    sender: Address,
    asset: Asset,
    function: &Call,
) -> Result<(), Revert> {
    match *function {
        Call::Approve { spender, amount } => chain.approve(asset, sender, spender, amount),
        Call::Transfer { to, amount } => chain.transfer_cash(asset, sender, to, dollars(amount)?),
        _ => Err(Revert::UnknownCall),
    }
}

fn share_contract(
    chain: &mut Transaction<'_>,
    sender: Address,
    contract: ShareContract,
    function: Call,
) -> Result<(), Revert> {
    match function {
        Call::SetApprovalForAll { operator, approved } => {
            chain.set_approval_for_all(contract, sender, operator, approved)
        }
        Call::TransferShares { from, to, items } => {
            chain.require_operator(contract, from, sender)?;
            items.into_iter().try_for_each(|(token, amount)| {
                if chain.share_contract_of(token)? != contract {
                    return Err(Revert::UnknownToken(token));
                }
                chain.transfer_shares(from, to, token, shares(amount)?)
            })
        }
        _ => Err(Revert::UnknownCall),
    }
}

/// The collateral adapters work on conditions of their own kind and look at nothing but the
/// condition and the amount.
fn adapter(
    chain: &mut Transaction<'_>,
    sender: Address,
    adapter: Address,
    function: &Call,
) -> Result<(), Revert> {
    let own = |chain: &Transaction<'_>, id: ConditionId| match chain.condition(id)?.kind() {
        ConditionKind::Standard if adapter == COLLATERAL_ADAPTER => Ok(()),
        ConditionKind::NegRisk { .. } if adapter == NEG_RISK_COLLATERAL_ADAPTER => Ok(()),
        _ => Err(Revert::WrongContract),
    };
    let both = |partition: &[U256]| match partition {
        [one, two] if *one == U256::one() && *two == U256::from(2) => Ok(()),
        _ => Err(Revert::InvalidPartition),
    };
    let shares_of = ShareContract::ConditionalTokens;
    match function {
        Call::Split { condition, partition, amount } => {
            own(chain, *condition)?;
            both(partition)?;
            let size = shares(*amount)?;
            chain.spend(Asset::Pusd, sender, adapter, size.at_one())?;
            chain.split(sender, *condition, size)
        }
        Call::Merge { condition, partition, amount } => {
            own(chain, *condition)?;
            both(partition)?;
            chain.require_operator(shares_of, sender, adapter)?;
            chain.merge(sender, *condition, shares(*amount)?)
        }
        Call::Redeem { condition, .. } => {
            own(chain, *condition)?;
            chain.require_operator(shares_of, sender, adapter)?;
            let all = chain.condition(*condition)?.tokens().map(|it| chain.shares(sender, it));
            chain.redeem(sender, *condition, all).map(|_| ())
        }
        Call::Convert { market_id, index_set, amount }
            if adapter == NEG_RISK_COLLATERAL_ADAPTER =>
        {
            chain.require_operator(shares_of, sender, adapter)?;
            chain.convert(sender, *market_id, *index_set, shares(*amount)?)
        }
        _ => Err(Revert::UnknownCall),
    }
}

fn router(chain: &mut Transaction<'_>, sender: Address, function: &Call) -> Result<(), Revert> {
    let own = |chain: &Transaction<'_>, id: ConditionId| match chain.condition(id)?.kind() {
        ConditionKind::Positions => Ok(()),
        _ => Err(Revert::WrongContract),
    };
    let shares_of = ShareContract::PositionManager;
    match *function {
        Call::SplitPosition { condition, amount } => {
            own(chain, condition)?;
            let size = shares(amount)?;
            chain.spend(Asset::Pusd, sender, ROUTER, size.at_one())?;
            chain.split(sender, condition, size)
        }
        Call::MergePosition { condition, amount } => {
            own(chain, condition)?;
            chain.require_operator(shares_of, sender, ROUTER)?;
            chain.merge(sender, condition, shares(amount)?)
        }
        Call::RedeemPosition { condition, outcome, amount } => {
            own(chain, condition)?;
            chain.require_operator(shares_of, sender, ROUTER)?;
            let size = shares(amount)?;
            let sizes = match outcome.low_u32() {
                0 if outcome.is_zero() => [size, Shares::ZERO],
                1 if outcome == U256::one() => [Shares::ZERO, size],
                _ => return Err(Revert::InvalidIndexSet),
            };
            chain.redeem(sender, condition, sizes).map(|_| ())
        }
        _ => Err(Revert::UnknownCall),
    }
}

fn ramp(
    chain: &mut Transaction<'_>,
    sender: Address,
    ramp: Address,
    function: &Call,
) -> Result<(), Revert> {
    match *function {
        Call::Wrap { asset, to, amount } if ramp == ONRAMP && asset == USDC_E => {
            let amount = dollars(amount)?;
            chain.spend(Asset::UsdcE, sender, ramp, amount)?;
            chain.wrap(sender, to, amount)
        }
        Call::Unwrap { asset, to, amount } if ramp == OFFRAMP && asset == USDC_E => {
            let amount = dollars(amount)?;
            chain.spend(Asset::Pusd, sender, ramp, amount)?;
            chain.unwrap_to(sender, to, amount)
        }
        _ => Err(Revert::UnknownCall),
    }
}
