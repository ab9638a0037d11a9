//! Why the ledger refuses a report, and what can be wrong with its own sums.

use domain::{OrderId, TokenId, TradeId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::entry::Asset;
use super::report::{ChainReport, TradeReport};

/// A report that is not booked. The ledger is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LedgerError {
    /// Two reports of one trade cannot both be true: another size, price or side, or a final
    /// state that changed.
    #[error(
        "trade {} of order {} was {} and is now told as {}: {:?} against {:?}",
        known.trade, known.order, known.state.code(), told.state.code(), known, told
    )]
    TradeContradiction {
        /// What is booked.
        known: Box<TradeReport>,
        /// What was told now.
        told: Box<TradeReport>,
    },
    /// Two reports of one on-chain task cannot both be true.
    #[error("task {} was {:?} and is now told as {:?}", known.task, known, told)]
    ChainContradiction {
        /// What is booked.
        known: Box<ChainReport>,
        /// What was told now.
        told: Box<ChainReport>,
    },
    /// The trade is older than what is remembered: it may be booked already. The store knows.
    #[error("trade {trade} of order {order} is older than what the ledger remembers")]
    UnknownTrade {
        /// The match.
        trade: TradeId,
        /// Our order in it.
        order: OrderId,
        /// Trades matched before this moment are remembered only while they are not final.
        horizon: UnixMillis,
    },
    /// The task is older than what is remembered: it may be booked already. The store knows.
    #[error("task {task} is older than what the ledger remembers")]
    UnknownTask {
        /// Its name.
        task: String,
        /// Tasks made before this moment are remembered only while they are not final.
        horizon: UnixMillis,
    },
    /// An amount is negative, nothing, or beyond a billion.
    #[error("{what} is out of range")]
    Amount {
        /// Which one.
        what: &'static str,
    },
    /// More is taken out than is settled and free.
    #[error("{wanted} millionths of {asset:?} are taken out but {there} are free")]
    NotThere {
        /// Of what.
        asset: Asset,
        /// What should leave.
        wanted: i64,
        /// What is free.
        there: i64,
    },
    /// So many trades wait behind one that does not become final that no more is booked. An
    /// operator must look at that one.
    #[error("{waiting} entries wait for entry {oldest} to become final")]
    Full {
        /// The number of the entry that holds up the rest.
        oldest: u64,
        /// How many wait, with it.
        waiting: usize,
    },
}

/// The ledger's own sums do not agree: a fault of the program. Nothing may be traded on it.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Imbalance {
    /// All accounts together hold something.
    #[error("the accounts hold {sum} millionths of {asset:?} too many")]
    Trial {
        /// Of what.
        asset: Asset,
        /// How much; negative is missing.
        sum: i64,
    },
    /// What is on its way is not what the open trades and tasks say.
    #[error("{booked} millionths of {asset:?} are booked as pending, the open ones say {open}")]
    Pending {
        /// Of what.
        asset: Asset,
        /// The account.
        booked: i64,
        /// The sum over what is open.
        open: i64,
    },
    /// A position is not what its postings say.
    #[error("the position of {token} is {position} millionths, its postings say {posted}")]
    Position {
        /// Of which token.
        token: TokenId,
        /// The shares whose cost is kept.
        position: i64,
        /// Settled and provisionally traded shares.
        posted: i64,
    },
    /// Shares that are not there have a cost.
    #[error("no shares of {token} are held, but they cost {cost}")]
    Cost {
        /// Of which token.
        token: TokenId,
        /// The cost left over.
        cost: Usd,
    },
    /// Dollars and costs are not capital and results.
    #[error("dollars and costs are {assets}, capital and results {sources}")]
    Value {
        /// Settled and provisional dollars, and what all positions cost.
        assets: Usd,
        /// What the owner put in, what was earned, less fees.
        sources: Usd,
    },
}
