//! What can be done on chain, as words of ours, and the one contract call that does each.

mod requirement;

use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::types::{Address, Bytes, H256, U256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{abi, ids};
use crate::account::Contracts;

pub use requirement::{Requirement, requirements};

/// Which contracts hold a market's shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Custody {
    /// Protocol V1, a market of its own.
    Standard,
    /// Protocol V1, a market of a neg-risk group.
    NegRisk,
    /// Protocol V2.
    Positions,
}

/// A dollar token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cash {
    /// What the venue trades in.
    Pusd,
    /// What it wraps.
    Usdce,
}

/// A contract that keeps shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ShareLedger {
    /// Conditional tokens, Protocol V1.
    ConditionalTokens,
    /// The position manager, Protocol V2.
    PositionManager,
}

/// How much a spender may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Allowance {
    /// As much as there is, for ever.
    Unlimited,
    /// At most so much; zero takes it back.
    UpTo(Usd),
}

/// Whether an operator may move an account's shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Grant {
    /// It may.
    Given,
    /// It may not.
    TakenBack,
}

/// One thing to do on chain. Each is exactly one contract call, so that it happens wholly or not
/// at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChainOperation {
    /// Dollars into as many complete sets.
    Split {
        /// Where the market's shares are kept.
        custody: Custody,
        /// The market.
        condition: ConditionId,
        /// Sets, one dollar each.
        amount: Shares,
    },
    /// Complete sets into dollars.
    Merge {
        /// Where the market's shares are kept.
        custody: Custody,
        /// The market.
        condition: ConditionId,
        /// Sets, one dollar each.
        amount: Shares,
    },
    /// What a resolved market of Protocol V1 pays for the *whole* balance of both its outcomes.
    Redeem {
        /// The market.
        condition: ConditionId,
        /// Of a neg-risk group, or not.
        market: V1Market,
    },
    /// What a resolved market of Protocol V2 pays for shares of one outcome.
    RedeemPosition {
        /// The market.
        condition: ConditionId,
        /// 0 for YES, 1 for NO.
        outcome: OutcomeIndex,
        /// How many.
        amount: Shares,
    },
    /// NOs of some questions of a neg-risk group into YESes of all the others and dollars.
    Convert {
        /// The group's market id: a question id with its last byte zero.
        market: H256,
        /// The questions whose NO is given.
        questions: QuestionSet,
        /// NOs of each.
        amount: Shares,
    },
    /// Shares to another account.
    TransferShares {
        /// Who keeps them.
        ledger: ShareLedger,
        /// The new owner.
        to: Address,
        /// Which.
        token: TokenId,
        /// How many.
        amount: Shares,
    },
    /// Dollars to another account.
    TransferCash {
        /// Which dollars.
        cash: Cash,
        /// The new owner.
        to: Address,
        /// How many.
        amount: Usd,
    },
    /// Lets a contract take dollars.
    ApproveCash {
        /// Which dollars.
        cash: Cash,
        /// Who may.
        spender: Address,
        /// How many.
        allowance: Allowance,
    },
    /// Lets a contract move shares.
    ApproveShares {
        /// Who keeps them.
        ledger: ShareLedger,
        /// Who may.
        operator: Address,
        /// May or may not.
        grant: Grant,
    },
    /// USDC.e into pUSD.
    Wrap {
        /// Who gets it.
        to: Address,
        /// How many dollars.
        amount: Usd,
    },
    /// pUSD into USDC.e.
    Unwrap {
        /// Who gets it.
        to: Address,
        /// How many dollars.
        amount: Usd,
    },
}

/// The two kinds of markets of Protocol V1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum V1Market {
    /// A market of its own.
    Standard,
    /// A market of a neg-risk group.
    NegRisk,
}

/// One of the two outcomes of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OutcomeIndex {
    /// The first.
    Yes,
    /// The second.
    No,
}

impl OutcomeIndex {
    /// 0 or 1, as the contracts count.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// Questions of a neg-risk group, by their index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuestionSet(U256);

impl QuestionSet {
    /// The set of these indices.
    #[must_use]
    pub fn of(indices: impl IntoIterator<Item = u8>) -> Self {
        Self(indices.into_iter().fold(U256::zero(), |set, index| set | (U256::one() << index)))
    }
    /// Bit n stands for question n.
    #[must_use]
    pub const fn bits(self) -> U256 {
        self.0
    }
    /// No question at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_zero()
    }
}

/// What a transaction says to a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractCall {
    /// The contract.
    pub to: Address,
    /// Coins sent along, in base units; nothing here sends any.
    pub value: U256,
    /// The function and its arguments.
    pub data: Bytes,
}

/// An operation that makes no sense and is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OperationError {
    /// An amount of nothing, or less.
    #[error("the amount must be more than zero")]
    AmountNotPositive,
    /// A conversion of no question.
    #[error("a conversion needs at least one question")]
    NoQuestion,
    /// The id is not one of a neg-risk group.
    #[error("a neg-risk market id ends with a zero byte; this one does not")]
    NotANegRiskMarket,
    /// The condition belongs to the other protocol.
    #[error(transparent)]
    NotV2(#[from] ids::NotV2),
    /// A transfer to the zero address would destroy what is sent.
    #[error("the receiver is the zero address")]
    NoReceiver,
}

