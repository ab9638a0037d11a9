//! A matching engine: price-time priority, one book for both outcomes of a market.
//!
//! Buying YES at `p` and selling NO at `1 - p` are the same wish, so both rest on one ladder kept
//! in YES prices. Two buyers of opposite outcomes mint a set, two sellers merge one.

mod ledger;

use std::collections::{BTreeMap, HashMap, VecDeque};

use domain::{Book, FeeTerms, Price, Rounding, Shares, Side, TickSize, Usd};
use thiserror::Error;

pub use ledger::{Account, Ledger};

/// A number given to a resting order; smaller is older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u64);

/// A trader's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraderId(pub u32);

/// The first (YES) or the second (NO) outcome of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The first outcome.
    Yes,
    /// The second outcome.
    No,
}

impl Outcome {
    /// Both, in the venue's order.
    pub const BOTH: [Self; 2] = [Self::Yes, Self::No];
    /// 0 or 1.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Yes => 0,
            Self::No => 1,
        }
    }
    /// `price` of this outcome as a price of YES, or back.
    #[must_use]
    pub const fn mirror(self, price: Price) -> Price {
        match self {
            Self::Yes => price,
            Self::No => price.complement(),
        }
    }
    /// On which side of the YES book `side` of this outcome stands, or back.
    #[must_use]
    pub const fn mirror_side(self, side: Side) -> Side {
        match (self, side) {
            (Self::Yes, side) => side,
            (Self::No, Side::Buy) => Side::Sell,
            (Self::No, Side::Sell) => Side::Buy,
        }
    }
}

/// What happens to the part of an order that finds no counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remainder {
    /// It rests in the book.
    Rests,
    /// It is cancelled.
    Dies,
}

/// A wish to trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// Whose.
    pub trader: TraderId,
    /// What is traded.
    pub outcome: Outcome,
    /// Bought or sold.
    pub side: Side,
    /// The worst price accepted, of `outcome`.
    pub price: Price,
    /// How many shares.
    pub size: Shares,
    /// What happens to the rest.
    pub remainder: Remainder,
}

/// Why an order was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not a multiple of the tick, or at 0 or 1.
    #[error("the price breaks the minimum tick size rule")]
    Tick,
    /// Below the market's minimum.
    #[error("the size is lower than the minimum")]
    TooSmall,
    /// More offered than held and free.
    #[error("not enough balance")]
    NotEnoughShares,
}

/// Two orders met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Whose order rested.
    pub maker: TraderId,
    /// The resting order.
    pub maker_order: OrderId,
    /// The price of YES, the maker's.
    pub price_yes: Price,
    /// How many shares.
    pub size: Shares,
    /// What the taker paid on top.
    pub fee: Usd,
}

/// What rests at one price of YES after something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelChange {
    /// Side of the YES book.
    pub side_yes: Side,
    /// The price of YES.
    pub price_yes: Price,
    /// The new total; zero where nothing is left.
    pub size: Shares,
}

/// What an accepted order did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The resting part, if one rests.
    pub resting: Option<OrderId>,
    /// In the order they happened.
    pub fills: Vec<Fill>,
    /// One for every level touched.
    pub changes: Vec<LevelChange>,
}

/// The rules of one market.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The grid of prices.
    pub tick: TickSize,
    /// The smallest order.
    pub order_size_min: Shares,
    /// What a taker pays.
    pub fee: FeeTerms,
}

#[derive(Clone, Copy, Debug)]
struct Resting {
    id: OrderId,
    trader: TraderId,
    outcome: Outcome,
    size: Shares,
}

/// The orders and holdings of one market.
#[derive(Clone, Debug)]
pub struct MatchingBook {
    rules: Rules,
    queues: [BTreeMap<Price, VecDeque<Resting>>; 2],
    places: HashMap<OrderId, (Side, Price)>,
    view: Book,
    ledger: Ledger,
    next: u64,
}

