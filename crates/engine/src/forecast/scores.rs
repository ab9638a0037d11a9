//! How good forecasts were, told without flattery.

mod curve;
mod skill;

use domain::Probability;
use serde::{Deserialize, Serialize};

use super::belief::{chance, log_loss, logit};
use super::seed::Seed;
pub use curve::{Bin, curve};
pub use skill::{Interval, Skill, skill};

/// A forecast whose outcome is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// What was forecast.
    pub probability: Probability,
    /// The market's probability at that moment, where it is known.
    pub market: Option<Probability>,
    /// What the first outcome paid: 0, 1, or between where both sides were paid.
    pub outcome: Probability,
    /// What it hangs together with: forecasts of one event rise and fall together, and count as one
    /// observation where doubt is measured.
    pub event: String,
}

/// Mean losses; smaller is better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Score {
    /// Over how many forecasts.
    pub count: u32,
    /// Brier score: the mean squared distance to the outcome. 0 is perfect, 0.25 is what a half
    /// always gets.
    pub brier: f64,
    /// Log score: the mean of minus the logarithm of the probability given to what happened. 0 is
    /// perfect, 0.693 is what a half always gets; nobody is taken to be surer than 0.999.
    pub log: f64,
}

/// Everything about one source of forecasts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Its losses.
    pub score: Score,
    /// The market's losses on the same forecasts, where its price is known.
    pub market: Option<Score>,
    /// Against the market on the same forecasts.
    pub skill: Option<Skill>,
    /// What it said against what happened.
    pub curve: Vec<Bin>,
}

impl Report {
    /// `None` of no forecasts. The seed draws the bootstrap.
    #[must_use]
    pub fn of(rows: &[Scored], seed: &mut Seed) -> Option<Self> {
        let market: Vec<(Probability, Probability)> =
            rows.iter().filter_map(|row| Some((row.market?, row.outcome))).collect();
        Some(Self {
            score: score(rows.iter().map(|row| (row.probability, row.outcome)))?,
            market: score(market.into_iter()),
            skill: skill(rows, seed),
            curve: curve(rows),
        })
    }
}

/// The mean losses of forecasts with their outcomes; `None` of none.
pub fn score(rows: impl Iterator<Item = (Probability, Probability)>) -> Option<Score> {
    let (mut count, mut brier, mut log) = (0_u32, 0.0, 0.0);
    for (probability, outcome) in rows {
        count = count.saturating_add(1);
        brier += squared_error(probability, outcome);
        log += log_loss(logit(probability), chance(outcome));
    }
    let mean = |sum: f64| sum / f64::from(count);
    (count > 0).then(|| Score { count, brier: mean(brier), log: mean(log) })
}

fn squared_error(probability: Probability, outcome: Probability) -> f64 {
    (chance(probability) - chance(outcome)).powi(2)
}
