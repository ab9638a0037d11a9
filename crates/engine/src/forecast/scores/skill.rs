//! Better than the market, or only lucky.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Scored, squared_error};
use crate::forecast::seed::Seed;

/// How often the events are drawn again.
const RESAMPLES: usize = 2_000;
/// Of fewer events no interval is given: it would look exact and mean nothing.
const EVENTS_MIN: usize = 10;

/// A 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A source against the market at the moment of each forecast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Skill {
    /// Forecasts with a market price.
    pub count: u32,
    /// Independent events among them.
    pub events: u32,
    /// The market's Brier score less the source's: above zero it beats the market.
    pub brier_gain: f64,
    /// Where the gain may lie, by drawing whole events again; `None` of fewer than ten events.
    pub interval: Option<Interval>,
    /// The gain as a part of the market's own score; `None` where the market was perfect.
    pub part: Option<f64>,
}

impl Skill {
    /// The lower end of the interval in millionths, rounded down: what a gate compares. `None` where
    /// there is no interval.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a Brier gain lies between -1 and 1")]
    pub fn low_ppm(&self) -> Option<i64> {
        self.interval.map(|interval| (interval.low.clamp(-1.0, 1.0) * 1e6).floor() as i64)
    }
    /// The gain itself in millionths, rounded down.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a Brier gain lies between -1 and 1")]
    pub fn gain_ppm(&self) -> i64 {
        (self.brier_gain.clamp(-1.0, 1.0) * 1e6).floor() as i64
    }
    /// One plain phrase.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match self.interval {
            None => "too few events to tell",
            Some(Interval { low, .. }) if low > 0.0 => "better than the market",
            Some(Interval { high, .. }) if high < 0.0 => "worse than the market",
            // Such as the market itself.
            Some(Interval { low, high }) if low == 0.0 && high == 0.0 => "the same as the market",
            Some(_) => "not told apart from the market",
        }
    }
}

/// The gains of one event: their sum, their number, and what the market lost.
#[derive(Clone, Copy, Debug, Default)]
struct Gains {
    sum: f64,
    count: u32,
    market: f64,
}

/// `None` where no forecast has a market price. The interval is drawn by event: forecasts of one
/// event are one observation, however many there are.
#[must_use]
pub fn skill(rows: &[Scored], seed: &mut Seed) -> Option<Skill> {
    let mut events: BTreeMap<&str, Gains> = BTreeMap::new();
    for row in rows {
        let Some(market) = row.market else { continue };
        let lost = squared_error(market, row.outcome);
        let gains = events.entry(&row.event).or_default();
        gains.sum += lost - squared_error(row.probability, row.outcome);
        gains.market += lost;
        gains.count += 1;
    }
    let events: Vec<Gains> = events.into_values().collect();
    let total = total(events.iter().copied());
    if total.count == 0 {
        return None;
    }
    let lost = total.market / f64::from(total.count);
    let brier_gain = total.sum / f64::from(total.count);
    Some(Skill {
        count: total.count,
        events: u32::try_from(events.len()).unwrap_or(u32::MAX),
        brier_gain,
        interval: (events.len() >= EVENTS_MIN).then(|| bootstrap(&events, seed)),
        part: (lost > 0.0).then(|| brier_gain / lost),
    })
}

fn bootstrap(events: &[Gains], seed: &mut Seed) -> Interval {
    let one = |_| {
        let drawn = events.iter().filter_map(|_| events.get(seed.below(events.len())));
        let total = total(drawn.copied());
        total.sum / f64::from(total.count)
    };
    let mut means: Vec<f64> = (0..RESAMPLES).map(one).collect();
    means.sort_by(f64::total_cmp);
    let at = |rank: usize| means.get(rank).copied().unwrap_or_default();
    Interval { low: at(RESAMPLES / 40), high: at(RESAMPLES - 1 - RESAMPLES / 40) }
}

fn total(events: impl Iterator<Item = Gains>) -> Gains {
    events.fold(Gains::default(), |all, one| Gains {
        sum: all.sum + one.sum,
        count: all.count + one.count,
        market: all.market + one.market,
    })
}