const fn slot(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

impl MatchingBook {
    /// An empty market.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            queues: Default::default(),
            places: HashMap::new(),
            view: Book::new(),
            ledger: Ledger::default(),
            next: 1,
        }
    }
    /// The book of YES, sizes added up by price.
    #[must_use]
    pub const fn view(&self) -> &Book {
        &self.view
    }
    /// The holdings.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    /// The rules in force.
    #[must_use]
    pub const fn rules(&self) -> Rules {
        self.rules
    }
    /// Changes the grid for orders to come; resting orders stay where they are.
    pub const fn set_tick(&mut self, tick: TickSize) {
        self.rules.tick = tick;
    }
    /// The shares left of a resting order.
    #[must_use]
    pub fn left(&self, id: OrderId) -> Option<Shares> {
        let (side, price) = self.places.get(&id)?;
        let queue = self.queues[slot(*side)].get(price)?;
        queue.iter().find(|order| order.id == id).map(|order| order.size)
    }

    /// Takes an order: matches what crosses, at the resting orders' prices, oldest first at the
    /// best price, then rests or drops the remainder.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn submit(&mut self, order: NewOrder) -> Result<Report, Refusal> {
        self.check(order)?;
        Ok(self.admit(order))
    }
    /// The same for an order that somebody else has judged.
    pub(crate) fn admit(&mut self, order: NewOrder) -> Report {
        let mut report = Report::default();
        let side_yes = order.outcome.mirror_side(order.side);
        let limit = order.outcome.mirror(order.price);
        let mut left = order.size;
        while left.is_positive() {
            let Some(price) = self.crossing(side_yes, limit) else { break };
            left = self.match_level(order, side_yes, price, left, &mut report);
        }
        if left.is_positive() && order.remainder == Remainder::Rests {
            report.resting = Some(self.rest(order, side_yes, limit, left));
            self.note_change(side_yes, limit, &mut report);
        }
        report
    }
    /// Makes a trader's free shares exactly `size`: the chain holds what the engine does not.
    pub(crate) fn bring(&mut self, trader: TraderId, outcome: Outcome, size: Shares) {
        self.ledger.bring(trader, outcome, size);
    }
    /// Gives a trader `shares` and `cash` at the house's expense; both may be negative.
    pub(crate) fn take_over(
        &mut self,
        trader: TraderId,
        outcome: Outcome,
        shares: Shares,
        cash: Usd,
    ) {
        self.ledger.take_over(trader, outcome, shares, cash);
    }
    /// Side and price of a resting order, of YES, and the shares that trade until it is filled:
    /// its own, and those of better prices and of older orders.
    pub(crate) fn ahead(&self, id: OrderId) -> Option<(Side, Price, Shares)> {
        let (side, price) = self.places.get(&id).copied()?;
        let levels = self.view.side(side).best_first();
        let better: Shares =
            levels.take_while(|level| level.price != price).map(|level| level.size).sum();
        let queue = self.queues[slot(side)].get(&price)?;
        let at = queue.iter().position(|order| order.id == id)?;
        let same: Shares = queue.iter().take(at + 1).map(|order| order.size).sum();
        Some((side, price, better + same))
    }

    /// Takes a resting order out; `None` where it is not there any more.
    pub fn cancel(&mut self, id: OrderId) -> Option<LevelChange> {
        let (side, price) = self.places.remove(&id)?;
        let queue = self.queues[slot(side)].get_mut(&price)?;
        let at = queue.iter().position(|order| order.id == id)?;
        let order = queue.remove(at)?;
        if order.outcome.mirror_side(side) == Side::Sell {
            self.ledger.release(order.trader, order.outcome, order.size);
        }
        let mut report = Report::default();
        self.note_change(side, price, &mut report);
        report.changes.pop()
    }

    fn check(&self, order: NewOrder) -> Result<(), Refusal> {
        let inside = order.price > Price::ZERO && order.price < Price::ONE;
        if !inside || !self.rules.tick.allows(order.price) {
            return Err(Refusal::Tick);
        }
        if order.size < self.rules.order_size_min {
            return Err(Refusal::TooSmall);
        }
        let free = self.ledger.account(order.trader).free(order.outcome);
        if order.side == Side::Sell && free < order.size {
            return Err(Refusal::NotEnoughShares);
        }
        Ok(())
    }

    /// The best opposite price that `side_yes` at `limit` crosses.
    fn crossing(&self, side_yes: Side, limit: Price) -> Option<Price> {
        match side_yes {
            Side::Buy => self.view.touch().ask.filter(|ask| *ask <= limit),
            Side::Sell => self.view.touch().bid.filter(|bid| *bid >= limit),
        }
    }

    fn match_level(
        &mut self,
        taker: NewOrder,
        side_yes: Side,
        price: Price,
        mut left: Shares,
        report: &mut Report,
    ) -> Shares {
        let opposite = Outcome::No.mirror_side(side_yes);
        while left.is_positive() {
            let queue = self.queues[slot(opposite)].get_mut(&price);
            let Some(maker) = queue.and_then(|queue| queue.front_mut()) else { break };
            let size = left.min(maker.size);
            maker.size -= size;
            left -= size;
            let met = *maker;
            if !met.size.is_positive() {
                self.queues[slot(opposite)].get_mut(&price).map(VecDeque::pop_front);
                self.places.remove(&met.id);
            }
            let fee = self.settle(taker, met, opposite, price, size);
            report.fills.push(Fill {
                maker: met.trader,
                maker_order: met.id,
                price_yes: price,
                size,
                fee,
            });
        }
        self.note_change(opposite, price, report);
        left
    }

    /// Moves money and shares of one fill; returns the taker's fee.
    fn settle(
        &mut self,
        taker: NewOrder,
        maker: Resting,
        maker_side_yes: Side,
        price: Price,
        size: Shares,
    ) -> Usd {
        let maker_side = maker.outcome.mirror_side(maker_side_yes);
        let yes_value = size.at(price, Rounding::Up);
        let value = |outcome: Outcome| match outcome {
            Outcome::Yes => yes_value,
            Outcome::No => size.at_one() - yes_value,
        };
        if maker_side == Side::Sell {
            self.ledger.release(maker.trader, maker.outcome, size);
        }
        let parties =
            [(maker.trader, maker.outcome, maker_side), (taker.trader, taker.outcome, taker.side)];
        for (trader, outcome, side) in parties {
            match side {
                Side::Buy => self.ledger.receive(trader, outcome, size, value(outcome)),
                Side::Sell => self.ledger.deliver(trader, outcome, size, value(outcome)),
            }
        }
        match (maker_side, taker.side) {
            (Side::Buy, Side::Buy) => self.ledger.change_sets(size),
            (Side::Sell, Side::Sell) => self.ledger.change_sets(-size),
            _ => {}
        }
        let fee = self.rules.fee.fee(size, price, Rounding::HalfUp);
        self.ledger.charge(taker.trader, fee);
        fee
    }

    fn rest(&mut self, order: NewOrder, side_yes: Side, price: Price, size: Shares) -> OrderId {
        let id = OrderId(self.next);
        self.next += 1;
        if order.side == Side::Sell {
            self.ledger.reserve(order.trader, order.outcome, size);
        }
        let resting = Resting { id, trader: order.trader, outcome: order.outcome, size };
        self.queues[slot(side_yes)].entry(price).or_default().push_back(resting);
        self.places.insert(id, (side_yes, price));
        id
    }

    /// Adds the level up anew, in the view and in the report.
    fn note_change(&mut self, side_yes: Side, price_yes: Price, report: &mut Report) {
        let queues = &mut self.queues[slot(side_yes)];
        let size = queues
            .get(&price_yes)
            .map(|queue| queue.iter().map(|order| order.size).sum())
            .unwrap_or_default();
        if size == Shares::ZERO {
            queues.remove(&price_yes);
        }
        self.view.set(side_yes, price_yes, size);
        report.changes.push(LevelChange { side_yes, price_yes, size });
    }
}
