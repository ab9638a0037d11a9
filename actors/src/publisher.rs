//! Tells the clients of the live socket what happens.
//!
//! Each message is serialised once for all clients. Prices are conflated a client: only the newest
//! of each market matters. Opportunities are facts and are kept, up to each client's bound. What the
//! texts look like is the web front's business ([`Texts`]).

use std::sync::Arc;
use std::time::Duration;

use crate::books::MarketTouch;
use crate::clock::Clock;
use crate::detector::OpportunityRecord;
use crate::fan_out::{Frame, Hub};
use crate::messages::{OpportunityChanged, TouchesChanged};
use actix::prelude::*;

const HEALTH_INTERVAL: Duration = Duration::from_secs(1);
/// The health frame's place among the conflated ones; markets use the hash of their condition.
const HEALTH_KEY: u64 = 0;

/// Turns facts into the `data` of a frame. JSON texts.
pub trait Texts: Send + Sync {
    /// A market's new touch; `None` where the market is not known.
    fn market_update(&self, touch: &MarketTouch) -> Option<String>;
    /// An opportunity as it stands now.
    fn opportunity(&self, record: &OpportunityRecord) -> String;
    /// How the service is doing.
    fn health(&self) -> String;
}

/// The publisher.
pub struct Publisher {
    hub: Arc<Hub>,
    texts: Arc<dyn Texts>,
    clock: Clock,
    /// Facts published so far. Conflated frames carry the number of the last fact.
    facts: u64,
}

impl Publisher {
    /// Publishes to the clients of `hub`.
    #[must_use]
    pub fn new(hub: Arc<Hub>, texts: Arc<dyn Texts>, clock: Clock) -> Self {
        Self { hub, texts, clock, facts: 0 }
    }

    fn frame(&self, kind: &str, key: Option<u64>, data: &str) -> Frame {
        let at = self.clock.now().to_rfc3339();
        let text = format!(r#"{{"type":"{kind}","seq":{},"ts":"{at}","data":{data}}}"#, self.facts);
        Frame { key, text: text.into() }
    }
}

impl Actor for Publisher {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(HEALTH_INTERVAL, |actor, _| {
            actor.hub.sweep();
            if !actor.hub.is_empty() {
                let health = actor.texts.health();
                actor.hub.publish(&actor.frame("health", Some(HEALTH_KEY), &health));
            }
        });
    }
}

impl Handler<TouchesChanged> for Publisher {
    type Result = ();
    fn handle(&mut self, TouchesChanged(touches): TouchesChanged, _: &mut Self::Context) {
        if self.hub.is_empty() {
            return;
        }
        for touch in &touches {
            if let Some(data) = self.texts.market_update(touch) {
                self.hub.publish(&self.frame("market_update", Some(touch.key()), &data));
            }
        }
    }
}

impl Handler<OpportunityChanged> for Publisher {
    type Result = ();
    fn handle(&mut self, OpportunityChanged(record): OpportunityChanged, _: &mut Self::Context) {
        self.facts += 1;
        if !self.hub.is_empty() {
            let data = self.texts.opportunity(&record);
            self.hub.publish(&self.frame("opportunity", None, &data));
        }
    }
}
