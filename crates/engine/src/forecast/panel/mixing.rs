//! How much of the market goes into a forecast.

use std::collections::VecDeque;

use domain::DurationMillis;

use crate::forecast::logistic::{Point, Prior, slope};

const DAY_MS: i64 = 86_400_000;
/// Remembered of each horizon; the oldest is forgotten first.
const REMEMBERED_MAX: usize = 400;
/// What the prior is worth: about as much as a hundred questions on which swarm and market differ by
/// one unit of log-odds.
const PRECISION: f64 = 20.0;

/// The longest time to the end of each horizon in days, with the swarm's part before there is
/// evidence. Two thirds are the market's; more close to the end, when it knows the news, and less
/// far from it, when few look.
const HORIZONS: [(i64, f64); 4] =
    [(1, 0.20), (7, 0.27), (90, 1.0 / 3.0), (i64::MAX / DAY_MS, 0.40)];
/// Where the end is not known.
const UNKNOWN: usize = 2;

/// The swarm's part of the blend by horizon.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mixing([Horizon; HORIZONS.len()]);

#[derive(Clone, Debug, PartialEq)]
struct Horizon {
    prior: f64,
    swarm_weight: f64,
    remembered: VecDeque<Point>,
}

impl Default for Mixing {
    fn default() -> Self {
        let fresh =
            |(_, prior)| Horizon { prior, swarm_weight: prior, remembered: VecDeque::new() };
        Self(HORIZONS.map(fresh))
    }
}

impl Mixing {
    /// The market's part, from 0 to 1.
    pub(super) fn market_weight(&self, horizon: Option<DurationMillis>) -> f64 {
        1.0 - self.0.get(index(horizon)).map_or(0.0, |horizon| horizon.swarm_weight)
    }
    pub(super) fn learn(
        &mut self,
        horizon: Option<DurationMillis>,
        market: f64,
        blind: f64,
        outcome: f64,
    ) {
        if let Some(horizon) = self.0.get_mut(index(horizon)) {
            horizon.learn(Point { x: blind - market, offset: market, outcome });
        }
    }
}

impl Horizon {
    fn learn(&mut self, point: Point) {
        self.remembered.push_back(point);
        if self.remembered.len() > REMEMBERED_MAX {
            self.remembered.pop_front();
        }
        let prior = Prior { mean: self.prior, precision: PRECISION, least: 0.0, most: 1.0 };
        self.swarm_weight = slope(self.remembered.make_contiguous(), prior);
    }
}

fn index(horizon: Option<DurationMillis>) -> usize {
    let Some(left) = horizon else { return UNKNOWN };
    HORIZONS.iter().position(|(days, _)| left.0 <= days * DAY_MS).unwrap_or(UNKNOWN)
}
