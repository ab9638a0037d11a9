//! Which opportunity: what kind, where, since when.

use std::fmt;

use domain::{ConditionId, GroupId, UnixMillis};
use serde::{Deserialize, Serialize};

use super::OpportunityKind;

/// Where an opportunity is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// In the two books of one market.
    Market(ConditionId),
    /// Across the books of a group.
    Group(GroupId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Market(condition) => fmt::Display::fmt(condition, f),
            Self::Group(group) => fmt::Display::fmt(group, f),
        }
    }
}

/// An opportunity from its first sight to its end. No two share one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpportunityId {
    /// The trade.
    pub kind: OpportunityKind,
    /// Where.
    pub subject: Subject,
    /// When it first appeared. One that comes back within the same millisecond counts as a
    /// millisecond later, so that ids stay unique.
    pub since: UnixMillis,
}

/// `neg_risk_long:30829:1790586000000`
impl fmt::Display for OpportunityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.kind, self.subject, self.since.0)
    }
}
