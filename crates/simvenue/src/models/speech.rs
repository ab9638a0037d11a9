//! A belief as a text, well-formed or not.

use serde_json::json;

use super::belief::Belief;
use super::character::Character;
use crate::rng::Rng;

/// A text of a model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said(pub(crate) String);

pub(super) fn say(character: &Character, belief: Belief, rng: &mut Rng) -> Said {
    if rng.chance_ppm(character.garbage_ppm) {
        return garbage(rng);
    }
    let rounded = |value: f64| (value.clamp(0.001, 0.999) * 1_000.0).round() / 1_000.0;
    let probability = rounded(belief.0);
    let width = 0.15 * (1.0 - (2.0 * probability - 1.0).abs()) + 0.02;
    let answer = json!({
        "probability": probability,
        "low": rounded(probability - width),
        "high": rounded(probability + width),
        "reasons_for": ["Events of this kind have happened before in similar circumstances."],
        "reasons_against": ["The time that is left is short, and little is known so far."],
        "abstain": false,
    });
    Said(answer.to_string())
}

/// What models say when they do not do as they are told.
fn garbage(rng: &mut Rng) -> Said {
    const TEXTS: [&str; 6] = [
        "I would say it is rather likely, all things considered.",
        "{\"probability\": \"very high\", \"low\": null}",
        "{\"probability\": 7.5, \"low\": 7, \"high\": 8, \"reasons_for\": [], \"reasons_against\": [], \"abstain\": false}",
        "{\"probability\": 0.4, \"low\": 0.3, \"hi",
        "<html><body>Probability: 62 %</body></html>",
        "[0.1, 0.2, 0.7]",
    ];
    Said(rng.pick(&TEXTS).copied().unwrap_or_default().to_owned())
}
