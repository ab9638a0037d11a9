//! Why no transactions can be carried out now, told where everybody looks.

use std::sync::Arc;

use crate::trading::TradingBoard;

/// Says on the board what is wrong with node or relayer.
#[derive(Clone, Debug)]
pub(super) struct Trouble(pub(super) Arc<TradingBoard>);

impl Trouble {
    pub(super) fn say(&self, why: &str) {
        let before = self.0.venue().chain_refused;
        if before.as_deref() != Some(why) {
            tracing::warn!(why, "the chain");
            self.0.set_venue(|venue| venue.chain_refused = Some(why.to_owned()));
        }
    }
    pub(super) fn over(&self) {
        if self.0.venue().chain_refused.is_some() {
            tracing::info!("the chain takes and tells again");
            self.0.set_venue(|venue| venue.chain_refused = None);
        }
    }
}
