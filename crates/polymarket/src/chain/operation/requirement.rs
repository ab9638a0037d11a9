//! What an account must have and must have allowed before operations can succeed.

use std::fmt;

use domain::Usd;
use ethers_core::types::Address;
use serde::{Deserialize, Serialize};

use super::{Allowance, Cash, ChainOperation, Custody, Grant, ShareLedger};
use crate::account::Contracts;

/// One thing that must be so. Shares are not among them: a contract that finds too few says so
/// when the gas is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requirement {
    /// The account holds so many dollars.
    Cash {
        /// Which dollars.
        cash: Cash,
        /// At least so many.
        amount: Usd,
    },
    /// A contract may take so many dollars of the account.
    CashAllowance {
        /// Which dollars.
        cash: Cash,
        /// Who must be allowed.
        spender: Address,
        /// At least so many.
        amount: Usd,
    },
    /// A contract may move the account's shares.
    ShareApproval {
        /// Who keeps them.
        ledger: ShareLedger,
        /// Who must be allowed.
        operator: Address,
    },
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cash { cash, amount } => write!(f, "{amount} dollars of {cash:?}"),
            Self::CashAllowance { cash, spender, amount } => {
                write!(f, "an allowance of {amount} dollars of {cash:?} for {spender:?}")
            }
            Self::ShareApproval { ledger, operator } => {
                write!(f, "the approval of {operator:?} to move shares of {ledger:?}")
            }
        }
    }
}

/// What must be so before `operations`, carried out in this order by one account. An approval
/// that an earlier operation gives is not asked for; cash that an earlier one pays out is not
/// counted, because what it will be is not known before.
#[must_use]
pub fn requirements(operations: &[ChainOperation], contracts: &Contracts) -> Vec<Requirement> {
    let mut needed: Vec<Requirement> = vec![];
    for (at, operation) in operations.iter().enumerate() {
        let earlier = operations.get(..at).unwrap_or_default();
        for requirement in of_one(operation, contracts) {
            if !earlier.iter().any(|operation| gives(operation, &requirement)) {
                add(&mut needed, requirement);
            }
        }
    }
    needed
}

fn of_one(operation: &ChainOperation, contracts: &Contracts) -> Vec<Requirement> {
    let spend = |cash: Cash, spender: Address, amount: Usd| {
        vec![
            Requirement::Cash { cash, amount },
            Requirement::CashAllowance { cash, spender, amount },
        ]
    };
    let approval = |ledger, operator| vec![Requirement::ShareApproval { ledger, operator }];
    let of_custody = |custody: Custody| approval(custody.ledger(), custody.operator(contracts));
    match operation {
        ChainOperation::Split { custody, amount, .. } => {
            spend(Cash::Pusd, custody.operator(contracts), amount.at_one())
        }
        ChainOperation::Merge { custody, .. } => of_custody(*custody),
        ChainOperation::Redeem { market, .. } => {
            approval(ShareLedger::ConditionalTokens, market.adapter(contracts))
        }
        ChainOperation::RedeemPosition { .. } => of_custody(Custody::Positions),
        ChainOperation::Convert { .. } => of_custody(Custody::NegRisk),
        ChainOperation::TransferCash { cash, amount, .. } => {
            vec![Requirement::Cash { cash: *cash, amount: *amount }]
        }
        ChainOperation::Wrap { amount, .. } => {
            spend(Cash::Usdce, contracts.collateral_onramp, *amount)
        }
        ChainOperation::Unwrap { amount, .. } => {
            spend(Cash::Pusd, contracts.collateral_offramp, *amount)
        }
        ChainOperation::TransferShares { .. }
        | ChainOperation::ApproveCash { .. }
        | ChainOperation::ApproveShares { .. } => vec![],
    }
}

fn gives(operation: &ChainOperation, requirement: &Requirement) -> bool {
    match (operation, requirement) {
        (
            ChainOperation::ApproveCash { cash, spender, allowance },
            Requirement::CashAllowance { cash: wanted, spender: by, amount },
        ) => {
            let enough = match allowance {
                Allowance::Unlimited => true,
                Allowance::UpTo(limit) => limit >= amount,
            };
            cash == wanted && spender == by && enough
        }
        (
            ChainOperation::ApproveShares { ledger, operator, grant: Grant::Given },
            Requirement::ShareApproval { ledger: wanted, operator: by },
        ) => ledger == wanted && operator == by,
        _ => false,
    }
}

/// Sums what is needed of the same thing.
fn add(needed: &mut Vec<Requirement>, new: Requirement) {
    for known in needed.iter_mut() {
        match (known, new) {
            (Requirement::Cash { cash, amount }, Requirement::Cash { cash: of, amount: more })
                if *cash == of =>
            {
                *amount += more;
                return;
            }
            (
                Requirement::CashAllowance { cash, spender, amount },
                Requirement::CashAllowance { cash: of, spender: by, amount: more },
            ) if *cash == of && *spender == by => {
                *amount += more;
                return;
            }
            (known, new) if *known == new => return,
            _ => {}
        }
    }
    needed.push(new);
}

#[cfg(test)]
mod tests {
    use domain::{ConditionId, Shares};

    use super::*;

    fn split(micros: i64) -> ChainOperation {
        ChainOperation::Split {
            custody: Custody::Standard,
            condition: ConditionId::from_bytes([1; 32]),
            amount: Shares::from_micros(micros),
        }
    }

    #[test]
    fn two_splits_need_the_sum_of_their_dollars() {
        let contracts = Contracts::polygon();
        let spender = contracts.ctf_collateral_adapter;
        let amount = Usd::from_micros(12);
        let wanted = [
            Requirement::Cash { cash: Cash::Pusd, amount },
            Requirement::CashAllowance { cash: Cash::Pusd, spender, amount },
        ];
        assert_eq!(requirements(&[split(5), split(7)], &contracts), wanted);
    }

    #[test]
    fn an_approval_in_the_same_batch_counts_if_it_comes_first_and_is_enough() {
        let contracts = Contracts::polygon();
        let approve = |micros| ChainOperation::ApproveCash {
            cash: Cash::Pusd,
            spender: contracts.ctf_collateral_adapter,
            allowance: Allowance::UpTo(Usd::from_micros(micros)),
        };
        let asks = |operations: &[ChainOperation]| {
            requirements(operations, &contracts)
                .iter()
                .any(|one| matches!(one, Requirement::CashAllowance { .. }))
        };
        assert!(!asks(&[approve(5), split(5)]));
        assert!(asks(&[approve(4), split(5)]));
        assert!(asks(&[split(5), approve(5)]));
    }
}
