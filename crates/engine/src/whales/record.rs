//! What a class of whale events was worth to those who would have followed.

use std::collections::BTreeMap;

use domain::ConditionId;

use super::interval::{Interval, mean_by_cluster, wilson};

/// Fewer markets than this say nothing.
pub const MARKETS_MIN: usize = 30;

/// One graded event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In which market: events of one market share its luck.
    pub condition: ConditionId,
    /// Profit for each dollar laid out, in millionths.
    pub return_ppm: i64,
}

/// The record of one class at one horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassRecord {
    /// Graded events.
    pub events: u64,
    /// In so many markets.
    pub markets: usize,
    /// Events after which following paid.
    pub hits: u64,
    /// The share of hits. Its interval counts each market once.
    pub hit_rate: Option<Interval>,
    /// The mean return, with an interval by market; `None` with fewer than two markets.
    pub mean_return: Option<Interval>,
}

impl ClassRecord {
    /// Whether there are enough markets to say anything.
    #[must_use]
    pub const fn is_enough(&self) -> bool {
        self.markets >= MARKETS_MIN
    }
    /// In one word: `not_enough`, `skill` (the mean return is surely above zero), `costs` (surely
    /// below) or `no_sign`.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match self.mean_return {
            Some(mean) if self.is_enough() && mean.low_ppm > 0 => "skill",
            Some(mean) if self.is_enough() && mean.high_ppm < 0 => "costs",
            Some(_) if self.is_enough() => "no_sign",
            _ => "not_enough",
        }
    }
}

/// The record of `outcomes`.
#[must_use]
pub fn record(outcomes: &[Outcome]) -> ClassRecord {
    let mut markets: BTreeMap<ConditionId, (i64, u64)> = BTreeMap::new();
    for outcome in outcomes {
        let (sum, count) = markets.entry(outcome.condition).or_default();
        *sum = sum.saturating_add(outcome.return_ppm);
        *count += 1;
    }
    let events = outcomes.len() as u64;
    let hits = outcomes.iter().filter(|outcome| outcome.return_ppm > 0).count() as u64;
    let clusters: Vec<_> = markets.values().copied().collect();
    ClassRecord {
        events,
        markets: markets.len(),
        hits,
        hit_rate: hit_rate(hits, events, markets.len() as u64),
        mean_return: mean_by_cluster(&clusters),
    }
}

/// The share of hits among events, as sure as so many markets can make it.
fn hit_rate(hits: u64, events: u64, markets: u64) -> Option<Interval> {
    let share = wilson(hits, events)?;
    // Half up: as many hits as markets would show at this share.
    let hits = (u128::from(hits) * u128::from(markets) * 2 + u128::from(events))
        / (u128::from(events) * 2);
    let bounds = wilson(u64::try_from(hits).ok()?, markets)?;
    Some(Interval { middle_ppm: share.middle_ppm, ..bounds })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(market: u8, return_ppm: i64) -> Outcome {
        Outcome { condition: ConditionId::from_bytes([market; 32]), return_ppm }
    }

    #[test]
    fn one_lucky_market_is_not_skill_however_often_it_was_traded() {
        let outcomes: Vec<_> = (0..1_000).map(|_| outcome(1, 500_000)).collect();
        let found = record(&outcomes);
        assert_eq!((found.events, found.markets, found.hits), (1_000, 1, 1_000));
        assert_eq!(found.verdict(), "not_enough");
        assert!(found.hit_rate.unwrap().low_ppm < 250_000, "{found:?}");
    }

    #[test]
    fn a_class_is_called_skilled_only_when_its_interval_is_above_zero() {
        let good: Vec<_> = (0..40).map(|n| outcome(n, 100_000 + i64::from(n) * 1_000)).collect();
        assert_eq!(record(&good).verdict(), "skill");
        let mixed = (0..40).map(|n| outcome(n, if n % 2 == 0 { 900_000 } else { -800_000 }));
        let mixed: Vec<_> = mixed.collect();
        assert_eq!(record(&mixed).verdict(), "no_sign");
        let bad = good.iter().map(|it| Outcome { return_ppm: -it.return_ppm, ..*it });
        assert_eq!(record(&bad.collect::<Vec<_>>()).verdict(), "costs");
        assert_eq!(record(&[]).verdict(), "not_enough");
    }
}
