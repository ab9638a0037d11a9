//! A member's habits: too sure, too careful, too hopeful. Learned from what it said and what happened.

use std::collections::VecDeque;

use super::logistic::{Point, Prior, line};

/// What is remembered of a member; the oldest is forgotten first. Models change.
const REMEMBERED_MAX: usize = 400;
/// "Neither hopeful nor gloomy", worth about as much as twenty outcomes.
const INTERCEPT: Prior = Prior { mean: 0.0, precision: 4.0, least: -2.0, most: 2.0 };
/// "As sure as it says", worth about as much as thirty outcomes. Nobody is ever read the other way
/// around: a member that is wrong on purpose is worth nothing, not gold.
const SLOPE: Prior = Prior { mean: 1.0, precision: 12.0, least: 0.0, most: 2.5 };

/// `calibrated = intercept + slope * stated`, in log-odds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Calibration {
    intercept: f64,
    slope: f64,
    remembered: VecDeque<Point>,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { intercept: INTERCEPT.mean, slope: SLOPE.mean, remembered: VecDeque::new() }
    }
}

impl Calibration {
    pub(super) fn apply(&self, stated: f64) -> f64 {
        self.intercept + self.slope * stated
    }
    pub(super) fn learn(&mut self, stated: f64, outcome: f64) {
        self.remembered.push_back(Point { x: stated, offset: 0.0, outcome });
        if self.remembered.len() > REMEMBERED_MAX {
            self.remembered.pop_front();
        }
        let points = self.remembered.make_contiguous();
        (self.intercept, self.slope) = line(points, INTERCEPT, SLOPE);
    }
    pub(super) const fn coefficients(&self) -> (f64, f64) {
        (self.intercept, self.slope)
    }
}
