//! What is known of the members and of the market, and how their beliefs become one.
//!
//! In log-odds throughout: each member is calibrated, held near the middle of all, weighted by how
//! well it did, and averaged; then the market is mixed in. See docs/adr/0007.

mod mixing;
mod pooled;
mod weights;

use std::collections::BTreeMap;

use domain::{DurationMillis, Probability};
use serde::Serialize;

use super::belief::{chance, log_loss, logit};
use super::calibration::Calibration;
use super::member::MemberName;
use mixing::Mixing;
pub use pooled::{Pooled, Stated};
use weights::Regret;

/// What happened to a market that was forecast: all that is learned from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// What each member stated; late answers count too.
    pub stated: Vec<(MemberName, Probability)>,
    /// The market's probability when the swarm was asked.
    pub market: Option<Probability>,
    /// From then to the scheduled end.
    pub horizon: Option<DurationMillis>,
    /// What the first outcome paid: 0, 1, or between where both sides were paid.
    pub outcome: Probability,
}

/// How one member stands, for people and programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Who.
    pub member: MemberName,
    /// How many of its answers are resolved.
    pub resolved: u32,
    /// What is added to its log-odds: below zero it is too hopeful.
    pub intercept: f64,
    /// What its log-odds are multiplied by: below one it is too sure.
    pub slope: f64,
    /// Its part if all known members answer, in millionths.
    pub weight_ppm: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Member {
    calibration: Calibration,
    regret: Regret,
}

/// The members with what is known of them. A plain value: the same lessons in the same order give
/// the same panel, so it is built again from the resolved forecasts at every start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    members: BTreeMap<MemberName, Member>,
    mixing: Mixing,
}

impl Panel {
    /// Takes in what happened. First everybody is judged by what was believed of them before, then
    /// their habits are learned, so no weight ever rests on hindsight.
    pub fn learn(&mut self, lesson: &Lesson) {
        let outcome = chance(lesson.outcome);
        let stated: Vec<Stated> = lesson.stated.iter().map(Stated::bare).collect();
        let Some(blind) = self.blind(&stated) else { return };
        let pool_loss = log_loss(blind.logit, outcome);
        for (name, stated) in &lesson.stated {
            let stated = logit(*stated);
            let member = self.members.entry(name.clone()).or_default();
            let calibrated = log_loss(member.calibration.apply(stated), outcome);
            member.regret.add(log_loss(stated, outcome) - pool_loss, calibrated - pool_loss);
            member.calibration.learn(stated, outcome);
        }
        if let Some(market) = lesson.market {
            self.mixing.learn(lesson.horizon, logit(market), blind.logit, outcome);
        }
    }
    /// Everybody that ever answered, by name.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        let regrets: Vec<&Regret> = self.members.values().map(|member| &member.regret).collect();
        let weights = weights::parts(&regrets);
        let rows = self.members.iter().zip(weights).map(|((name, member), weight)| {
            let (intercept, slope) = member.calibration.coefficients();
            Standing {
                member: name.clone(),
                resolved: member.regret.resolved(),
                intercept,
                slope,
                weight_ppm: super::belief::millionths(weight),
            }
        });
        rows.collect()
    }
    /// The market's part of a blend at that horizon, in millionths.
    #[must_use]
    pub fn market_weight_ppm(&self, horizon: Option<DurationMillis>) -> u32 {
        super::belief::millionths(self.mixing.market_weight(horizon))
    }
}
