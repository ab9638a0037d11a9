//! The two small regressions that learn from outcomes. Both are held to what was believed before
//! there was evidence, are bounded, and take a fixed number of steps.

use super::belief::squash;

/// Newton's steps. From the last solution two or three are enough.
const STEPS: usize = 8;
/// No step is longer, in units of log-odds: far from the solution the curvature misleads.
const STEP_MAX: f64 = 1.0;

/// One thing that was said, and what happened: `x` in log-odds, `outcome` from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    /// What is added to the log-odds whatever the slope.
    pub(super) offset: f64,
    pub(super) outcome: f64,
}

/// What was believed of a coefficient before: its most likely value, how many units of information
/// that is worth, and the ends between which it stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Prior {
    pub(super) mean: f64,
    pub(super) precision: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Prior {
    fn step(&self, value: f64, step: f64) -> f64 {
        (value + step.clamp(-STEP_MAX, STEP_MAX)).clamp(self.least, self.most)
    }
}

/// `log-odds = offset + slope * x`.
pub(super) fn slope(points: &[Point], prior: Prior) -> f64 {
    let mut slope = prior.mean;
    for _ in 0..STEPS {
        let mut gradient = prior.precision * (prior.mean - slope);
        let mut information = prior.precision;
        for point in points {
            let p = squash(point.offset + slope * point.x);
            gradient += (point.outcome - p) * point.x;
            information += p * (1.0 - p) * point.x * point.x;
        }
        slope = prior.step(slope, gradient / information);
    }
    slope
}

/// `log-odds = offset + intercept + slope * x`: Platt's calibration.
pub(super) fn line(points: &[Point], intercept: Prior, slope: Prior) -> (f64, f64) {
    let (mut a, mut b) = (intercept.mean, slope.mean);
    for _ in 0..STEPS {
        let mut ga = intercept.precision * (intercept.mean - a);
        let mut gb = slope.precision * (slope.mean - b);
        let (mut aa, mut ab, mut bb) = (intercept.precision, 0.0, slope.precision);
        for point in points {
            let p = squash(point.offset + a + b * point.x);
            let (missing, information) = (point.outcome - p, p * (1.0 - p));
            ga += missing;
            gb += missing * point.x;
            aa += information;
            ab += information * point.x;
            bb += information * point.x * point.x;
        }
        let stuck = (b <= slope.least && gb < 0.0) || (b >= slope.most && gb > 0.0);
        if stuck {
            a = intercept.step(a, ga / aa);
        } else {
            // The priors keep the determinant above the product of their precisions.
            let determinant = aa * bb - ab * ab;
            let (step_a, step_b) =
                ((bb * ga - ab * gb) / determinant, (aa * gb - ab * ga) / determinant);
            a = intercept.step(a, step_a);
            b = slope.step(b, step_b);
        }
    }
    (a, b)
}
