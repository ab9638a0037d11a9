//! What an account still lacks before it can trade, each thing with the one step that helps.

use std::fmt;

use domain::Usd;
use ethers_core::types::{Address, U256};
use ethers_core::utils::to_checksum;

use super::operation::{Allowance, Cash, ChainOperation, Custody, Grant, Requirement, ShareLedger};
use super::sender::{ChainSender, SenderError};
use crate::account::Contracts;
use crate::relayer::RelayedWallet;

/// With an allowance below this an account soon stands still. One million dollars.
const AMPLE: Usd = Usd::from_whole(1_000_000);

/// A contract that must be allowed something, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// In words.
    pub name: &'static str,
    /// The contract.
    pub address: Address,
}

/// One missing step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountStep {
    /// The wallet does not exist on the chain yet.
    Deploy {
        /// Where it will be.
        wallet: Address,
    },
    /// A contract may not take the account's dollars.
    AllowCash {
        /// Which.
        party: Party,
    },
    /// The contract that wraps may not take the dollars that are to be wrapped.
    AllowRamp {
        /// Which.
        party: Party,
        /// How many.
        amount: Usd,
    },
    /// A contract may not move the account's shares.
    AllowShares {
        /// Which.
        party: Party,
        /// Shares of which protocol.
        ledger: ShareLedger,
    },
    /// Dollars that the venue does not trade in lie unused.
    Wrap {
        /// How many.
        amount: Usd,
    },
    /// There are no dollars at all.
    Fund {
        /// Where they belong.
        account: Address,
    },
    /// The account pays its own gas and has no coins for it.
    FundGas {
        /// Where they belong.
        account: Address,
    },
}

impl AccountStep {
    /// What carries the step out; `None` where no operation can.
    #[must_use]
    pub const fn operation(&self, account: Address) -> Option<ChainOperation> {
        match *self {
            Self::AllowCash { party } => Some(ChainOperation::ApproveCash {
                cash: Cash::Pusd,
                spender: party.address,
                allowance: Allowance::Unlimited,
            }),
            Self::AllowRamp { party, amount } => Some(ChainOperation::ApproveCash {
                cash: Cash::Usdce,
                spender: party.address,
                allowance: Allowance::UpTo(amount),
            }),
            Self::AllowShares { party, ledger } => Some(ChainOperation::ApproveShares {
                ledger,
                operator: party.address,
                grant: Grant::Given,
            }),
            Self::Wrap { amount } => Some(ChainOperation::Wrap { to: account, amount }),
            Self::Deploy { .. } | Self::Fund { .. } | Self::FundGas { .. } => None,
        }
    }
}

impl AccountStep {
    /// Whether it only lets the contracts that split, merge and redeem act for the account: a batch
    /// over the relayer gives such an approval by itself the first time that it is needed.
    #[must_use]
    pub fn comes_with_a_batch(&self, contracts: &Contracts) -> bool {
        let (Self::AllowCash { party } | Self::AllowShares { party, .. }) = self else {
            return false;
        };
        [Custody::Standard, Custody::NegRisk, Custody::Positions]
            .into_iter()
            .any(|custody| custody.operator(contracts) == party.address)
    }
}

impl fmt::Display for AccountStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |address: &Address| to_checksum(address, None);
        match self {
            Self::Deploy { wallet } => {
                write!(
                    f,
                    "the wallet {} does not exist yet: have the relayer make it",
                    text(wallet)
                )
            }
            Self::AllowCash { party } => write!(
                f,
                "the {} ({}) may not take pUSD of the account: approve it",
                party.name,
                text(&party.address)
            ),
            Self::AllowRamp { party, amount } => write!(
                f,
                "the {} ({}) may not take {amount} dollars of USDC.e: approve it",
                party.name,
                text(&party.address)
            ),
            Self::AllowShares { party, ledger } => write!(
                f,
                "the {} ({}) may not move the account's shares ({}): approve it",
                party.name,
                text(&party.address),
                match ledger {
                    ShareLedger::ConditionalTokens => "conditional tokens",
                    ShareLedger::PositionManager => "positions",
                }
            ),
            Self::Wrap { amount } => {
                write!(f, "{amount} dollars of USDC.e cannot be traded with: wrap them into pUSD")
            }
            Self::Fund { account } => {
                write!(f, "the account has no pUSD: send some to {}", text(account))
            }
            Self::FundGas { account } => write!(
                f,
                "the account pays its own gas and has no POL: send some to {}",
                text(account)
            ),
        }
    }
}

