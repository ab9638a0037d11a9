//! Entries of the ledger: what moved between which accounts, and why.

use std::collections::BTreeMap;

use domain::{ConditionId, GroupId, OrderId, Shares, TokenId, TradeId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use crate::signal::StrategyName;

/// Where something can be. What leaves one account arrives in another, so that all accounts
/// together hold exactly nothing of every asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the chain says is ours, for good.
    WalletSettled,
    /// What is on its way: positive is coming, negative is promised and still in the wallet.
    WalletPending,
    /// Whoever traded with us.
    Exchange,
    /// The contracts that turn dollars into shares and back.
    Contracts,
    /// Taker's fees paid.
    Fees,
    /// What transactions cost. It is paid in the chain's own coin by the owner, not from the
    /// wallet's dollars, so it comes from [`Account::Capital`].
    Gas,
    /// The owner: deposits, withdrawals, transfers.
    Capital,
    /// Differences that an operator wrote off.
    Adjustments,
}

/// What can be owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asset {
    /// Dollars (pUSD).
    Cash,
    /// Shares of one outcome.
    Shares(TokenId),
}

/// An amount of one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Dollars.
    Cash(Usd),
    /// Shares of one outcome.
    Shares(TokenId, Shares),
}

impl Quantity {
    /// What it is an amount of.
    #[must_use]
    pub const fn asset(self) -> Asset {
        match self {
            Self::Cash(_) => Asset::Cash,
            Self::Shares(token, _) => Asset::Shares(token),
        }
    }
    /// Millionths of a dollar or a share.
    #[must_use]
    pub const fn micros(self) -> i64 {
        match self {
            Self::Cash(amount) => amount.micros(),
            Self::Shares(_, amount) => amount.micros(),
        }
    }
}

/// How sure an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It may still be reversed.
    Provisional,
    /// It stands for good.
    Final,
    /// It takes a provisional entry back, posting by posting.
    Reversal,
}

/// Why an entry was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// A trade of one of our orders.
    Trade {
        /// The match.
        trade: TradeId,
        /// Our order in it.
        order: OrderId,
    },
    /// An on-chain task.
    Chain {
        /// Its name.
        task: String,
    },
    /// The owner put something in.
    Deposit,
    /// The owner took something out.
    Withdrawal,
    /// An operator wrote a difference off.
    Adjustment {
        /// The operator's words.
        why: String,
    },
}

/// Whose result an entry is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tag {
    /// Who wished it.
    pub strategy: StrategyName,
    /// The market; `None` where it is of a whole group, such as a conversion.
    pub condition: Option<ConditionId>,
    /// The group of the market.
    pub group: Option<GroupId>,
}

/// One line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// What.
    pub asset: Asset,
    /// Millionths of a dollar or a share; positive arrives, negative leaves; never zero.
    pub amount: i64,
}

/// One fact of money. Its postings add up to nothing, asset by asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1 without a gap.
    pub number: u64,
    /// When it was learned.
    pub at: UnixMillis,
    /// Why.
    pub cause: Cause,
    /// How sure.
    pub phase: Phase,
    /// Whose result it is; `None` for the owner's and the operator's own.
    pub tag: Option<Tag>,
    /// What moved.
    pub postings: Vec<Posting>,
}

/// What moves in one entry, collected as moves from one account to another, so that nothing can
/// be posted that does not balance.
#[derive(Clone, Debug, Default)]
pub(super) struct Moves(BTreeMap<(Account, Asset), i64>);

impl Moves {
    pub(super) fn add(&mut self, from: Account, to: Account, asset: Asset, amount: i64) {
        for (account, amount) in [(from, -amount), (to, amount)] {
            let sum = self.0.entry((account, asset)).or_default();
            *sum = sum.saturating_add(amount);
        }
    }
    pub(super) fn reversed(mut self) -> Self {
        self.0.values_mut().for_each(|amount| *amount = -*amount);
        self
    }
    pub(super) fn postings(self) -> Vec<Posting> {
        let lines = self.0.into_iter().filter(|(_, amount)| *amount != 0);
        lines.map(|((account, asset), amount)| Posting { account, asset, amount }).collect()
    }
}
