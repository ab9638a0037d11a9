//! Carries out at the venue what the desk decided and the keeper wrote down.
//!
//! It sends each thing once and reports what came of it; what to do about it the desk decides. What
//! cannot be sent now is said to be unsent, at once: prices do not wait. What the venue leaves open
//! stays open, and the desk asks. Cancellations are never held back.

mod breaker;
pub(in crate::trading) mod facts;
mod halting;
mod lane;
mod posting;
mod questions;
mod restraint;
mod sending;
mod settings;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{ConditionId, DurationMillis, OrderId, UnixMillis};
use engine::desk::{CancelAnswer, Effect, Input, OrderNumber, SignedOrder};
use engine::risk::VenueHold;
use polymarket::access::Geoblock;
use polymarket::clob::private::{ORDERS_PER_REQUEST_MAX, TradingClient};
use polymarket::http::Http;

use super::board::TradingBoard;
use super::messages::{News, OrdersPosted, Perform};
use super::{Access, AccessCell};
use crate::clock::Clock;
use crate::crash_point::{CrashPoint, passing};
use crate::supervision::{Handle, Life};
use halting::SweepWanted;
use lane::Lane;
use questions::Question;
use restraint::Probe;

pub use breaker::{Breaker, BreakerSettings, Tripped};
pub use restraint::{Restraint, RestraintSettings};
pub use settings::ExecutorSettings;
pub use sweep::SweepSettings;

const TICK: Duration = Duration::from_millis(500);
/// Matches are asked for from this long before the oldest order that may have had them.
const TRADES_MARGIN: DurationMillis = DurationMillis(60_000);
/// And from this long ago where no open order is known.
const TRADES_REACH: DurationMillis = DurationMillis(3_600_000);

/// Whom the executor tells.
#[derive(Clone)]
pub struct ExecutorOutlets {
    /// Takes the venue's facts.
    pub risk_manager: Handle<News>,
    /// How trading stands.
    pub board: Arc<TradingBoard>,
    /// Who tells the story of each order, if somebody does.
    pub tracer: Option<Handle<OrdersPosted>>,
}

type Cancellations = Vec<(OrderNumber, OrderId)>;

/// The executor.
pub struct Executor {
    life: Life<Self>,
    settings: ExecutorSettings,
    clock: Clock,
    access: AccessCell,
    outlets: ExecutorOutlets,
    http: Option<Http>,
    client: Option<(Arc<Access>, TradingClient)>,
    posts: Lane<Vec<SignedOrder>>,
    cancels: Lane<Cancellations>,
    questions: Lane<Question>,
    post_breaker: Breaker,
    question_breaker: Breaker,
    restraint: Restraint,
    /// What the desk was told that the venue does not take.
    told_hold: Option<VenueHold>,
    probing: Activity,
    sweeping: Activity,
    swept_at: Option<UnixMillis>,
    wanted: Option<SweepWanted>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Busy,
}

