//! What a model says.

use domain::Probability;
use serde::{Deserialize, Serialize};

use super::text::CleanText;

/// One readable answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A probability with its reasons.
    Estimate(Estimate),
    /// It would rather not say.
    Abstained {
        /// Why, in its words; may be empty.
        reason: CleanText,
    },
}

/// A probability of the first outcome, with its reasons. `low <= probability <= high`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// How likely the first outcome is.
    pub probability: Probability,
    /// The lower end of what it finds plausible.
    pub low: Probability,
    /// The upper end of what it finds plausible.
    pub high: Probability,
    /// What speaks for it.
    pub reasons_for: Vec<CleanText>,
    /// What speaks against it.
    pub reasons_against: Vec<CleanText>,
}

impl Estimate {
    /// Without reasons. Ends that are the wrong way around are exchanged, and then drawn apart until
    /// the probability lies between them.
    #[must_use]
    pub fn new(probability: Probability, low: Probability, high: Probability) -> Self {
        Self {
            probability,
            low: low.min(high).min(probability),
            high: low.max(high).max(probability),
            reasons_for: Vec::new(),
            reasons_against: Vec::new(),
        }
    }
}

impl Answer {
    /// The estimate, where there is one.
    #[must_use]
    pub const fn estimate(&self) -> Option<&Estimate> {
        match self {
            Self::Estimate(estimate) => Some(estimate),
            Self::Abstained { .. } => None,
        }
    }
}
