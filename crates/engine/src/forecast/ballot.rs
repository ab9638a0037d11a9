//! One member's word on one question.

use domain::Probability;
use serde::{Deserialize, Serialize};

use super::member::MemberName;

/// What a member would do at the market's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Vote {
    /// The first outcome is worth more than its price.
    Yes,
    /// The first outcome is worth less than its price.
    No,
    /// Too close to the price, or it would rather not say.
    NoTrade,
}

impl Vote {
    /// As people know it: `YES`, `NO`, `NO_TRADE`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yes => "YES",
            Self::No => "NO",
            Self::NoTrade => "NO_TRADE",
        }
    }
}

/// One member's word: all its samples in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    /// Whose.
    pub member: MemberName,
    /// How often it was asked.
    pub asked: u32,
    /// How many answers could be read, abstentions included.
    pub answered: u32,
    /// The middle of its estimates, as it stated them; `None` where it abstained.
    pub stated: Option<Probability>,
    /// The same, corrected by what is known of its habits.
    pub calibrated: Option<Probability>,
    /// The lower end of what it finds plausible, as stated.
    pub low: Option<Probability>,
    /// The upper end of what it finds plausible, as stated.
    pub high: Option<Probability>,
    /// Its part of the pool, in millionths; those of all ballots add up to about a million. 0 where
    /// it abstained.
    pub weight_ppm: u32,
    /// What it would do at the market's price.
    pub vote: Vote,
}
