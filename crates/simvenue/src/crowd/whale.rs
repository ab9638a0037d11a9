//! Now and then somebody trades for a fortune: at once, in slices, or from a wallet nobody knows.
//!
//! The other side is a block that one of the large ones puts up for the moment of the trade, as by
//! arrangement. Drawn from a source of its own, so that the rest of the crowd does as it would.

use std::collections::BTreeMap;

use domain::{Price, Shares, Side};

use super::{Happening, Pit, Sink, wallets};
use crate::matching::{NewOrder, Outcome, Remainder, TraderId};
use crate::rng::Rng;
use crate::universe::MarketIndex;

/// Per step of 50 ms and million, at full activity: about once a minute.
const CHANCE_PPM: u32 = 800;
/// The prices between which such trades are made, in ten-thousandths.
const BAND: (u16, u16) = (1_000, 9_000);
/// Steps between two slices.
const PAUSE: (i64, i64) = (60, 160);
/// Slices under way; a whale more waits for another day.
const SLICES_MAX: usize = 64;
/// Missed steps for which it is drawn whether somebody came: an hour of life. Of a longer pause the
/// rest is forgotten.
const MISSED_STEPS_MAX: i64 = 72_000;

#[derive(Clone, Copy, Debug)]
struct Slice {
    due: u64,
    market: MarketIndex,
    trader: TraderId,
    outcome: Outcome,
    dollars: i64,
}

#[derive(Debug)]
pub(super) struct Whales {
    rng: Rng,
    slices: Vec<Slice>,
    newcomers: u32,
    /// Came in steps that nobody lived through.
    waiting: Waiting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    Nobody,
    Somebody,
}

impl Whales {
    pub(super) fn new(seed: u64) -> Self {
        let rng = Rng::new(seed, "whales");
        Self { rng, slices: Vec::new(), newcomers: 0, waiting: Waiting::Nobody }
    }

    /// One comes in the next step.
    pub(super) const fn call(&mut self) {
        self.waiting = Waiting::Somebody;
    }

    /// Lets steps go by that the machine was too slow for. Whales are few: without this a slow
    /// machine would see none for minutes. However many came in the meantime, one waits.
    pub(super) fn miss(&mut self, steps: i64, activity: u32) {
        let parts = CHANCE_PPM * activity / 100;
        if (0..steps.min(MISSED_STEPS_MAX)).any(|_| self.rng.chance_ppm(parts)) {
            self.waiting = Waiting::Somebody;
        }
    }

    pub(super) fn step(
        &mut self,
        steps: u64,
        activity: u32,
        pits: &mut BTreeMap<MarketIndex, Pit>,
        sink: &mut Sink<'_>,
    ) {
        let waited = std::mem::replace(&mut self.waiting, Waiting::Nobody);
        if self.rng.chance_ppm(CHANCE_PPM * activity / 100) || waited == Waiting::Somebody {
            self.plan(steps, pits);
        }
        let is_due = |slice: &Slice| slice.due <= steps;
        let due: Vec<Slice> = self.slices.extract_if(.., |slice| is_due(slice)).collect();
        for slice in due {
            if let Some(pit) = pits.get_mut(&slice.market).filter(|pit| is_fit(pit)) {
                self.trade(slice, pit, sink);
            }
        }
    }

    fn plan(&mut self, steps: u64, pits: &BTreeMap<MarketIndex, Pit>) {
        let fit: Vec<MarketIndex> =
            pits.iter().filter(|(_, pit)| is_fit(pit)).map(|(market, _)| *market).collect();
        let Some(market) = self.rng.pick(&fit).copied() else { return };
        let outcome = if self.rng.next().is_multiple_of(2) { Outcome::Yes } else { Outcome::No };
        let (slices, least, most) = match self.rng.index(3) {
            0 => (1, 12_000, 60_000),
            1 => (self.rng.range(4, 6), 2_600, 4_200),
            _ => (1, 10_500, 25_000),
        };
        let is_new = most == 25_000;
        let trader = if is_new {
            self.newcomers += 1;
            wallets::newcomer(self.newcomers)
        } else {
            wallets::large(self.rng.next())
        };
        let mut due = steps;
        for _ in 0..slices {
            if self.slices.len() >= SLICES_MAX {
                break;
            }
            let dollars = self.rng.range(least, most);
            self.slices.push(Slice { due, market, trader, outcome, dollars });
            due += self.rng.range(PAUSE.0, PAUSE.1).unsigned_abs();
        }
    }

