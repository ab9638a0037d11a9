//! Answers as rows.

use engine::forecast::{Answer, Outcome};
use serde_json::json;
use store::{Label, ModelAnswerRow, StoreError, Word};

use super::messages::Told;

/// Whether an answer could still move the forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timing {
    /// It could.
    InTime,
    /// The forecast was published before.
    Late,
}

/// An answer as it is written down.
///
/// # Errors
/// A word of ours is no word.
pub(super) fn row(
    forecast: &str,
    model: &str,
    told: &Told,
    timing: Timing,
) -> Result<ModelAnswerRow, StoreError> {
    let word = |text: &str| {
        Word::new(text).map_err(|error| StoreError::Unreadable {
            table: "model_answers",
            key: forecast.to_owned(),
            column: "state",
            source: store::ReadError::Word(error),
        })
    };
    let (state, failure) = match &told.sample.outcome {
        Outcome::Answered(Answer::Estimate(_)) => ("answered", None),
        Outcome::Answered(Answer::Abstained { .. }) => ("abstained", None),
        Outcome::Failed(failure) => ("failed", Label::new(failure.code()).ok()),
    };
    let answer = told.sample.answer();
    let estimate = answer.and_then(Answer::estimate);
    let reasons = match answer {
        Some(Answer::Estimate(estimate)) => {
            Some(json!({"for": estimate.reasons_for, "against": estimate.reasons_against}))
        }
        Some(Answer::Abstained { reason }) => Some(json!({"for": [], "against": [reason]})),
        None => None,
    };
    Ok(ModelAnswerRow {
        forecast: forecast.to_owned(),
        member: told.sample.member.to_string(),
        sample: told.sample.index,
        model: model.to_owned(),
        at: told.at,
        state: word(state)?,
        failure,
        late: timing == Timing::Late,
        repaired: told.was_repaired,
        probability: estimate.map(|estimate| estimate.probability),
        low: estimate.map(|estimate| estimate.low),
        high: estimate.map(|estimate| estimate.high),
        reasons,
        prompt_tokens: told.usage.prompt_tokens,
        completion_tokens: told.usage.completion_tokens,
        cost: told.sample.cost,
        latency: told.sample.latency_ms,
        error: told.error.clone(),
    })
}
