//! Every order the venue has taken, and what became of it.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use domain::{OrderId, Price, Shares, Side, UnixMillis, Usd};

use super::accounts::{OwnerId, WalletId};
use super::payload::OrderType;
use crate::matching::{self, Outcome};
use crate::universe::MarketIndex;

/// Finished orders that can still be read; the oldest go.
const FINISHED_MAX: usize = 50_000;
/// Ids that are never taken twice; beyond this the venue takes no more orders.
const EVER_MAX: usize = 2_000_000;

/// Why an order ended without being filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Its owner asked, or the dead man's switch did.
    Asked,
    /// It expired.
    Expired,
    /// Its market ended.
    Resolved,
    /// What it offers is no longer there.
    Unbacked,
}

/// Where an order is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderState {
    /// It rests.
    Live,
    /// It is held back before matching.
    Delayed,
    /// It is filled, or what could be filled at once is.
    Matched,
    /// It was held back and then found nothing.
    Unmatched,
    /// It ended.
    Canceled(Ending),
}

impl OrderState {
    /// As the venue writes it.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Delayed => "DELAYED",
            Self::Matched => "MATCHED",
            Self::Unmatched => "UNMATCHED",
            Self::Canceled(Ending::Asked) => "CANCELED",
            Self::Canceled(Ending::Expired) => "CANCELED_EXPIRED_ORDER",
            Self::Canceled(Ending::Resolved) => "CANCELED_MARKET_RESOLVED",
            Self::Canceled(Ending::Unbacked) => "CANCELED_NOT_ENOUGH_BALANCE",
        }
    }
    /// It may still trade.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Live | Self::Delayed)
    }
}

/// How much an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// So many shares.
    Shares(Shares),
    /// So many dollars: a purchase that must fill at once.
    Dollars(Usd),
}

/// One order.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) owner: OwnerId,
    pub(crate) wallet: WalletId,
    /// The API key it came with.
    pub(crate) key: String,
    pub(crate) salt: u64,
    pub(crate) market: MarketIndex,
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    /// The worst price, of `outcome`.
    pub(crate) price: Price,
    pub(crate) target: Target,
    /// In shares, as signed.
    pub(crate) size: Shares,
    pub(crate) order_type: OrderType,
    /// Unix seconds; 0 for none.
    pub(crate) expiration_s: i64,
    pub(crate) created: UnixMillis,
    pub(crate) state: OrderState,
    pub(crate) matched: Shares,
    /// Dollars paid or received for what matched, fees apart.
    pub(crate) value: Usd,
    /// Where it rests in the engine.
    pub(crate) seat: Option<matching::OrderId>,
    pub(crate) trades: Vec<String>,
}

impl Order {
    /// The shares still wanted or offered.
    pub(crate) fn left(&self) -> Shares {
        (self.size - self.matched).max(Shares::ZERO)
    }
}

/// All orders.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    all: HashMap<OrderId, Order>,
    ever: HashSet<OrderId>,
    /// Open orders by the number they came with, oldest first.
    open: BTreeMap<u64, OrderId>,
    numbers: HashMap<OrderId, u64>,
    seats: HashMap<(MarketIndex, matching::OrderId), OrderId>,
    finished: VecDeque<OrderId>,
    next: u64,
}

impl Orders {
    /// Whether no more orders can be remembered.
    pub(crate) fn is_full(&self) -> bool {
        self.ever.len() >= EVER_MAX
    }
    /// Whether an order of this id was ever taken.
    pub(crate) fn knows(&self, id: OrderId) -> bool {
        self.ever.contains(&id)
    }
    pub(crate) fn insert(&mut self, order: Order) {
        self.ever.insert(order.id);
        self.open.insert(self.next, order.id);
        self.numbers.insert(order.id, self.next);
        self.next += 1;
        self.all.insert(order.id, order);
    }
    pub(crate) fn get(&self, id: OrderId) -> Option<&Order> {
        self.all.get(&id)
    }
    /// Changes an order. Use [`Orders::seat`] and [`Orders::finish`] for where and whether it rests.
    pub(crate) fn get_mut(&mut self, id: OrderId) -> Option<&mut Order> {
        self.all.get_mut(&id)
    }
    /// The order at a seat of a market's engine.
    pub(crate) fn at(&self, market: MarketIndex, seat: matching::OrderId) -> Option<OrderId> {
        self.seats.get(&(market, seat)).copied()
    }
    /// Notes where an order rests.
    pub(crate) fn seat(&mut self, id: OrderId, seat: matching::OrderId) {
        if let Some(order) = self.all.get_mut(&id) {
            order.seat = Some(seat);
            order.state = OrderState::Live;
            self.seats.insert((order.market, seat), id);
        }
    }
    /// Notes that an order has ended.
    pub(crate) fn finish(&mut self, id: OrderId, state: OrderState) {
        let Some(order) = self.all.get_mut(&id) else { return };
        order.state = state;
        if let Some(seat) = order.seat.take() {
            self.seats.remove(&(order.market, seat));
        }
        if let Some(number) = self.numbers.remove(&id) {
            self.open.remove(&number);
            self.finished.push_back(id);
        }
        if self.finished.len() > FINISHED_MAX
            && let Some(oldest) = self.finished.pop_front()
        {
            self.all.remove(&oldest);
        }
    }
    /// Open orders, oldest first.
    pub(crate) fn open(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.open.values().filter_map(|id| self.all.get(id))
    }
}
