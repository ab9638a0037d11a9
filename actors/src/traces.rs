//! Tells each opportunity's story to a collector of OpenTelemetry, as the spans of one trace.
//!
//! ```text
//! Detector ─OpportunityTraced─▶ ┐
//! Keeper   ─EventsKept────────▶ ├ Tracer ─ spans ─▶ the collector, in batches
//! Executor ─OrdersPosted──────▶ ┘    └ looks at the board of trading for decisions
//! ```
//!
//! What is told is decided by a plain value of `engine` ([`Storyteller`]). This actor hears what is
//! published anyway, asks nobody and holds nobody up: what it cannot hear is left out, and what the
//! collector does not take in time is let go, oldest first.

mod backlog;
mod board;
mod decisions;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, Span};
use engine::opportunity::Subject;
use engine::trace::{Storyteller, TraceLimits};
use otlp::{Collector, CollectorSettings, ExportError, Receipt, Resource, encode};

use crate::board::Board;
use crate::clock::Clock;
use crate::collectors::Listing;
use crate::messages::OpportunityTraced;
use crate::shared::Shared;
use crate::supervision::{Class, Life, Msg};
use crate::trading::{EventsKept, OpportunitiesPassed, OrdersPosted, TradingBoard};
use backlog::{Backlog, Verdict};
use decisions::Decisions;

pub use backlog::BacklogLimits;
pub use board::{TracesBoard, TracesStatus};

const TICK: Duration = Duration::from_millis(200);
/// What is known when the program stops has so long to be sent.
const FAREWELL: Duration = Duration::from_secs(2);

/// How it is told.
#[derive(Clone, Debug)]
pub struct TracerSettings {
    /// Where the collector is.
    pub collector: CollectorSettings,
    /// Who tells.
    pub resource: Resource,
    /// How much is told.
    pub limits: TraceLimits,
    /// How much waits, and how it is sent.
    pub backlog: BacklogLimits,
}

/// Where the tracer looks.
#[derive(Clone)]
pub struct TracerSights {
    /// How trading stands.
    pub trading: Arc<TradingBoard>,
    /// What markets and groups are called.
    pub listing: Shared<Listing>,
    /// Where it says how it stands itself.
    pub board: Arc<Board>,
}

/// Send what is known, then stop.
#[derive(Clone, Copy, Debug)]
pub struct StopTracing;
impl Message for StopTracing {
    type Result = ();
}
impl Msg for StopTracing {
    const CLASS: Class = Class::Control;
}

/// Whether the story goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Before it is known what was under way already.
    Beginning,
    /// In the middle.
    Telling,
    /// What is known is sent, and nothing more is heard.
    Leaving,
}

/// The tracer.
pub struct Tracer {
    life: Life<Self>,
    clock: Clock,
    sights: TracerSights,
    resource: Resource,
    collector: CollectorSettings,
    client: Option<Rc<Collector>>,
    teller: Storyteller,
    backlog: Backlog,
    decisions: Decisions,
    course: Course,
}

