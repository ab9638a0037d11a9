//! Groups that fall out of line: the desks of one group quote so that all YES together cost less
//! than a dollar, or sell for more, for some seconds, and then find back.

use std::collections::BTreeMap;

use super::desk::Forced;
use super::{CrowdOptions, Group, Pit};
use crate::rng::Rng;
use crate::universe::MarketIndex;

/// In steps of 50 ms.
const LASTS: (i64, i64) = (100, 320);
/// No sum of asks goes below this, in ten-thousandths: real ones do not.
const SUM_MIN: i64 = 9_400;
/// No sum of bids goes above this.
const SUM_MAX: i64 = 10_600;
/// Profit after fees on one set, in ten-thousandths.
const EDGE: (i64, i64) = (50, 200);
/// How often a group that fees make worthless falls out of line, per step and million.
const DECOY_PPM: u32 = 4_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    /// Buying all YES costs less than a dollar.
    Cheap,
    /// Selling all YES brings more than a dollar.
    Dear,
}

#[derive(Debug)]
struct Episode {
    group: usize,
    until: u64,
    pays: bool,
}

#[derive(Debug)]
pub(super) struct Dislocations {
    rng: Rng,
    episodes: Vec<Episode>,
    wanted: usize,
}

impl Dislocations {
    pub(super) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed, "dislocations"), episodes: Vec::new(), wanted: 2 }
    }
    pub(super) fn active(&self) -> usize {
        self.episodes.iter().filter(|episode| episode.pays).count()
    }

    pub(super) fn step(
        &mut self,
        step: u64,
        options: CrowdOptions,
        groups: &[Group],
        pits: &mut BTreeMap<MarketIndex, Pit>,
    ) {
        let over = |episode: &Episode| episode.until <= step;
        for episode in self.episodes.iter().filter(|episode| over(episode)) {
            release(groups.get(episode.group), pits);
        }
        self.episodes.retain(|episode| !over(episode));
        let most = usize::try_from(options.dislocations_max).unwrap_or(0);
        if step.is_multiple_of(100) {
            self.wanted = self.rng.index(most) + 1;
            self.wanted = self.wanted.max(2);
        }
        // The next comes a little before the last has gone, so that one is always there.
        let lasting = self.episodes.iter().filter(|e| e.pays && e.until > step + 20).count();
        if lasting < self.wanted.min(most) {
            self.begin(step, true, groups, pits);
        }
        if most > 0 && self.rng.chance_ppm(DECOY_PPM) {
            self.begin(step, false, groups, pits);
        }
    }

    fn begin(
        &mut self,
        step: u64,
        pays: bool,
        groups: &[Group],
        pits: &mut BTreeMap<MarketIndex, Pit>,
    ) {
        let at = self.rng.index(groups.len());
        let Some(group) = groups.get(at) else { return };
        let busy = self.episodes.iter().any(|episode| episode.group == at);
        let open = group.markets.iter().all(|m| pits.get(m).is_some_and(|pit| pit.open));
        // An augmented group proves nothing by its sum; it only ever is a decoy.
        if busy || !open || (group.augmented && pays) {
            return;
        }
        let direction =
            if self.rng.next().is_multiple_of(3) { Direction::Dear } else { Direction::Cheap };
        let edge = self.rng.range(EDGE.0, EDGE.1);
        let Some(quotes) = self.quotes(group, direction, edge, pays, pits) else { return };
        let size = self.rng.range(40, 420);
        for (market, (bid, ask)) in group.markets.iter().zip(quotes) {
            let size = size + self.rng.range(0, 90);
            if let Some(pit) = pits.get_mut(market) {
                pit.desk.force(Some(Forced { bid, ask, size }));
            }
        }
        let lasts = u64::try_from(self.rng.range(LASTS.0, LASTS.1)).unwrap_or(0);
        self.episodes.push(Episode { group: at, until: step + lasts, pays });
    }

    /// Best bid and ask of every outcome so that the sum is off by `edge` after fees, or, where it
    /// should not pay, is off before fees and not after; `None` where the group cannot.
    fn quotes(
        &mut self,
        group: &Group,
        direction: Direction,
        edge: i64,
        pays: bool,
        pits: &BTreeMap<MarketIndex, Pit>,
    ) -> Option<Vec<(i64, i64)>> {
        let legs: Vec<Leg> =
            group.markets.iter().filter_map(|m| pits.get(m).map(Leg::of)).collect();
        let mut quotes: Vec<(i64, i64)> = legs.iter().map(|leg| leg.usual).collect();
        for _ in 0..4_000 {
            let (sum, fees) = totals(&legs, &quotes, direction);
            let gain = match direction {
                Direction::Cheap => 10_000 - sum,
                Direction::Dear => sum - 10_000,
            };
            if if pays { gain - fees >= edge } else { gain > 0 } {
                let sane = (SUM_MIN..=SUM_MAX).contains(&sum);
                return (sane && (pays || gain < fees)).then_some(quotes);
            }
            let at = self.rng.index(legs.len());
            let (Some(leg), Some((bid, ask))) = (legs.get(at), quotes.get_mut(at)) else {
                return None;
            };
            match direction {
                Direction::Cheap if *ask > 2 * leg.tick => {
                    *ask -= leg.tick;
                    *bid = (*bid).min(*ask - leg.tick);
                }
                Direction::Dear if *bid < 10_000 - 2 * leg.tick => {
                    *bid += leg.tick;
                    *ask = (*ask).max(*bid + leg.tick);
                }
                _ => {}
            }
        }
        None
    }
}

struct Leg {
    usual: (i64, i64),
    tick: i64,
    rate_ppm: i64,
}

impl Leg {
    fn of(pit: &Pit) -> Self {
        let rules = pit.engine.rules();
        let tick = i64::from(rules.tick.ten_thousandths());
        let usual = pit.desk.usual_quotes(tick);
        Self { usual, tick, rate_ppm: i64::from(rules.fee.rate_ppm()) }
    }
}

/// The sum of the prices to trade at, and of the fees per set, rounded up, in ten-thousandths.
fn totals(legs: &[Leg], quotes: &[(i64, i64)], direction: Direction) -> (i64, i64) {
    let mut sum = 0;
    let mut fees_scaled = 0;
    for (leg, (bid, ask)) in legs.iter().zip(quotes) {
        let price = if direction == Direction::Cheap { *ask } else { *bid };
        sum += price;
        fees_scaled += leg.rate_ppm * price * (10_000 - price);
    }
    (sum, fees_scaled / 10_000_000_000 + 1)
}

fn release(group: Option<&Group>, pits: &mut BTreeMap<MarketIndex, Pit>) {
    for market in group.into_iter().flat_map(|group| &group.markets) {
        if let Some(pit) = pits.get_mut(market) {
            pit.desk.force(None);
        }
    }
}
