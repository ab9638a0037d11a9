//! How markets ended, and what is learned from it.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix::prelude::*;
use domain::{MarketState, Probability};
use polymarket::gamma::{GammaClient, ListFilter, ListState};
use store::Store;

use super::past::Past;
use super::{SwarmDesk, Unlearned, Writing};
use crate::swarm::settings::SwarmSettings;

/// Markets in one question to the venue.
const MARKETS_PER_REQUEST: usize = 100;

impl SwarmDesk {
    /// Asks the venue which of the markets with a forecast have ended.
    pub(super) fn look_for_ends(&mut self, ctx: &mut Context<Self>) {
        let Some(store) = self.store.clone() else { return };
        let (settings, now) = (Arc::clone(&self.settings), self.outlets.clock.now());
        // What came late is scored once it is written down.
        let is_written = self.writes.is_empty() && self.writing == Writing::Idle;
        let unlearned = if is_written {
            std::mem::replace(&mut self.unlearned, Unlearned::Nothing)
        } else {
            Unlearned::Nothing
        };
        let looked = async move {
            let ended = ends(&store, &settings, now).await?;
            if ended == 0 && unlearned == Unlearned::Nothing {
                return Ok(None);
            }
            Past::read(&store, &settings, now).await.map(Some).map_err(|error| error.to_string())
        };
        ctx.spawn(looked.into_actor(self).map(|looked: Result<_, String>, desk, _| match looked {
            Ok(Some(past)) => desk.learn(past),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "how markets ended could not be learned"),
        }));
    }

    /// Takes over what is known now, and tells of the forecasts that are resolved since.
    fn learn(&mut self, past: Past) {
        let unresolved = self.outlets.board.recent();
        let unresolved = unresolved.iter().filter(|record| record.resolved.is_none());
        let unresolved: BTreeSet<_> = unresolved.map(|record| Arc::clone(&record.id)).collect();
        self.remember(past);
        for record in self.outlets.board.recent() {
            if record.resolved.is_some() && unresolved.contains(&record.id) {
                self.announce(&record);
            }
        }
    }
}

/// Writes down how markets ended. Returns how many forecasts learned of it.
async fn ends(
    store: &Store,
    settings: &SwarmSettings,
    now: domain::UnixMillis,
) -> Result<u64, String> {
    let text = |error: store::StoreError| error.to_string();
    let open = store.forecasts().unresolved_markets().await.map_err(text)?;
    if open.is_empty() {
        return Ok(0);
    }
    let http = settings.venue.connect().map_err(|error| error.to_string())?;
    let gamma = GammaClient::new(http);
    let mut learned = 0;
    for conditions in open.chunks(MARKETS_PER_REQUEST) {
        let filter = ListFilter {
            state: ListState::Closed,
            conditions: conditions.to_vec(),
            ..ListFilter::default()
        };
        let closed = gamma.markets(&filter).all().await.map_err(|error| error.to_string())?;
        for market in closed.markets {
            let MarketState::Closed { payouts: Some([yes, _]) } = market.state else { continue };
            let outcome = Probability::from_price(yes);
            let resolved = store.forecasts().resolve(market.condition, outcome, now).await;
            learned += resolved.map_err(text)?;
        }
    }
    Ok(learned)
}