impl ChainOperation {
    /// The contract call that does it for `account`.
    ///
    /// # Errors
    /// It makes no sense; see [`OperationError`].
    pub fn call(
        &self,
        contracts: &Contracts,
        account: Address,
    ) -> Result<ContractCall, OperationError> {
        let (to, data) = match self {
            Self::Split { custody, condition, amount } => {
                split(contracts, *custody, condition, shares(*amount)?)?
            }
            Self::Merge { custody, condition, amount } => {
                merge(contracts, *custody, condition, shares(*amount)?)?
            }
            Self::Redeem { condition, market } => (
                market.adapter(contracts),
                abi::redeem_positions(contracts.collateral, hash(condition)),
            ),
            Self::RedeemPosition { condition, outcome, amount } => {
                let condition = ids::v2_condition(condition)?;
                let data = abi::router_redeem(condition, outcome.number(), shares(*amount)?);
                (contracts.router, data)
            }
            Self::Convert { market, questions, amount } => {
                convert(contracts, *market, *questions, shares(*amount)?)?
            }
            Self::TransferShares { ledger, to, token, amount } => {
                let token = ids::token_number(*token);
                let data = abi::transfer_shares(account, receiver(*to)?, token, shares(*amount)?);
                (ledger.contract(contracts), data)
            }
            Self::TransferCash { cash, to, amount } => {
                (cash.contract(contracts), abi::transfer(receiver(*to)?, dollars(*amount)?))
            }
            Self::ApproveCash { cash, spender, allowance } => {
                let data = abi::approve(receiver(*spender)?, allowance.base_units()?);
                (cash.contract(contracts), data)
            }
            Self::ApproveShares { ledger, operator, grant } => {
                let data = abi::set_approval_for_all(receiver(*operator)?, *grant);
                (ledger.contract(contracts), data)
            }
            Self::Wrap { to, amount } => {
                let data = abi::wrap(contracts.usdc_e, receiver(*to)?, dollars(*amount)?);
                (contracts.collateral_onramp, data)
            }
            Self::Unwrap { to, amount } => {
                let data = abi::unwrap(contracts.usdc_e, receiver(*to)?, dollars(*amount)?);
                (contracts.collateral_offramp, data)
            }
        };
        Ok(ContractCall { to, value: U256::zero(), data })
    }
}

impl Custody {
    /// The contract that splits and merges, which must be allowed to take cash and shares.
    #[must_use]
    pub const fn operator(self, contracts: &Contracts) -> Address {
        match self {
            Self::Standard => contracts.ctf_collateral_adapter,
            Self::NegRisk => contracts.neg_risk_ctf_collateral_adapter,
            Self::Positions => contracts.router,
        }
    }
    /// Who keeps the shares.
    #[must_use]
    pub const fn ledger(self) -> ShareLedger {
        match self {
            Self::Standard | Self::NegRisk => ShareLedger::ConditionalTokens,
            Self::Positions => ShareLedger::PositionManager,
        }
    }
}

impl V1Market {
    const fn adapter(self, contracts: &Contracts) -> Address {
        match self {
            Self::Standard => contracts.ctf_collateral_adapter,
            Self::NegRisk => contracts.neg_risk_ctf_collateral_adapter,
        }
    }
}

impl Cash {
    /// Its contract.
    #[must_use]
    pub const fn contract(self, contracts: &Contracts) -> Address {
        match self {
            Self::Pusd => contracts.collateral,
            Self::Usdce => contracts.usdc_e,
        }
    }
}

impl ShareLedger {
    /// Its contract.
    #[must_use]
    pub const fn contract(self, contracts: &Contracts) -> Address {
        match self {
            Self::ConditionalTokens => contracts.conditional_tokens,
            Self::PositionManager => contracts.position_manager,
        }
    }
}

impl Allowance {
    fn base_units(self) -> Result<U256, OperationError> {
        match self {
            Self::Unlimited => Ok(U256::MAX),
            Self::UpTo(Usd::ZERO) => Ok(U256::zero()),
            Self::UpTo(amount) => dollars(amount),
        }
    }
}

type Call = (Address, Bytes);

fn split(
    contracts: &Contracts,
    custody: Custody,
    condition: &ConditionId,
    amount: U256,
) -> Result<Call, OperationError> {
    let data = match custody {
        Custody::Standard | Custody::NegRisk => {
            abi::split_position(contracts.collateral, hash(condition), amount)
        }
        Custody::Positions => abi::router_split(ids::v2_condition(condition)?, amount),
    };
    Ok((custody.operator(contracts), data))
}

fn merge(
    contracts: &Contracts,
    custody: Custody,
    condition: &ConditionId,
    amount: U256,
) -> Result<Call, OperationError> {
    let data = match custody {
        Custody::Standard | Custody::NegRisk => {
            abi::merge_positions(contracts.collateral, hash(condition), amount)
        }
        Custody::Positions => abi::router_merge(ids::v2_condition(condition)?, amount),
    };
    Ok((custody.operator(contracts), data))
}

fn convert(
    contracts: &Contracts,
    market: H256,
    questions: QuestionSet,
    amount: U256,
) -> Result<Call, OperationError> {
    if questions.is_empty() {
        return Err(OperationError::NoQuestion);
    }
    if market != ids::neg_risk_market(market) {
        return Err(OperationError::NotANegRiskMarket);
    }
    let data = abi::convert_positions(market, questions.bits(), amount);
    Ok((contracts.neg_risk_ctf_collateral_adapter, data))
}

fn shares(amount: Shares) -> Result<U256, OperationError> {
    positive(amount.micros())
}

fn dollars(amount: Usd) -> Result<U256, OperationError> {
    positive(amount.micros())
}

/// Millionths are the contracts' base units.
fn positive(micros: i64) -> Result<U256, OperationError> {
    match u64::try_from(micros) {
        Ok(units) if units > 0 => Ok(units.into()),
        _ => Err(OperationError::AmountNotPositive),
    }
}

const fn hash(condition: &ConditionId) -> H256 {
    H256(*condition.bytes())
}

fn receiver(address: Address) -> Result<Address, OperationError> {
    if address.is_zero() { Err(OperationError::NoReceiver) } else { Ok(address) }
}
