//! Between probabilities, which are kept, and log-odds, which are computed with.

use domain::Probability;

/// Nothing counts as less likely than a thousandth, nor as more than 0.999: nobody, model or market,
/// is believed to be surer than that.
const SURE_ENOUGH: f64 = 0.001;
/// The log-odds of 0.999.
pub(super) const LOGIT_MAX: f64 = 6.906_754_778_648_554;

/// The log-odds, between -6.91 and 6.91.
pub(super) fn logit(probability: Probability) -> f64 {
    let p = chance(probability).clamp(SURE_ENOUGH, 1.0 - SURE_ENOUGH);
    (p / (1.0 - p)).ln()
}

/// As a number from 0 to 1.
pub(super) fn chance(probability: Probability) -> f64 {
    f64::from(probability.millionths()) / 1e6
}

/// What log-odds stand for, from 0 to 1.
pub(super) fn squash(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// To the nearest millionth; what is not a number is a half, which claims nothing.
pub(super) fn probability(logit: f64) -> Probability {
    if logit.is_nan() {
        return Probability::HALF;
    }
    let bounded = squash(logit.clamp(-LOGIT_MAX, LOGIT_MAX));
    Probability::from_millionths(millionths(bounded)).unwrap_or(Probability::HALF)
}

/// A part of one in millionths, to the nearest; outside 0 to 1 the nearer end, and 0 for what is not
/// a number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and a million by the clamp; what is not a number becomes 0"
)]
pub(super) fn millionths(part: f64) -> u32 {
    (part.clamp(0.0, 1.0) * 1e6).round() as u32
}

/// What was lost by a belief: minus the logarithm of the probability given to what happened. The
/// outcome may lie between 0 and 1 where a market paid both sides.
pub(super) fn log_loss(logit: f64, outcome: f64) -> f64 {
    let p = squash(logit.clamp(-LOGIT_MAX, LOGIT_MAX));
    -(outcome * p.ln() + (1.0 - outcome) * (1.0 - p).ln())
}
