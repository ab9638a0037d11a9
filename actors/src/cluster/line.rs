//! The way to Redis, and what is said while it is closed.

use std::time::Duration;

use actix::{Actor, Context};
use relay::{Relay, RelayError, RelaySettings};

use crate::supervision::Life;

/// A connection that is made when it is asked for, and again once it has failed.
pub(crate) struct Line {
    settings: RelaySettings,
    wait: Duration,
    relay: Option<Relay>,
}

impl Line {
    /// Answers at once, or fails.
    pub(crate) const fn new(settings: RelaySettings) -> Self {
        Self::patient(settings, Duration::ZERO)
    }
    /// For what waits so long for something to come.
    pub(crate) const fn patient(settings: RelaySettings, wait: Duration) -> Self {
        Self { settings, wait, relay: None }
    }
    pub(crate) async fn get(&mut self) -> Result<Relay, RelayError> {
        if let Some(relay) = &self.relay {
            return Ok(relay.clone());
        }
        let relay = Relay::connect_patiently(&self.settings, self.wait).await?;
        Ok(self.relay.insert(relay).clone())
    }
    /// It has failed.
    pub(crate) fn drop_it(&mut self) {
        self.relay = None;
    }
}

/// Says once that something does not happen, and once that it does again; meanwhile its actor is shown
/// as degraded.
pub(super) struct Reach<A: Actor<Context = Context<A>>> {
    life: Life<A>,
    /// What does not happen.
    lacks: &'static str,
    is_away: bool,
}

impl<A: Actor<Context = Context<A>>> Reach<A> {
    pub(super) const fn new(life: Life<A>, lacks: &'static str) -> Self {
        Self { life, lacks, is_away: false }
    }
    pub(super) fn answers(&mut self) {
        if std::mem::take(&mut self.is_away) {
            tracing::info!("no longer: {}", self.lacks);
            self.life.set_degraded(None);
        }
    }
    pub(super) fn fails(&mut self, error: &RelayError) {
        let lacks = self.lacks;
        if !std::mem::replace(&mut self.is_away, true) {
            tracing::warn!(%error, "{lacks}");
        }
        self.life.set_degraded(Some(format!("{lacks}: {error}")));
    }
}