/// Who must be allowed to take the account's dollars.
fn takers_of_cash(contracts: &Contracts) -> Vec<Party> {
    let party = |name, address| Party { name, address };
    vec![
        party("exchange of standard markets", contracts.exchange),
        party("exchange of neg-risk markets", contracts.neg_risk_exchange),
        party("exchange of positions", contracts.exchange_v3),
        party("adapter of standard markets", Custody::Standard.operator(contracts)),
        party("adapter of neg-risk markets", Custody::NegRisk.operator(contracts)),
        party("router of positions", Custody::Positions.operator(contracts)),
    ]
}

/// Who must be allowed to move the account's shares.
fn movers_of_shares(contracts: &Contracts) -> Vec<(Party, ShareLedger)> {
    let party = |name, address, ledger| (Party { name, address }, ledger);
    let (old, new) = (ShareLedger::ConditionalTokens, ShareLedger::PositionManager);
    vec![
        party("exchange of standard markets", contracts.exchange, old),
        party("exchange of neg-risk markets", contracts.neg_risk_exchange, old),
        party("adapter of standard markets", Custody::Standard.operator(contracts), old),
        party("adapter of neg-risk markets", Custody::NegRisk.operator(contracts), old),
        party("exchange of positions", contracts.exchange_v3, new),
        party("router of positions", Custody::Positions.operator(contracts), new),
    ]
}

/// Everything that the account still lacks, in the order to do it; nothing where it can trade.
///
/// # Errors
/// Node or relayer cannot be asked.
pub async fn missing_steps(sender: &ChainSender) -> Result<Vec<AccountStep>, SenderError> {
    let (rpc, contracts, account) = (sender.rpc(), sender.contracts(), sender.account());
    let mut steps = vec![];
    match sender {
        // The relayer makes a Safe or a proxy with its first batch.
        ChainSender::Relayed(relayed) if relayed.kind == RelayedWallet::Deposit => {
            if !relayed.relayer.is_deployed(relayed.kind, account).await? {
                steps.push(AccountStep::Deploy { wallet: account });
            }
        }
        ChainSender::Relayed(_) => {}
        ChainSender::Direct(_) => {
            if rpc.gas_money(account).await? == U256::zero() {
                steps.push(AccountStep::FundGas { account });
            }
        }
    }
    let idle = rpc.cash(contracts, Cash::Usdce, account).await?;
    if idle > Usd::ZERO {
        steps.push(AccountStep::Wrap { amount: idle });
        let spender = contracts.collateral_onramp;
        let cash = Cash::Usdce;
        let needed = Requirement::CashAllowance { cash, spender, amount: idle };
        if !rpc.meets(contracts, account, &needed).await? {
            let party = Party { name: "ramp that wraps USDC.e", address: spender };
            steps.insert(steps.len() - 1, AccountStep::AllowRamp { party, amount: idle });
        }
    } else if rpc.cash(contracts, Cash::Pusd, account).await? == Usd::ZERO {
        steps.push(AccountStep::Fund { account });
    }
    for party in takers_of_cash(contracts) {
        let spender = party.address;
        let needed = Requirement::CashAllowance { cash: Cash::Pusd, spender, amount: AMPLE };
        if !rpc.meets(contracts, account, &needed).await? {
            steps.push(AccountStep::AllowCash { party });
        }
    }
    for (party, ledger) in movers_of_shares(contracts) {
        let needed = Requirement::ShareApproval { ledger, operator: party.address };
        if !rpc.meets(contracts, account, &needed).await? {
            steps.push(AccountStep::AllowShares { party, ledger });
        }
    }
    Ok(steps)
}
