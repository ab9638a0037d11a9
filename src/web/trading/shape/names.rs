//! How people call a market and its outcomes.

use std::sync::Arc;

use actors::collectors::Listing;
use domain::{ConditionId, TokenId};
use engine::opportunity::Subject;

/// Looks names up in what is known of the markets. Texts from the venue: not to be trusted.
#[derive(Clone)]
pub struct Names(pub Arc<Listing>);

impl Names {
    /// The market's title, or its id where it is not listed.
    #[must_use]
    pub fn title(&self, condition: &ConditionId) -> String {
        let known = self.0.markets.get(condition).map(|market| market.title.to_string());
        known.unwrap_or_else(|| condition.to_string())
    }
    /// The outcome's name.
    #[must_use]
    pub fn outcome(&self, condition: &ConditionId, token: TokenId) -> Option<String> {
        let market = self.0.markets.get(condition)?;
        let outcome = market.outcomes.iter().find(|outcome| outcome.token == token)?;
        Some(outcome.name.to_string())
    }
    /// The title of a group or a market by its id as text.
    #[must_use]
    pub fn of_key(&self, key: &str) -> Option<String> {
        if let Ok(condition) = ConditionId::parse(key) {
            return self.0.markets.get(&condition).map(|market| market.title.to_string());
        }
        let group = self.0.groups.values().find(|group| &*group.id.0 == key)?;
        Some(group.title.to_string())
    }
    /// The title of whatever a signal is about.
    #[must_use]
    pub fn subject(&self, subject: &Subject) -> String {
        match subject {
            Subject::Market(condition) => self.title(condition),
            Subject::Group(group) => {
                let known = self.0.groups.get(group).map(|group| group.title.to_string());
                known.unwrap_or_else(|| group.to_string())
            }
        }
    }
}