impl Tracer {
    /// Nothing is told yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: TracerSettings,
        clock: Clock,
        sights: TracerSights,
    ) -> Self {
        Self {
            life,
            clock,
            sights,
            resource: settings.resource,
            collector: settings.collector,
            client: None,
            teller: Storyteller::new(settings.limits),
            backlog: Backlog::new(settings.backlog),
            decisions: Decisions::default(),
            course: Course::Beginning,
        }
    }

    /// What the board of trading says that nobody publishes: decisions, and at first what is under
    /// way.
    fn look(&mut self) {
        let now = self.clock.now();
        for made in self.decisions.news(&self.sights.trading) {
            self.teller.decided(&made, now);
        }
        if self.course == Course::Beginning
            && let Some(view) = self.sights.trading.view()
        {
            self.teller.take_up(&view, now);
            self.course = Course::Telling;
        }
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        self.look();
        let view = self.sights.trading.view();
        self.teller.tick(view.as_deref(), self.clock.now());
        self.pass_on(ctx);
    }

    /// What is known for good goes out, as far as the collector takes it.
    fn pass_on(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        self.backlog.put(self.teller.take());
        if let (Some(client), Some(batch)) = (self.client.clone(), self.backlog.due(now)) {
            self.send(client, batch, ctx);
        }
        self.report();
    }

    fn send(&self, client: Rc<Collector>, batch: Vec<Span>, ctx: &mut Context<Self>) {
        let body = encode(&self.resource, &batch);
        let sending = async move { (client.send(body).await, batch) };
        ctx.spawn(sending.into_actor(self).map(|(sent, batch), actor, ctx| {
            actor.sent(sent, batch);
            if actor.course == Course::Leaving {
                return actor.leave(ctx);
            }
            actor.pass_on(ctx);
        }));
    }

    fn sent(&mut self, sent: Result<Receipt, ExportError>, batch: Vec<Span>) {
        let now = self.clock.now();
        match sent {
            Ok(receipt) => {
                if let Some(said) = &receipt.said {
                    tracing::warn!(refused = receipt.refused, %said, "the collector has an objection");
                }
                self.backlog.taken(batch.len() as u64, receipt.refused, now);
                self.life.set_degraded(None);
            }
            Err(error) => {
                let spans = batch.len();
                let wait = error.retry_after().map(millis);
                let transient = error.is_transient();
                let verdict = if transient {
                    self.backlog.failed(batch, wait, now)
                } else {
                    self.backlog.refused(spans as u64, now)
                };
                if verdict == Verdict::GivenUp {
                    tracing::warn!(%error, spans, "spans are given up");
                }
                self.life.set_degraded(Some(format!("traces are not taken: {error}")));
            }
        }
    }

    fn report(&self) {
        let (counts, stories) = (self.backlog.counts(), self.teller.counts());
        self.sights.board.traces().set(TracesStatus {
            open: stories.open,
            left_out: stories.left_out,
            waiting: self.backlog.len(),
            sent: counts.sent,
            dropped: counts.dropped,
            failed: counts.failed,
        });
    }

    /// Sends on while the collector takes it at once.
    fn leave(&mut self, ctx: &mut Context<Self>) {
        self.report();
        match (self.client.clone(), self.backlog.rest()) {
            (Some(client), Some(batch)) => self.send(client, batch, ctx),
            _ => ctx.stop(),
        }
    }

    /// What the place of an opportunity is called. Untrusted text.
    fn title(&self, subject: &Subject) -> Option<Arc<str>> {
        let listing = self.sights.listing.get();
        match subject {
            Subject::Market(condition) => {
                listing.markets.get(condition).map(|market| Arc::clone(&market.title))
            }
            Subject::Group(group) => {
                listing.groups.get(group).map(|group| Arc::clone(&group.title))
            }
        }
    }
}

fn millis(span: Duration) -> DurationMillis {
    DurationMillis(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}

impl Actor for Tracer {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        match Collector::new(self.collector.clone()) {
            Ok(client) => self.client = Some(Rc::new(client)),
            Err(error) => {
                return self.life.fail(ctx, format!("no client can be made: {error}"));
            }
        }
        self.sights.board.traces().begin();
        self.decisions.begin(&self.sights.trading);
        ctx.run_interval(TICK, Self::tick);
    }
}

impl Handler<OpportunityTraced> for Tracer {
    type Result = ();
    fn handle(&mut self, traced: OpportunityTraced, _: &mut Self::Context) {
        let OpportunityTraced { record, frame } = traced;
        let title = self.title(&record.id.subject);
        self.teller.saw(&record, frame.as_ref(), title.as_deref(), self.clock.now());
    }
}

impl Handler<EventsKept> for Tracer {
    type Result = ();
    fn handle(&mut self, EventsKept { events, at }: EventsKept, _: &mut Self::Context) {
        // Decisions first: a plan tells of the one that it came from.
        self.look();
        self.teller.kept(&events, at);
    }
}

impl Handler<OrdersPosted> for Tracer {
    type Result = ();
    fn handle(&mut self, OrdersPosted(posted): OrdersPosted, _: &mut Self::Context) {
        for posted in &posted {
            self.teller.posted(posted);
        }
    }
}

impl Handler<OpportunitiesPassed> for Tracer {
    type Result = ();
    fn handle(&mut self, OpportunitiesPassed(passed): OpportunitiesPassed, _: &mut Self::Context) {
        let now = self.clock.now();
        for passed in &passed {
            self.teller.passed(passed, now);
        }
    }
}

impl Handler<StopTracing> for Tracer {
    type Result = ();
    fn handle(&mut self, _: StopTracing, ctx: &mut Self::Context) {
        self.look();
        self.course = Course::Leaving;
        self.teller.stop(self.clock.now());
        self.backlog.put(self.teller.take());
        ctx.run_later(FAREWELL, |_, ctx| ctx.stop());
        if !self.backlog.is_flying() {
            self.leave(ctx);
        }
    }
}
