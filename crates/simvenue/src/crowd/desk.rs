//! A market maker's desk: one market, both sides, one order a price.

use std::collections::BTreeMap;

use domain::{Book, Price, Shares, Side, TickSize};

use super::Happening;
use crate::matching::{MatchingBook, NewOrder, OrderId, Outcome, Remainder, TraderId};
use crate::rng::{Rng, mix};

/// The maker of every market; its wallet never takes.
const MAKER: TraderId = TraderId(0);
/// Levels next to the best price without a gap.
const NEAR: i64 = 3;
/// Levels farther away, five ticks apart.
const FAR: i64 = 7;
/// More resting orders a side than this, and the worst goes.
const RESTING_MAX: usize = 18;

/// Quotes that a dislocation dictates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forced {
    pub(super) bid: i64,
    pub(super) ask: i64,
    /// Whole shares at the best price of both sides.
    pub(super) size: i64,
}

#[derive(Debug)]
pub(super) struct Desk {
    seed: u64,
    fair: i64,
    anchor: i64,
    half: i64,
    resting: [BTreeMap<i64, OrderId>; 2],
    forced: Option<Forced>,
    mood: u64,
    mood_price: i64,
    /// Nothing has changed since it last found nothing to do.
    settled: bool,
}

impl Desk {
    pub(super) fn new(seed: u64, fair: Price, tick: TickSize, in_group: bool) -> Self {
        let fair = i64::from(fair.ten_thousandths()).clamp(40, 9_960);
        let ticks = i64::from(tick.ten_thousandths());
        let mut rng = Rng::new(seed, "desk");
        let half = if ticks >= 100 { rng.range(60, 110) } else { rng.range(15, 45) };
        // Outcomes of a group are quoted tighter the less likely they are.
        let half = if in_group { half.min(fair / 4).max(ticks / 2) } else { half };
        Self {
            seed,
            fair,
            anchor: fair,
            half,
            resting: Default::default(),
            forced: None,
            mood: 0,
            mood_price: 0,
            settled: false,
        }
    }
    pub(super) const fn distance_from_anchor(&self) -> i64 {
        self.fair - self.anchor
    }
    /// Moves the fair value inside its bounds; returns by how much.
    pub(super) fn move_fair(&mut self, amount: i64) -> i64 {
        let before = self.fair;
        self.fair = (before + amount).clamp(40.min(before), 9_900.max(before));
        self.settled = false;
        self.fair - before
    }
    pub(super) const fn force(&mut self, forced: Option<Forced>) {
        self.forced = forced;
        self.settled = false;
    }
    /// Somebody traded, or the grid changed: look again.
    pub(super) const fn stir(&mut self) {
        self.settled = false;
    }
    pub(super) const fn is_forced(&self) -> bool {
        self.forced.is_some()
    }
    /// Wants another size somewhere near the best price.
    pub(super) fn reconsider_a_size(&mut self, rng: &mut Rng) {
        self.mood = rng.next();
        self.settled = false;
        let at = rng.index(12);
        let [bids, asks] = &self.resting;
        let price = bids.keys().rev().take(6).chain(asks.keys().take(6)).nth(at);
        self.mood_price = price.copied().unwrap_or(0);
    }
    /// The best bid and ask it wants by its own judgement.
    pub(super) fn usual_quotes(&self, tick: i64) -> (i64, i64) {
        let bid = ((self.fair - self.half).div_euclid(tick) * tick).clamp(tick, 10_000 - 2 * tick);
        let above = self.fair + self.half + tick - 1;
        let ask = (above.div_euclid(tick) * tick).clamp(bid + tick, 10_000 - tick);
        (bid, ask)
    }

    /// Changes up to `budget` orders towards what it wants: wrong ones go first, then missing ones
    /// come, from the best price outwards. `told` hears of each change with the book after it.
    pub(super) fn requote(
        &mut self,
        engine: &mut MatchingBook,
        budget: usize,
        told: &mut dyn FnMut(Happening, &Book),
    ) {
        if self.settled {
            return;
        }
        let tick = i64::from(engine.rules().tick.ten_thousandths());
        let (bid, ask) = match self.forced {
            Some(forced) => (forced.bid, forced.ask),
            None => self.usual_quotes(tick),
        };
        let mut left = budget;
        while left > 0 {
            let change = match self.wrong(engine, bid, ask, tick) {
                Some((side, price)) => self.cancel(engine, side, price),
                None => match self.missing(bid, ask, tick) {
                    Some((side, price, size)) => self.place(engine, side, price, size),
                    None => {
                        self.settled = true;
                        break;
                    }
                },
            };
            if let Some(change) = change {
                told(change, engine.view());
            }
            left -= 1;
        }
    }