impl Executor {
    /// Nothing is on its way yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: ExecutorSettings,
        clock: Clock,
        access: AccessCell,
        outlets: ExecutorOutlets,
    ) -> Self {
        Self {
            posts: Lane::new(settings.posts_out_max.max(1), settings.posts_waiting_max),
            cancels: Lane::new(settings.cancels_out_max.max(1), settings.waiting_max),
            questions: Lane::new(settings.questions_out_max.max(1), settings.waiting_max),
            post_breaker: Breaker::new(settings.breaker),
            question_breaker: Breaker::new(settings.breaker),
            restraint: Restraint::new(settings.restraint),
            told_hold: None,
            life,
            settings,
            clock,
            access,
            outlets,
            http: None,
            client: None,
            probing: Activity::Idle,
            sweeping: Activity::Idle,
            swept_at: None,
            wanted: None,
        }
    }

    /// A client for the access as it is now; `None` before there is one.
    fn client(&mut self) -> Option<TradingClient> {
        let access = self.access.get()?;
        if let Some((of, client)) = &self.client
            && Arc::ptr_eq(of, &access)
        {
            return Some(client.clone());
        }
        let http = self.http.clone()?;
        let clock = self.access.venue_clock(self.clock.clone());
        let client = access.client(http, clock);
        self.client = Some((access, client.clone()));
        Some(client)
    }

    /// Tells the desk. What it does not take now it asks for again.
    fn tell(&self, news: Vec<Input>) {
        if news.is_empty() {
            return;
        }
        if let Err(error) = self.outlets.risk_manager.tell(News(news)) {
            tracing::warn!(%error, "the risk manager does not take news; the desk asks again");
        }
    }

    fn take(&mut self, effects: Vec<Effect>, ctx: &mut Context<Self>) {
        let mut orders = Vec::new();
        let mut cancellations = Vec::new();
        for effect in effects {
            match effect {
                Effect::Post(approved) => orders.push(approved.into_inner()),
                Effect::Cancel(number, id) => cancellations.push((number, id)),
                Effect::CancelAll => {
                    self.unsent(&orders, "everything is being cancelled");
                    orders.clear();
                    self.begin_sweep(ctx);
                }
                Effect::LookUp(number, id) => self.wonder(Question::Order(number, id)),
                Effect::ReadTrades(market) => {
                    let since = self.trades_since(market);
                    self.wonder(Question::Trades(market, since));
                }
                // Not the venue's business.
                Effect::Prepare(_) | Effect::Submit(_) | Effect::Decided(_) | Effect::Notify(_) => {
                }
            }
        }
        self.queue(orders, cancellations);
        self.pump(ctx);
    }

    /// Orders that were decided together are sent together, as many as one request takes.
    fn queue(&mut self, orders: Vec<SignedOrder>, cancellations: Cancellations) {
        for chunk in orders.chunks(ORDERS_PER_REQUEST_MAX) {
            if let Err(orders) = self.posts.push(chunk.to_vec()) {
                self.unsent(&orders, "too many orders wait to be sent");
            }
        }
        if !cancellations.is_empty() && self.cancels.push(cancellations).is_err() {
            tracing::warn!("too many cancellations wait; the desk asks again");
        }
    }

    /// A question that waits already is not asked twice; one that finds no room is asked again by
    /// the desk.
    fn wonder(&mut self, question: Question) {
        let same = |waiting: &Question| match (waiting, &question) {
            (Question::Order(_, one), Question::Order(_, other)) => one == other,
            (Question::Trades(one, since), Question::Trades(other, from)) => {
                one == other && since <= from
            }
            _ => false,
        };
        if self.questions.waiting().any(same) {
            return;
        }
        if self.questions.push(question).is_err() {
            tracing::warn!("too many questions wait; the desk asks again");
        }
    }

    fn trades_since(&self, market: ConditionId) -> UnixMillis {
        let view = self.outlets.board.view();
        let orders = view.iter().flat_map(|view| &view.orders);
        let here = orders.filter(|order| order.order.market.condition == market);
        match here.map(|order| order.created_at.0).min() {
            Some(oldest) => UnixMillis(oldest.saturating_sub(TRADES_MARGIN.0)),
            None => UnixMillis(self.clock.now().0.saturating_sub(TRADES_REACH.0)),
        }
    }

    /// Sends whatever may be sent now. Cancellations first.
    fn pump(&mut self, ctx: &mut Context<Self>) {
        while let Some(orders) = self.cancels.next() {
            self.cancel(orders, ctx);
        }
        while let Some(orders) = self.posts.next() {
            self.post(orders, ctx);
        }
        while let Some(question) = self.questions.next() {
            self.ask(question, ctx);
        }
    }

    fn cancel(&mut self, orders: Cancellations, ctx: &mut Context<Self>) {
        let Some(client) = self.client() else {
            self.cancels.came_back();
            let open = |(number, _): &_| Input::CancelAnswered(*number, CancelAnswer::Ambiguous);
            return self.tell(orders.iter().map(open).collect());
        };
        let cancelling = async move {
            let news = cancelled(&client, &orders).await;
            passing(CrashPoint::Cancelled);
            news
        };
        ctx.spawn(cancelling.into_actor(self).map(|news, actor, ctx| {
            actor.cancels.came_back();
            actor.tell(news);
            actor.pump(ctx);
        }));
    }

    fn ask(&mut self, question: Question, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        let client = self.client();
        let (Some(client), Ok(())) = (client, self.question_breaker.admit(now)) else {
            // The desk asks again.
            return self.questions.came_back();
        };
        let asking = async move { questions::ask(&client, question, now).await };
        ctx.spawn(asking.into_actor(self).map(move |answer, actor, ctx| {
            actor.questions.came_back();
            match answer {
                Ok(news) => {
                    actor.question_breaker.succeeded();
                    actor.tell(news);
                }
                Err(error) => {
                    tracing::warn!(?question, %error, "the venue does not answer; the desk asks again");
                    actor.question_breaker.failed(actor.clock.now());
                }
            }
            actor.pump(ctx);
        }));
    }

    /// Finds out whether a restriction is gone, where that can be asked.
    fn probe(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        let (Some(client), Some(http)) = (self.client(), self.http.clone()) else { return };
        if self.probing == Activity::Busy {
            return;
        }
        let Some(probe) = self.restraint.probe_due(now) else { return };
        self.probing = Activity::Busy;
        let asking = async move {
            match probe {
                Probe::Region => Geoblock::ask(&http).await.map(|region| region.blocked),
                Probe::ClosedOnly => client.closed_only().await,
            }
        };
        ctx.spawn(asking.into_actor(self).map(|is_restricted, actor, _| {
            actor.probing = Activity::Idle;
            match is_restricted {
                Ok(false) => {
                    actor.restraint.lifted();
                }
                Ok(true) => actor.restraint.confirmed(actor.clock.now()),
                Err(error) => tracing::debug!(%error, "the next order finds out"),
            }
            actor.tell_hold();
            actor.show_restraint();
        }));
    }
}

async fn cancelled(client: &TradingClient, orders: &[(OrderNumber, OrderId)]) -> Vec<Input> {
    let outcomes = match orders {
        [(_, id)] => vec![(*id, client.cancel(*id).await)],
        many => client.cancel_many(&many.iter().map(|(_, id)| *id).collect::<Vec<_>>()).await,
    };
    let answer = |((number, _), (id, outcome)): (&(OrderNumber, OrderId), (OrderId, _))| {
        if let Err(error) = &outcome {
            tracing::warn!(order = %id, %error, "whether an order is cancelled is not known");
        }
        Input::CancelAnswered(*number, facts::cancel_answer(&outcome))
    };
    orders.iter().zip(outcomes).map(answer).collect()
}

impl Actor for Executor {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        match self.settings.venue.connect() {
            Ok(http) => self.http = Some(http),
            Err(error) => return self.life.fail(ctx, format!("no client can be made: {error}")),
        }
        self.show_restraint();
        ctx.run_interval(TICK, |actor, ctx| {
            actor.probe(ctx);
            actor.tell_hold();
            actor.show_restraint();
            actor.halt_again(ctx);
            actor.pump(ctx);
        });
    }
}

impl Handler<Perform> for Executor {
    type Result = ();
    fn handle(&mut self, perform: Perform, ctx: &mut Self::Context) {
        let effects = perform.0.into_iter().map(super::Durable::into_effect).collect();
        self.take(effects, ctx);
    }
}
