//! From a model's words to an answer, strictly.

use domain::Probability;
use serde::Deserialize;
use serde_json::Number;
use thiserror::Error;

use super::answer::{Answer, Estimate};
use super::text::CleanText;

/// The longest answer that is looked at, in bytes.
pub const ANSWER_BYTES_MAX: usize = 32 * 1_024;
/// Reasons kept for and against.
const REASONS_MAX: usize = 5;
const REASON_CHARS_MAX: usize = 300;

/// Why an answer cannot be read. It is asked for once more; then it counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// Longer than [`ANSWER_BYTES_MAX`].
    #[error("it is longer than 32 KiB")]
    TooLong,
    /// Not one JSON object of the wanted form.
    #[error("it is not one JSON object of the wanted form")]
    NotTheForm,
    /// No probability, and no abstention.
    #[error("it has neither a probability nor an abstention")]
    NothingSaid,
    /// A number that is no probability, such as a percentage.
    #[error("{0} is not a number from 0 to 1")]
    OutOfRange(&'static str),
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    abstain: bool,
    probability: Option<Number>,
    low: Option<Number>,
    high: Option<Number>,
    #[serde(default)]
    reasons_for: Vec<String>,
    #[serde(default)]
    reasons_against: Vec<String>,
}

impl Answer {
    /// Reads what a model wrote: one JSON object, at most within one code fence.
    ///
    /// A range that does not hold the probability is widened until it does; digits beyond the sixth
    /// are cut; reasons beyond five are left out. A percentage is not taken for a probability.
    ///
    /// # Errors
    /// See [`Unreadable`].
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        if text.len() > ANSWER_BYTES_MAX {
            return Err(Unreadable::TooLong);
        }
        let said: Said =
            serde_json::from_str(unfenced(text)).map_err(|_| Unreadable::NotTheForm)?;
        if said.abstain {
            let reason = said.reasons_against.iter().chain(&said.reasons_for).next();
            return Ok(Self::Abstained { reason: clean(reason.map_or("", String::as_str)) });
        }
        let probability = probability("probability", said.probability.as_ref())?;
        let probability = probability.ok_or(Unreadable::NothingSaid)?;
        let end = |name, number: Option<&Number>| {
            Ok(self::probability(name, number)?.unwrap_or(probability))
        };
        let (low, high) = (end("low", said.low.as_ref())?, end("high", said.high.as_ref())?);
        Ok(Self::Estimate(Estimate {
            reasons_for: reasons(&said.reasons_for),
            reasons_against: reasons(&said.reasons_against),
            ..Estimate::new(probability, low, high)
        }))
    }
}

fn probability(
    name: &'static str,
    number: Option<&Number>,
) -> Result<Option<Probability>, Unreadable> {
    let Some(number) = number else { return Ok(None) };
    let read = Probability::parse_cut(&number.to_string());
    read.map(Some).map_err(|_| Unreadable::OutOfRange(name))
}

fn reasons(said: &[String]) -> Vec<CleanText> {
    let reasons = said.iter().map(|reason| clean(reason));
    reasons.filter(|reason| !reason.is_empty()).take(REASONS_MAX).collect()
}

fn clean(reason: &str) -> CleanText {
    CleanText::line(reason, REASON_CHARS_MAX)
}

/// Without the code fence that many models put around JSON.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inner.map_or(text, |inner| inner.strip_prefix("json").unwrap_or(inner).trim())
}