    /// Buys what the desk offers at its best price and the block behind it.
    fn trade(&mut self, slice: Slice, pit: &mut Pit, sink: &mut Sink<'_>) {
        let Slice { market, trader, outcome, dollars, .. } = slice;
        let Some(price) = offer(pit, outcome) else { return };
        let shares = dollars * 10_000 / i64::from(price.ten_thousandths());
        let size = Shares::from_whole(shares).max(pit.engine.rules().order_size_min);
        let opposite = match outcome {
            Outcome::Yes => Outcome::No,
            Outcome::No => Outcome::Yes,
        };
        // A purchase of the other outcome needs no shares.
        let block = NewOrder {
            trader: wallets::large(u64::from(trader.0) + 1),
            outcome: opposite,
            side: Side::Buy,
            price: price.complement(),
            size,
            remainder: Remainder::Rests,
        };
        let Ok(put_up) = pit.engine.submit(block) else { return };
        tell_level(market, pit, put_up.changes.last().copied(), sink);
        let remainder = Remainder::Dies;
        let order = NewOrder { trader, outcome, side: Side::Buy, price, size, remainder };
        if let Ok(report) = pit.engine.submit(order)
            && !report.fills.is_empty()
        {
            let done = Happening::Trade { taker: trader, outcome, buys: true, report };
            sink(market, done, pit.engine.view());
        }
        let left = put_up.resting.and_then(|id| pit.engine.cancel(id));
        tell_level(market, pit, left, sink);
        pit.desk.stir();
    }
}

fn tell_level(
    market: MarketIndex,
    pit: &Pit,
    change: Option<crate::matching::LevelChange>,
    sink: &mut Sink<'_>,
) {
    if let Some(change) = change {
        sink(market, Happening::Level(change), pit.engine.view());
    }
}

/// At what price an outcome is offered.
fn offer(pit: &Pit, outcome: Outcome) -> Option<Price> {
    let touch = pit.engine.view().touch();
    match outcome {
        Outcome::Yes => touch.ask,
        Outcome::No => touch.bid.map(Price::complement),
    }
}

/// Open, in line with its group, and undecided.
fn is_fit(pit: &Pit) -> bool {
    let (low, high) = BAND;
    let inside = |price: Price| (low..=high).contains(&price.ten_thousandths());
    let prices = [offer(pit, Outcome::Yes), offer(pit, Outcome::No)];
    pit.open && !pit.desk.is_forced() && prices.iter().all(|price| price.is_some_and(inside))
}

#[cfg(test)]
mod tests {
    use domain::{Rounding, UnixMillis, Usd};

    use super::super::{Crowd, CrowdOptions, past, wallet};
    use super::*;
    use crate::universe::Universe;

    /// Large purchases of some minutes: who, for how much, and with how long a past.
    fn purchases(seed: u64, activity_percent: u32, steps: u32) -> Vec<(TraderId, Usd, bool)> {
        let universe = Universe::seeded(seed, UnixMillis(1_790_000_000_000));
        let options = CrowdOptions { activity_percent, dislocations_max: 0 };
        let mut crowd = Crowd::new(&universe, seed, options);
        let mut found = Vec::new();
        for _ in 0..steps {
            crowd.step(&mut |_, happening, _| {
                let Happening::Trade { taker, outcome, report, .. } = happening else { return };
                let paid = |fill: &crate::matching::Fill| {
                    fill.size.at(outcome.mirror(fill.price_yes), Rounding::Down)
                };
                let value: Usd = report.fills.iter().map(paid).sum();
                if value >= Usd::from_whole(2_500) {
                    found.push((taker, value, past(&wallet(taker).address).is_some()));
                }
            });
        }
        found
    }

    #[test]
    fn whales_come_at_once_in_slices_and_from_wallets_without_a_past() {
        let found = purchases(7, 1_000, 2_500);
        let large = |value: Usd| value >= Usd::from_whole(10_000);
        assert!(found.iter().any(|(_, value, has_past)| large(*value) && *has_past), "{found:?}");
        assert!(found.iter().any(|(_, value, has_past)| large(*value) && !has_past), "{found:?}");
        let slices = found.iter().filter(|(_, value, _)| !large(*value)).count();
        assert!(slices >= 4, "{found:?}");
        let again = purchases(7, 1_000, 500);
        assert_eq!(found.get(..again.len()), Some(&*again), "a seed is a seed");
    }

    #[test]
    fn a_crowd_that_keeps_still_has_no_whales() {
        assert_eq!(purchases(7, 0, 500), []);
    }

    #[test]
    fn whales_come_at_their_pace_to_a_machine_that_lives_through_one_step_in_twenty() {
        let mut whales = Whales::new(7);
        let mut came = 0;
        for _ in 0..1_250 {
            whales.miss(19, 100);
            came += usize::from(whales.waiting == Waiting::Somebody);
            whales.step(1, 100, &mut BTreeMap::new(), &mut |_, _, _| {});
        }
        assert!((10..=30).contains(&came), "{came} in twenty minutes");
        whales.miss(i64::MAX, 0);
        assert_eq!(whales.waiting, Waiting::Nobody, "a crowd that keeps still misses nothing");
    }
}
