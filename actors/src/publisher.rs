//! Tells the clients of the live socket what happens.
//!
//! Each message is serialised once for all clients. Prices are conflated a client: only the newest
//! of each market matters. Opportunities, decisions, orders and matches are facts and are kept, up to
//! each client's bound. What the texts look like is the web front's business ([`Texts`]).

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::alerts::{AlertChanged, AlertRecord};
use crate::books::MarketTouch;
use crate::clock::Clock;
use crate::fan_out::{Frame, Hub};
use crate::messages::{OpportunityChanged, TouchesChanged};
use crate::swarm::{ForecastChanged, ForecastRecord};
use crate::tape::{Hearing, TradesPrinted, WhaleSeen};
use crate::trading::EventsKept;
use actix::prelude::*;
use bytestring::ByteString;
use domain::UnixMillis;
use engine::desk::Recorded;
use engine::opportunity::OpportunityRecord;
use engine::tape::{ToldPrint, Weight};
use store::WhaleRow;

const HEALTH_INTERVAL: Duration = Duration::from_secs(1);
/// The health frame's place among the conflated ones; markets use the hash of their condition.
const HEALTH_KEY: u64 = 0;
/// How often it is looked whether trading stands otherwise.
const TRADING_INTERVAL: Duration = Duration::from_millis(250);
/// A client that came lately sees how trading stands after so long at the latest.
const TRADING_AGE_MAX: Duration = Duration::from_secs(2);
/// The place of the frame that says how trading stands.
const TRADING_KEY: u64 = u64::MAX;

/// Every kind of frame that clients may choose among.
pub const KINDS: [&str; 12] = [
    "market_update",
    "opportunity",
    "decision",
    "order",
    "fill",
    "notice",
    "trading",
    "trade",
    "whale_trade",
    "forecast",
    "alert",
    "health",
];

/// A frame's text: what every client is sent, whoever makes it.
#[must_use]
pub fn frame_text(kind: &str, seq: u64, at: UnixMillis, data: &str) -> ByteString {
    let at = at.to_rfc3339();
    format!(r#"{{"type":"{kind}","seq":{seq},"ts":"{at}","data":{data}}}"#).into()
}

/// A fact as the socket tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The frame's `type`.
    pub kind: &'static str,
    /// The frame's `data`: a JSON text.
    pub data: String,
}

/// Turns facts into the `data` of a frame. JSON texts.
pub trait Texts: Send + Sync {
    /// A market's new touch; `None` where the market is not known.
    fn market_update(&self, touch: &MarketTouch) -> Option<String>;
    /// An opportunity as it stands now.
    fn opportunity(&self, record: &OpportunityRecord) -> String;
    /// How the service is doing.
    fn health(&self) -> String;
    /// How trading stands; `None` where this run only watches, or the desk is not read back.
    fn trading(&self) -> Option<String>;
    /// Decisions and notices since the last call, oldest first.
    fn trading_news(&self) -> Vec<Fact>;
    /// A trade of somebody, large enough to be told.
    fn trade(&self, told: &ToldPrint) -> String;
    /// A whale.
    fn whale(&self, whale: &WhaleRow) -> String;
    /// What became durable, as facts.
    fn kept(&self, events: &[Recorded]) -> Vec<Fact>;
    /// A forecast as it stands now.
    fn forecast(&self, record: &ForecastRecord) -> Fact;
    /// An alert with how its messages stand now.
    fn alert(&self, record: &AlertRecord) -> Fact;
}

/// The publisher.
pub struct Publisher {
    hub: Arc<Hub>,
    texts: Arc<dyn Texts>,
    clock: Clock,
    trading: String,
    trading_told_at: Option<Instant>,
}

impl Publisher {
    /// Publishes to the clients of `hub`.
    #[must_use]
    pub fn new(hub: Arc<Hub>, texts: Arc<dyn Texts>, clock: Clock) -> Self {
        Self { hub, texts, clock, trading: String::new(), trading_told_at: None }
    }

    /// State carries the number of the last fact.
    fn tell_state(&self, kind: &'static str, key: u64, data: &str) {
        let text = frame_text(kind, self.hub.last_fact(), self.clock.now(), data);
        self.hub.publish(&Frame::state(key, text).of(kind));
    }

    /// Facts are numbered and kept whether somebody listens or not: who was away asks for them.
    fn tell_fact(&self, kind: &'static str, data: &str) {
        let at = self.clock.now();
        self.hub.publish_fact(kind, |seq| frame_text(kind, seq, at, data));
    }

    fn tell(&self, facts: &[Fact]) {
        for fact in facts {
            self.tell_fact(fact.kind, &fact.data);
        }
    }

    fn tell_trading(&mut self) {
        let news = self.texts.trading_news();
        self.tell(&news);
        if self.hub.is_empty() {
            return;
        }
        let Some(text) = self.texts.trading() else { return };
        let is_fresh = self.trading_told_at.is_some_and(|at| at.elapsed() < TRADING_AGE_MAX);
        if text == self.trading && is_fresh {
            return;
        }
        self.tell_state("trading", TRADING_KEY, &text);
        self.trading = text;
        self.trading_told_at = Some(Instant::now());
    }
}

impl Actor for Publisher {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(HEALTH_INTERVAL, |actor, _| {
            actor.hub.sweep();
            if !actor.hub.is_empty() {
                let health = actor.texts.health();
                actor.tell_state("health", HEALTH_KEY, &health);
            }
        });
        ctx.run_interval(TRADING_INTERVAL, |actor, _| actor.tell_trading());
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
                self.tell_state("market_update", touch.key(), &data);
            }
        }
    }
}

impl Handler<OpportunityChanged> for Publisher {
    type Result = ();
    fn handle(&mut self, OpportunityChanged(record): OpportunityChanged, _: &mut Self::Context) {
        self.tell_fact("opportunity", &self.texts.opportunity(&record));
    }
}

impl Handler<TradesPrinted> for Publisher {
    type Result = ();
    fn handle(&mut self, TradesPrinted(prints): TradesPrinted, _: &mut Self::Context) {
        let told = prints
            .iter()
            .filter(|printed| printed.weight >= Weight::Trade && printed.hearing == Hearing::First);
        for printed in told {
            self.tell_fact("trade", &self.texts.trade(&printed.told));
        }
    }
}

impl Handler<WhaleSeen> for Publisher {
    type Result = ();
    fn handle(&mut self, WhaleSeen(whale): WhaleSeen, _: &mut Self::Context) {
        self.tell_fact("whale_trade", &self.texts.whale(&whale));
    }
}

impl Handler<EventsKept> for Publisher {
    type Result = ();
    fn handle(&mut self, EventsKept { events, .. }: EventsKept, _: &mut Self::Context) {
        let facts = self.texts.kept(&events);
        self.tell(&facts);
    }
}

impl Handler<ForecastChanged> for Publisher {
    type Result = ();
    fn handle(&mut self, ForecastChanged(record): ForecastChanged, _: &mut Self::Context) {
        let fact = self.texts.forecast(&record);
        self.tell(&[fact]);
    }
}

impl Handler<AlertChanged> for Publisher {
    type Result = ();
    fn handle(&mut self, AlertChanged(record): AlertChanged, _: &mut Self::Context) {
        let fact = self.texts.alert(&record);
        self.tell(&[fact]);
    }
}
