//! What a gate saw, and what it allowed.

use std::fmt;

use domain::{Price, Usd};
use serde::{Deserialize, Serialize};

use super::Rule;
use crate::opportunity::Subject;

/// A figure of a gate, with its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", content = "value", rename_all = "snake_case")]
pub enum GateValue {
    /// Dollars.
    Usd(Usd),
    /// A number of things.
    Count(u64),
    /// Milliseconds; negative where a moment lies in the past.
    Millis(i64),
    /// A price.
    Price(Price),
    /// Words.
    Text(String),
}

impl GateValue {
    /// From words.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }
}

impl fmt::Display for GateValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usd(value) => write!(f, "{value} USD"),
            Self::Count(value) => write!(f, "{value}"),
            Self::Millis(value) => write!(f, "{value} ms"),
            Self::Price(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// What a gate said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The value is within the limit.
    Passed,
    /// It is not.
    Refused,
}

/// One gate's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Which rule.
    pub rule: Rule,
    /// What it saw: the worst of several.
    pub value: GateValue,
    /// What it allows.
    pub limit: GateValue,
    /// What it said.
    pub verdict: Verdict,
    /// Which market or group the value is of, where it is of one.
    pub about: Option<Subject>,
}

impl Gate {
    /// A gate that lets through what `passes`.
    #[must_use]
    pub const fn new(rule: Rule, value: GateValue, limit: GateValue, verdict: Verdict) -> Self {
        Self { rule, value, limit, verdict, about: None }
    }
    /// At most `limit` dollars. A sum that does not fit (`None`) is refused.
    #[must_use]
    pub fn usd_at_most(rule: Rule, value: Option<Usd>, limit: Usd) -> Self {
        let verdict = refused_unless(value.is_some_and(|value| value <= limit));
        let value = GateValue::Usd(value.unwrap_or(Usd::MAX));
        Self::new(rule, value, GateValue::Usd(limit), verdict)
    }
    /// At least `limit` dollars. A sum that does not fit (`None`) is refused.
    #[must_use]
    pub fn usd_at_least(rule: Rule, value: Option<Usd>, limit: Usd) -> Self {
        let verdict = refused_unless(value.is_some_and(|value| value >= limit));
        let value = GateValue::Usd(value.unwrap_or(-Usd::MAX));
        Self::new(rule, value, GateValue::Usd(limit), verdict)
    }
    /// At most `limit` things.
    #[must_use]
    pub fn count_at_most(rule: Rule, value: u64, limit: u64) -> Self {
        let verdict = refused_unless(value <= limit);
        Self::new(rule, GateValue::Count(value), GateValue::Count(limit), verdict)
    }
    /// At most `limit` milliseconds.
    #[must_use]
    pub fn millis_at_most(rule: Rule, value: i64, limit: i64) -> Self {
        let verdict = refused_unless(value <= limit);
        Self::new(rule, GateValue::Millis(value), GateValue::Millis(limit), verdict)
    }
    /// At least `limit` milliseconds.
    #[must_use]
    pub fn millis_at_least(rule: Rule, value: i64, limit: i64) -> Self {
        let verdict = refused_unless(value >= limit);
        Self::new(rule, GateValue::Millis(value), GateValue::Millis(limit), verdict)
    }
    /// A gate that refuses, with what it found and what it wants.
    #[must_use]
    pub fn refused(rule: Rule, found: impl Into<String>, wanted: impl Into<String>) -> Self {
        let (value, limit) = (GateValue::text(found), GateValue::text(wanted));
        Self::new(rule, value, limit, Verdict::Refused)
    }
    /// A gate that lets through, with what it found and what it wants.
    #[must_use]
    pub fn passed(rule: Rule, found: impl Into<String>, wanted: impl Into<String>) -> Self {
        let (value, limit) = (GateValue::text(found), GateValue::text(wanted));
        Self::new(rule, value, limit, Verdict::Passed)
    }
    /// Names the market or group that the value is of.
    #[must_use]
    pub fn about(mut self, subject: Option<Subject>) -> Self {
        self.about = subject;
        self
    }
    /// Whether it refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.verdict == Verdict::Refused
    }
}

/// `market_usd: 1200 USD, allowed 1000 USD (0x…)`
impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, allowed {}", self.rule, self.value, self.limit)?;
        self.about.as_ref().map_or(Ok(()), |about| write!(f, " ({about})"))
    }
}

pub(super) const fn refused_unless(fits: bool) -> Verdict {
    if fits { Verdict::Passed } else { Verdict::Refused }
}

/// The answers of every gate, whatever the first of them said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// In the order of the rules.
    pub gates: Vec<Gate>,
}

impl Review {
    /// The first gate that refused; `None` where all let it through.
    #[must_use]
    pub fn refusal(&self) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.is_refused())
    }
    /// All gates that refused.
    pub fn refusals(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().filter(|gate| gate.is_refused())
    }
    /// What one rule's gate said; `None` where it was not asked.
    #[must_use]
    pub fn gate(&self, rule: Rule) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.rule == rule)
    }
}
