//! One gate's answer.

use engine::risk::{Gate, GateValue, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// What a gate saw and what it allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GateView {
    /// A stable name.
    pub rule: &'static str,
    /// One sentence: why it refuses where it does.
    pub text: &'static str,
    /// `passed` or `refused`.
    pub verdict: &'static str,
    /// The unit of value and limit: `usd`, `count`, `ms`, `price` or `text`.
    pub unit: &'static str,
    /// What it saw.
    pub value: String,
    /// What it allows.
    pub limit: String,
    /// The market or group that the value is of.
    pub about: Option<String>,
}

impl From<&Gate> for GateView {
    fn from(gate: &Gate) -> Self {
        let (unit, value) = value_text(&gate.value);
        let (_, limit) = value_text(&gate.limit);
        Self {
            rule: gate.rule.code(),
            text: gate.rule.text(),
            verdict: match gate.verdict {
                Verdict::Passed => "passed",
                Verdict::Refused => "refused",
            },
            unit,
            value,
            limit,
            about: gate.about.as_ref().map(ToString::to_string),
        }
    }
}

/// A figure's unit and its text without the unit.
#[must_use]
pub fn value_text(value: &GateValue) -> (&'static str, String) {
    match value {
        GateValue::Usd(value) => ("usd", value.to_string()),
        GateValue::Count(value) => ("count", value.to_string()),
        GateValue::Millis(value) => ("ms", value.to_string()),
        GateValue::Price(value) => ("price", value.to_string()),
        GateValue::Text(value) => ("text", value.clone()),
    }
}
