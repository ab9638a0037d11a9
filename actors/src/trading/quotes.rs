//! The best prices of the live books, as hints for limits and marks.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, TokenId, Touch};
use engine::books::Trust;
use engine::desk::Quotes;
use engine::signal::TradedMarket;

use crate::books::TouchBoard;

/// Reads the board that the books write, for the markets that were traded.
#[derive(Clone, Debug)]
pub struct TouchQuotes {
    touches: Arc<TouchBoard>,
    homes: BTreeMap<TokenId, (ConditionId, usize)>,
}

impl TouchQuotes {
    /// Over that board; no market is known yet.
    #[must_use]
    pub const fn new(touches: Arc<TouchBoard>) -> Self {
        Self { touches, homes: BTreeMap::new() }
    }
    /// From now on the tokens of this market are found.
    pub fn learn(&mut self, market: &TradedMarket) {
        for (at, token) in market.tokens.into_iter().enumerate() {
            self.homes.insert(token, (market.condition, at));
        }
    }
}

impl Quotes for TouchQuotes {
    /// Empty where the book is not trusted.
    fn touch(&self, token: TokenId) -> Touch {
        let known = self.homes.get(&token).and_then(|(condition, at)| {
            let market = self.touches.get(condition)?;
            market.outcomes.get(*at).copied()
        });
        let trusted = known.filter(|outcome| outcome.trust == Trust::Trusted);
        trusted.map(|outcome| outcome.touch).unwrap_or_default()
    }
}
