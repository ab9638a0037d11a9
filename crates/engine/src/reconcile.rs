//! Comparing what we believe with what the venue and the chain say.
//!
//! News travels in several ways at different speeds, so two honest views of one moment differ.
//! What is younger than a grace is not compared; what is on its way may be on either side; dust
//! that the venue's own arithmetic leaves is let go. Everything else is a [`Difference`] with both
//! sides: either news that a report heals, or money that does not add up and halts trading.

mod balances;
mod difference;
mod orders;
mod trades;

use std::collections::{BTreeMap, BTreeSet};

use domain::{DurationMillis, OrderId, Price, Shares, Side, TokenId, TradeId, TradeState};
use domain::{UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use crate::ledger::{Cash, ChainReport, Ledger, Position, TradeReport};

pub use difference::{Difference, OrderSide, Range, Severity, TradeSide};

/// An order that we believe is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OurOrder {
    /// Its id.
    pub id: OrderId,
    /// What is traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// What has met others, as far as we know.
    pub matched: Shares,
    /// When we last learned something about it.
    pub changed_at: UnixMillis,
}

/// Whether money was ever booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Not one entry: whoever knows of money in the wallet has it booked, once.
    NeverBooked,
    /// There was an entry; an opening balance may not be booked any more.
    Booked,
}

/// What we believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OurView {
    /// When this was looked at.
    pub now: UnixMillis,
    /// Trades matched before this moment are remembered only while they are not final.
    pub remembered_since: UnixMillis,
    /// Orders that are open as far as we know.
    pub open: Vec<OurOrder>,
    /// Orders that have ended as far as we know, and when we learned it.
    pub ended: BTreeMap<OrderId, UnixMillis>,
    /// Trades of our orders with their last state.
    pub trades: Vec<TradeReport>,
    /// On-chain tasks with their last state.
    pub tasks: Vec<ChainReport>,
    /// Whether money was ever booked.
    pub opening: Opening,
    /// Dollars.
    pub cash: Cash,
    /// Shares.
    pub positions: BTreeMap<TokenId, Position>,
    /// Orders made elsewhere that a person accepted: they and their trades are left out.
    pub foreign: BTreeSet<OrderId>,
}

impl OurView {
    /// What the ledger says, with the orders that its owner keeps.
    #[must_use]
    pub fn of(
        ledger: &Ledger,
        open: Vec<OurOrder>,
        ended: BTreeMap<OrderId, UnixMillis>,
        now: UnixMillis,
    ) -> Self {
        Self {
            now,
            remembered_since: ledger.horizon(),
            open,
            ended,
            trades: ledger.trades().cloned().collect(),
            tasks: ledger.tasks().cloned().collect(),
            opening: match ledger.last_entry() {
                0 => Opening::NeverBooked,
                _ => Opening::Booked,
            },
            cash: ledger.cash(),
            positions: ledger.positions(),
            foreign: BTreeSet::new(),
        }
    }
}

/// An order of ours that is open at the venue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueOrder {
    /// Its id.
    pub id: OrderId,
    /// What is traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// What has met others.
    pub matched: Shares,
    /// When the venue took it, where it says so.
    pub created_at: Option<UnixMillis>,
}

/// One of our orders' part in a trade, as the venue lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueTrade {
    /// The match.
    pub trade: TradeId,
    /// Our order in it.
    pub order: OrderId,
    /// What our order traded.
    pub token: TokenId,
    /// Whether our order bought or sold.
    pub side: Side,
    /// How many shares.
    pub size: Shares,
    /// The price of the fill, as stated.
    pub price: Price,
    /// How far it has come.
    pub state: TradeState,
    /// When it last changed.
    pub changed_at: UnixMillis,
}

/// What the venue and the chain say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueView {
    /// When the first of the questions was asked: the answers are at least this new.
    pub asked_at: UnixMillis,
    /// All open orders.
    pub open: Vec<VenueOrder>,
    /// All trades matched from `trades_since` on.
    pub trades: Vec<VenueTrade>,
    /// From when on the list of trades is complete.
    pub trades_since: UnixMillis,
    /// Dollars in the wallet on chain; `None` where it could not be read.
    pub cash: Option<Usd>,
    /// Shares in the wallet on chain by token asked for; a token that could not be read is absent.
    pub shares: BTreeMap<TokenId, Shares>,
}

/// How much two honest views may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tolerance {
    /// Facts that either side learned less than this long before the question are not compared.
    pub grace_ms: DurationMillis,
    /// Dollars that roundings of single fills may leave.
    pub cash_dust: Usd,
    /// Shares that the venue's arithmetic may leave between an order and its trades, and on chain.
    pub shares_dust: Shares,
}

impl Default for Tolerance {
    /// 30 seconds, one cent, and the hundredth of a share that the venue calls normal.
    fn default() -> Self {
        Self {
            grace_ms: DurationMillis(30_000),
            cash_dust: Usd::from_micros(10_000),
            shares_dust: Shares::from_micros(10_000),
        }
    }
}

/// All differences, those that halt first.
///
/// Everything is compared or named: a balance that could not be read is a difference as well.
/// A difference that halts beside one that heals may be no more than its consequence, as the
/// dollars of a trade that was not known: book the news and compare again before halting.
#[must_use]
pub fn compare(ours: &OurView, venue: &VenueView, tolerance: &Tolerance) -> Vec<Difference> {
    let settled_before = UnixMillis(venue.asked_at.0.saturating_sub(tolerance.grace_ms.0));
    let mut found = orders::compare(ours, venue, tolerance, settled_before);
    found.extend(trades::compare(ours, venue, settled_before));
    found.extend(balances::compare(ours, venue, tolerance, settled_before));
    found.sort_by_key(|difference| difference.severity() == Severity::Heals);
    found
}

/// Keys of a list.
fn keys<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> BTreeSet<K> {
    items.iter().map(key).collect()
}