    /// A resting order that should not be there as it is.
    fn wrong(
        &mut self,
        engine: &MatchingBook,
        bid: i64,
        ask: i64,
        tick: i64,
    ) -> Option<(Side, i64)> {
        let [bids, asks] = &mut self.resting;
        bids.retain(|_, id| engine.left(*id).is_some());
        asks.retain(|_, id| engine.left(*id).is_some());
        if let Some(price) = bids.keys().next_back().filter(|price| **price > bid) {
            return Some((Side::Buy, *price));
        }
        if let Some(price) = asks.keys().next().filter(|price| **price < ask) {
            return Some((Side::Sell, *price));
        }
        let [bids, asks] = &self.resting;
        for (side, orders) in [(Side::Buy, bids), (Side::Sell, asks)] {
            for (price, id) in orders {
                let left = engine.left(*id).map_or(0, Shares::micros);
                let want = self.size(side, *price, bid, ask).micros();
                if left < want / 4 || left > want || price.rem_euclid(tick) != 0 {
                    return Some((side, *price));
                }
            }
        }
        if bids.len() > RESTING_MAX {
            return bids.keys().next().map(|price| (Side::Buy, *price));
        }
        if asks.len() > RESTING_MAX {
            return asks.keys().next_back().map(|price| (Side::Sell, *price));
        }
        None
    }

    /// A price where an order should rest and none does.
    fn missing(&self, bid: i64, ask: i64, tick: i64) -> Option<(Side, i64, Shares)> {
        let [bids, asks] = &self.resting;
        let grid = 5 * tick;
        let near = |sign: i64, best: i64| (0..NEAR).map(move |at| best + sign * at * tick);
        let far_bids = (1..=FAR).map(|at| ((bid - 2 * tick).div_euclid(grid) + 1 - at) * grid);
        let far_asks = (1..=FAR).map(|at| ((ask + 2 * tick).div_euclid(grid) + at) * grid);
        let lacks_bid = near(-1, bid)
            .chain(far_bids)
            .find(|price| *price <= bid && *price >= tick && !bids.contains_key(price));
        let lacks_ask = near(1, ask)
            .chain(far_asks)
            .find(|price| *price >= ask && *price <= 10_000 - tick && !asks.contains_key(price));
        match (lacks_bid, lacks_ask) {
            // The side whose gap is nearer to its best price goes first.
            (Some(b), Some(a)) if a - ask < bid - b => Some((Side::Sell, a)),
            (Some(b), _) => Some((Side::Buy, b)),
            (None, Some(a)) => Some((Side::Sell, a)),
            (None, None) => None,
        }
        .map(|(side, price)| (side, price, self.size(side, price, bid, ask)))
    }

    /// The size it wants at a price: always the same one, until its mood changes there.
    fn size(&self, side: Side, price: i64, bid: i64, ask: i64) -> Shares {
        let best =
            matches!(side, Side::Buy) && price == bid || matches!(side, Side::Sell) && price == ask;
        if let (true, Some(forced)) = (best, self.forced) {
            return Shares::from_whole(forced.size);
        }
        let mood = if price == self.mood_price { self.mood } else { 0 };
        let salt = if matches!(side, Side::Buy) { 1 } else { 2 };
        let drawn = mix(self.seed ^ mix(price.unsigned_abs() ^ (salt << 32)) ^ mood) % 40_000;
        let hundredths = 2_000 + i64::try_from(drawn).unwrap_or(0);
        // Round lots are common.
        let hundredths = if drawn.is_multiple_of(3) { hundredths / 500 * 500 } else { hundredths };
        Shares::from_micros(hundredths * 10_000)
    }

    fn cancel(&mut self, engine: &mut MatchingBook, side: Side, price: i64) -> Option<Happening> {
        let [bids, asks] = &mut self.resting;
        let orders = if matches!(side, Side::Buy) { bids } else { asks };
        orders.remove(&price).and_then(|id| engine.cancel(id)).map(Happening::Level)
    }

    /// Buys YES below, and buys NO where others would sell YES: a maker needs no inventory.
    fn place(
        &mut self,
        engine: &mut MatchingBook,
        side: Side,
        price: i64,
        size: Shares,
    ) -> Option<Happening> {
        let outcome = if matches!(side, Side::Buy) { Outcome::Yes } else { Outcome::No };
        let yes = u16::try_from(price).ok().and_then(Price::from_ten_thousandths)?;
        let order = NewOrder {
            trader: MAKER,
            outcome,
            side: Side::Buy,
            price: outcome.mirror(yes),
            size: size.max(engine.rules().order_size_min),
            remainder: Remainder::Rests,
        };
        let report = engine.submit(order).ok()?;
        if let Some(id) = report.resting {
            let [bids, asks] = &mut self.resting;
            if matches!(side, Side::Buy) { bids } else { asks }.insert(price, id);
        }
        // An account rests where the desk wants to quote: they trade.
        if !report.fills.is_empty() {
            return Some(Happening::Trade { taker: MAKER, outcome, buys: true, report });
        }
        report.changes.last().copied().map(Happening::Level)
    }
}
