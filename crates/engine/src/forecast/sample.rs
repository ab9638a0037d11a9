//! One question to one model, and what came of it.

use domain::{DurationMillis, Usd};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::member::MemberName;

/// Why a model said nothing that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Its time was over. An answer that comes later is scored, and moves no forecast.
    Late,
    /// It refused to answer at all.
    Refused,
    /// Its answer could not be read, and asking once more did not help.
    Malformed,
    /// The provider failed, or could not be reached.
    Provider,
    /// The day's budget had no room for it; it was not asked.
    Budget,
}

impl Failure {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Refused => "refused",
            Self::Malformed => "malformed",
            Self::Provider => "provider",
            Self::Budget => "budget",
        }
    }
    /// One plain phrase for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Late => "did not answer in time",
            Self::Refused => "refused to answer",
            Self::Malformed => "answered in a form that cannot be read",
            Self::Provider => "could not be asked",
            Self::Budget => "was not asked: the budget of the day is used up",
        }
    }
}

/// What came of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An answer that can be read.
    Answered(Answer),
    /// None.
    Failed(Failure),
}

/// One call of one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Who was asked.
    pub member: MemberName,
    /// Which of its calls for this question, from 0.
    pub index: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// What the call cost, failed ones and repairs included.
    pub cost: Usd,
    /// How long it took.
    pub latency_ms: DurationMillis,
}

impl Sample {
    /// The answer, where there is one.
    #[must_use]
    pub const fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer),
            Outcome::Failed(_) => None,
        }
    }
}
