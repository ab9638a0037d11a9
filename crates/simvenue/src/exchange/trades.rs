//! Every match of an account's order, and how far its settlement has come.

use std::collections::{BTreeMap, HashMap, VecDeque};

use domain::{OrderId, Price, Shares, Side, TradeState, UnixMillis, Usd};

use super::accounts::WalletId;
use crate::custody::Changes;
use crate::matching::Outcome;
use crate::universe::MarketIndex;

/// Settled trades that can still be read; the oldest go.
const FINAL_MAX: usize = 50_000;

/// A trade's number, in the order they happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TradeNumber(pub(super) u64);

/// One order's part of a trade.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// The account's order; `None` for the crowd.
    pub(crate) order: Option<(OrderId, WalletId)>,
    /// As shown: the order's id, the API key and the wallet.
    pub(crate) order_text: String,
    pub(crate) key: String,
    pub(crate) address: String,
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    /// Of `outcome`.
    pub(crate) price: Price,
    pub(crate) size: Shares,
    pub(crate) fee: Usd,
}

impl Part {
    /// Size times price: exact, because sizes are whole hundredths.
    pub(crate) fn value(&self) -> Usd {
        self.size.at(self.price, domain::Rounding::Down)
    }
    /// The account's wallet; `None` for the crowd.
    pub(crate) fn wallet(&self) -> Option<WalletId> {
        self.order.map(|(_, wallet)| wallet)
    }
}

/// A taker met makers at one price.
#[derive(Clone, Debug)]
pub(crate) struct Trade {
    pub(crate) number: TradeNumber,
    pub(crate) id: String,
    pub(crate) market: MarketIndex,
    pub(crate) taker: Part,
    pub(crate) makers: Vec<Part>,
    /// Which of the taker's prices it was, from the best.
    pub(crate) bucket: usize,
    pub(crate) state: TradeState,
    pub(crate) matched_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
    /// Empty until it is in a block.
    pub(crate) hash: String,
    /// What it changed on the chain, while it is there.
    pub(crate) changes: Option<Changes>,
}

impl Trade {
    /// The taker first, then the makers.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.taker).chain(&self.makers)
    }
}

/// What a trade will still go through.
#[derive(Clone, Debug)]
struct Course {
    due_ms: i64,
    steps: VecDeque<TradeState>,
}

/// All trades.
#[derive(Debug, Default)]
pub(crate) struct Trades {
    all: BTreeMap<TradeNumber, Trade>,
    by_id: HashMap<String, TradeNumber>,
    courses: BTreeMap<TradeNumber, Course>,
    ended: VecDeque<TradeNumber>,
    next: u64,
}

impl Trades {
    /// The number of the next trade.
    pub(super) const fn next(&self) -> TradeNumber {
        TradeNumber(self.next)
    }
    pub(super) fn insert(&mut self, trade: Trade, due_ms: i64, steps: VecDeque<TradeState>) {
        self.next += 1;
        self.by_id.insert(trade.id.clone(), trade.number);
        self.courses.insert(trade.number, Course { due_ms, steps });
        self.all.insert(trade.number, trade);
    }
    pub(crate) fn get(&self, number: TradeNumber) -> Option<&Trade> {
        self.all.get(&number)
    }
    pub(super) fn get_mut(&mut self, number: TradeNumber) -> Option<&mut Trade> {
        self.all.get_mut(&number)
    }
    /// Every remembered trade, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Trade> {
        self.all.values().rev()
    }
    /// The next step of every trade for which it is time.
    pub(super) fn due(&mut self, now_ms: i64) -> Vec<(TradeNumber, TradeState)> {
        let due = self.courses.iter_mut().filter(|(_, course)| course.due_ms <= now_ms);
        due.filter_map(|(number, course)| Some((*number, course.steps.pop_front()?))).collect()
    }
    /// When the next step of a trade comes.
    pub(super) fn postpone(&mut self, number: TradeNumber, due_ms: i64) {
        if let Some(course) = self.courses.get_mut(&number) {
            course.due_ms = due_ms;
        }
    }
    /// Nothing follows for a trade any more.
    pub(super) fn finish(&mut self, number: TradeNumber) {
        if self.courses.remove(&number).is_some() {
            self.ended.push_back(number);
        }
        if self.ended.len() > FINAL_MAX
            && let Some(trade) = self.ended.pop_front().and_then(|oldest| self.all.remove(&oldest))
        {
            self.by_id.remove(&trade.id);
        }
    }
    /// Trades that are not final yet.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &Trade> {
        self.courses.keys().filter_map(|number| self.all.get(number))
    }
    fn unmoved(&self, wallet: WalletId) -> impl Iterator<Item = (MarketIndex, &Part)> {
        let unmoved = self.pending().filter(|trade| trade.changes.is_none());
        let parts = unmoved.flat_map(|trade| trade.parts().map(|part| (trade.market, part)));
        parts.filter(move |(_, part)| part.wallet() == Some(wallet))
    }
    /// Dollars that trades of a wallet will take and have not yet.
    pub(super) fn cash_due(&self, wallet: WalletId) -> Usd {
        let purchases = self.unmoved(wallet).filter(|(_, part)| part.side == Side::Buy);
        purchases.map(|(_, part)| part.value() + part.fee).sum()
    }
    /// Shares that trades of a wallet will take and have not yet.
    pub(super) fn shares_due(
        &self,
        wallet: WalletId,
        market: MarketIndex,
        outcome: Outcome,
    ) -> Shares {
        let sales = self
            .unmoved(wallet)
            .filter(|(of, part)| (*of, part.outcome, part.side) == (market, outcome, Side::Sell));
        sales.map(|(_, part)| part.size).sum()
    }
}
