//! Many beliefs into one.

use domain::{DurationMillis, Probability};

use super::{Panel, Regret, weights};
use crate::forecast::belief::{logit, millionths, probability};
use crate::forecast::member::MemberName;

/// No member pulls from further away than this, in log-odds from the middle of all: nonsense with
/// great certainty is still nonsense.
const REACH_MAX: f64 = 2.5;
/// Below three there is no middle that one of them could be far from.
const MIDDLE_OF_MIN: usize = 3;
/// Nobody agrees so well that the pool is surer than this.
const SPREAD_MIN: f64 = 0.25;
/// The normal distribution holds nine tenths between these many standard deviations.
const NINE_TENTHS: f64 = 1.645;
/// Beliefs that are this far apart agree about nothing.
const SPREAD_HOPELESS: f64 = 2.0;

/// One member's estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Whose.
    pub member: MemberName,
    /// How likely it finds the first outcome.
    pub probability: Probability,
    /// The lower end of what it finds plausible.
    pub low: Probability,
    /// The upper end of what it finds plausible.
    pub high: Probability,
}

/// The beliefs of all in one. Parts are in the order of what was stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// Without the market.
    pub blind: Probability,
    /// With the market.
    pub blended: Probability,
    /// The lower end of the blended belief.
    pub low: Probability,
    /// The upper end of the blended belief.
    pub high: Probability,
    /// The market's part of the blend, in millionths.
    pub market_weight_ppm: u32,
    /// Weighted standard deviation of the calibrated beliefs, in thousandths of log-odds.
    pub disagreement_millilogits: u32,
    /// How close they lie together: a million where they are the same.
    pub closeness_ppm: u32,
    /// Each calibrated belief with its part of the pool, in millionths.
    pub parts: Vec<(Probability, u32)>,
}

/// The pool before the market.
pub(super) struct Blind {
    pub(super) logit: f64,
    calibrated: Vec<f64>,
    weights: Vec<f64>,
    disagreement: f64,
}

impl Stated {
    /// Without a range.
    pub(in crate::forecast) fn bare((member, probability): &(MemberName, Probability)) -> Self {
        let (probability, member) = (*probability, member.clone());
        Self { member, probability, low: probability, high: probability }
    }
    /// Half of its range as one standard deviation of a normal distribution, in log-odds.
    fn own_spread(&self) -> f64 {
        (logit(self.high) - logit(self.low)) / (2.0 * NINE_TENTHS)
    }
}

impl Panel {
    /// The beliefs of all in one, `None` of nobody.
    #[must_use]
    pub fn pool(
        &self,
        stated: &[Stated],
        market: Probability,
        horizon: Option<DurationMillis>,
    ) -> Option<Pooled> {
        let blind = self.blind(stated)?;
        let market_weight = self.mixing.market_weight(horizon);
        let swarm_weight = 1.0 - market_weight;
        let blended = market_weight * logit(market) + swarm_weight * blind.logit;
        let ranges = stated.iter().zip(&blind.weights);
        let own: f64 = ranges.map(|(stated, weight)| weight * stated.own_spread()).sum();
        let spread = blind.disagreement.max(own).max(SPREAD_MIN);
        let arm = NINE_TENTHS * swarm_weight * spread;
        let parts = blind.calibrated.iter().zip(&blind.weights);
        Some(Pooled {
            blind: probability(blind.logit),
            blended: probability(blended),
            low: probability(blended - arm),
            high: probability(blended + arm),
            market_weight_ppm: millionths(market_weight),
            disagreement_millilogits: millionths(blind.disagreement / 1e3),
            closeness_ppm: millionths(1.0 - blind.disagreement / SPREAD_HOPELESS),
            parts: parts.map(|(logit, part)| (probability(*logit), millionths(*part))).collect(),
        })
    }

    pub(super) fn blind(&self, stated: &[Stated]) -> Option<Blind> {
        if stated.is_empty() {
            return None;
        }
        let fresh = super::Member::default();
        let members = stated.iter().map(|one| self.members.get(&one.member).unwrap_or(&fresh));
        let members: Vec<&super::Member> = members.collect();
        let regrets: Vec<&Regret> = members.iter().map(|member| &member.regret).collect();
        let weights = weights::parts(&regrets);
        let calibrated = stated.iter().zip(&members);
        let calibrated: Vec<f64> = calibrated
            .map(|(one, member)| member.calibration.apply(logit(one.probability)))
            .collect();
        let mean = |of: &[f64]| -> f64 { of.iter().zip(&weights).map(|(x, w)| x * w).sum() };
        let held: Vec<f64> = match middle(&calibrated, &weights) {
            Some(middle) if calibrated.len() >= MIDDLE_OF_MIN => {
                let held = |x: &f64| x.clamp(middle - REACH_MAX, middle + REACH_MAX);
                calibrated.iter().map(held).collect()
            }
            _ => calibrated.clone(),
        };
        let logit = mean(&held);
        let squares: Vec<f64> = calibrated.iter().map(|x| (x - logit).powi(2)).collect();
        let disagreement = mean(&squares).sqrt();
        Some(Blind { logit, disagreement, calibrated, weights })
    }
}

/// The weighted median.
fn middle(values: &[f64], weights: &[f64]) -> Option<f64> {
    let mut sorted: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
    sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut before = 0.0;
    let half = sorted.iter().find(|(_, weight)| {
        before += weight;
        before >= 0.5
    });
    half.or(sorted.last()).map(|(value, _)| *value)
}
