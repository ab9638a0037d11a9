//! What the ledger is told.

use domain::{
    Liquidity, OrderId, Price, Shares, Side, TokenId, TradeId, TradeState, UnixMillis, Usd,
};
use serde::{Deserialize, Serialize};

use super::entry::Tag;
use crate::signal::Holdings;

/// The state of one of our orders' part in one trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeReport {
    /// The match.
    pub trade: TradeId,
    /// Our order in it. One match can hold several of our orders: each is told for itself.
    pub order: OrderId,
    /// What our order traded; for a maker not always the token of the taker.
    pub token: TokenId,
    /// Whether our order bought or sold.
    pub side: Side,
    /// How many shares; more than nothing.
    pub size: Shares,
    /// The price of the fill, as stated.
    pub price: Price,
    /// The dollars that changed hands before fees, as the venue computes them from the signed
    /// amounts; never negative.
    pub value: Usd,
    /// The taker's fee; never negative, zero for a maker. A buyer pays it on top, a seller
    /// receives that much less.
    pub fee: Usd,
    /// Whether our order rested or took.
    pub liquidity: Liquidity,
    /// How far it has come.
    pub state: TradeState,
    /// The venue's time of the match, the same in every report of this trade: it decides whether
    /// the ledger can still know the trade.
    pub matched_at: UnixMillis,
    /// When this was learned; decides the day that a result belongs to.
    pub at: UnixMillis,
    /// Whose result it is. The tag of the first report stands.
    pub tag: Tag,
}

impl TradeReport {
    /// Whether both tell the same trade, however far it has come.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let terms = |of: &Self| (of.token, of.side, of.size, of.price, of.liquidity);
        terms(self) == terms(other) && self.value == other.value && self.fee == other.fee
    }
    /// What the trade does to our dollars, fee included.
    pub(crate) fn cash(&self) -> i64 {
        match self.side {
            Side::Buy => -(self.value + self.fee).micros(),
            Side::Sell => (self.value - self.fee).micros(),
        }
    }
    /// What the trade does to our shares.
    pub(crate) fn shares(&self) -> i64 {
        match self.side {
            Side::Buy => self.size.micros(),
            Side::Sell => -self.size.micros(),
        }
    }
}

/// How far an on-chain task has come. The last two are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainState {
    /// Stored and perhaps sent: what it will take is reserved.
    Submitted,
    /// It happened, with enough confirmations.
    Confirmed,
    /// It never happened. Another attempt is another task.
    Failed,
}

impl ChainState {
    /// Nothing follows any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Failed)
    }
}

/// Who is on the other side of an on-chain task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counterparty {
    /// The contracts: a split, merge, conversion or redemption. Results may come of it.
    Contracts,
    /// The owner: a transfer in or out, a wrap of dollars. No result comes of it.
    Owner {
        /// What shares that arrive are said to have cost; shared out by their number.
        basis: Usd,
    },
}

/// The state of an on-chain task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainReport {
    /// Its name, unique for ever.
    pub task: String,
    /// How far it has come.
    pub state: ChainState,
    /// Who is on the other side.
    pub with: Counterparty,
    /// What it changes: at `Submitted` the plan, whose outgoing part is reserved; at `Confirmed`
    /// what really happened. Not looked at on `Failed`. A redemption is planned with
    /// [`Ledger::redemption`](super::Ledger::redemption): its shares are reserved, and dollars that
    /// the chain shows before the confirmation are no surprise to reconciliation.
    pub effect: Holdings,
    /// What the transaction cost so far, paid by the owner; never negative. Booked at the final
    /// state, for a failed transaction costs as well.
    pub cost: Usd,
    /// When the task was made, the same in every report of it: it decides whether the ledger can
    /// still know the task.
    pub begun_at: UnixMillis,
    /// When this was learned; decides the day that a result belongs to.
    pub at: UnixMillis,
    /// Whose result it is. The tag of the first report stands.
    pub tag: Tag,
}
