//! Looks out for what people may want to hear of, and raises alerts: of facts as they come, of
//! states by looking at the boards, of the supervision tree by its events.
//!
//! It decides nothing about channels and asks no role anything, so it holds nobody up.

mod desk;
mod facts;
mod memory;
mod states;
mod supervised;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, Probability, Usd};
use engine::alert::{Alert, Conditions};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

use super::messages::RaiseAlert;
use super::settings::AlertsPolicy;
use crate::board::Board;
use crate::clock::Clock;
use crate::collectors::Listing;
use crate::messages::OpportunityChanged;
use crate::shared::Shared;
use crate::supervision::{Event, Handle, Life};
use crate::swarm::{ForecastChanged, SwarmBoard};
use crate::tape::{TapeBoard, WhaleSeen};
use crate::trading::{EventsKept, TradingBoard};
use memory::Memory;

/// How often the boards and the tree are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Events of the tree that are read at one look.
const EVENTS_MAX: usize = 1_000;

/// What is worth an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookoutSettings {
    /// Net dollars from which an opportunity is told.
    pub opportunity_usd_min: Usd,
    /// A forecast is told that moved so far from the one before about the same market.
    pub forecast_move_min: Probability,
    /// A state is told that has lasted so long.
    pub patience: DurationMillis,
    /// An order or a transaction hangs when nothing was learned of it for so long.
    pub stuck_after: DurationMillis,
    /// The age from which the feed counts as stale, milliseconds.
    pub feed_age_ms_max: i64,
}

/// Where the lookout looks, and whom it tells.
#[derive(Clone)]
pub struct LookoutOutlets {
    /// Who tells people.
    pub alerts: Handle<RaiseAlert>,
    /// The markets that are known.
    pub listing: Shared<Listing>,
    /// What each role last said of itself.
    pub board: Arc<Board>,
    /// How the tape stands.
    pub tape: Arc<TapeBoard>,
    /// How trading stands.
    pub trading: Arc<TradingBoard>,
    /// How the swarm stands.
    pub swarm: Arc<SwarmBoard>,
}

/// The lookout.
pub struct Lookout {
    policy: Shared<AlertsPolicy>,
    clock: Clock,
    outlets: LookoutOutlets,
    conditions: Conditions,
    opportunities: Memory,
    forecasts: Memory,
    tree: broadcast::Receiver<Event>,
}

impl Lookout {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(
        life: &Life<Self>,
        policy: Shared<AlertsPolicy>,
        clock: Clock,
        outlets: LookoutOutlets,
    ) -> Self {
        Self {
            policy,
            clock,
            outlets,
            conditions: Conditions::default(),
            opportunities: Memory::default(),
            forecasts: Memory::default(),
            tree: life.tree().subscribe(),
        }
    }

    fn raise(&self, alert: Alert) {
        if let Err(error) = self.outlets.alerts.tell(RaiseAlert(alert)) {
            tracing::warn!(%error, "an alert was left out");
        }
    }

    fn look(&mut self) {
        let now = self.clock.now();
        let holding = states::holding(&self.policy.get().lookout, &self.outlets, now);
        for alert in self.conditions.look(holding, now) {
            self.raise(alert);
        }
        for _ in 0..EVENTS_MAX {
            match self.tree.try_recv() {
                Ok(event) => {
                    if let Some(alert) = supervised::alert(&event) {
                        self.raise(alert);
                    }
                }
                Err(TryRecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "events of the tree were missed");
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}

impl Actor for Lookout {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(LOOK, |actor, _| actor.look());
    }
}

impl Handler<OpportunityChanged> for Lookout {
    type Result = ();
    fn handle(&mut self, OpportunityChanged(record): OpportunityChanged, _: &mut Self::Context) {
        let is_large = record.opportunity.net >= self.policy.get().lookout.opportunity_usd_min;
        if !is_large || record.closed.is_some() {
            return;
        }
        if self.opportunities.is_new(&record.id.to_string()) {
            self.raise(facts::opportunity(&record, &self.outlets.listing.get()));
        }
    }
}

impl Handler<WhaleSeen> for Lookout {
    type Result = ();
    fn handle(&mut self, WhaleSeen(whale): WhaleSeen, _: &mut Self::Context) {
        self.raise(facts::whale(&whale));
    }
}

impl Handler<ForecastChanged> for Lookout {
    type Result = ();
    fn handle(&mut self, ForecastChanged(record): ForecastChanged, _: &mut Self::Context) {
        let recent = self.outlets.swarm.recent();
        let move_min = self.policy.get().lookout.forecast_move_min;
        let alert = facts::forecast(&record, &recent, move_min);
        if let Some(alert) = alert
            && self.forecasts.is_new(&record.id)
        {
            self.raise(alert);
        }
    }
}

impl Handler<EventsKept> for Lookout {
    type Result = ();
    fn handle(&mut self, EventsKept { events, .. }: EventsKept, _: &mut Self::Context) {
        for alert in events.iter().filter_map(desk::alert) {
            self.raise(alert);
        }
    }
}
