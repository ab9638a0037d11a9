//! Sending orders, and learning from what comes back.

use actix::prelude::*;
use bytes::Bytes;
use domain::UnixMillis;
use engine::desk::{Input, PostAnswer, SignedOrder};
use polymarket::clob::private::{Doubt, PlaceOutcome, RejectCode, TradingClient};
use polymarket::http::VenueError;

use super::breaker::Tripped;
use super::{Activity, Executor, facts};
use crate::crash_point::{CrashPoint, passing};

impl Executor {
    /// These orders surely stay here.
    pub(super) fn unsent(&self, orders: &[SignedOrder], why: &str) {
        let answer = |order: &SignedOrder| {
            Input::Posted(order.number, PostAnswer::NotSent { why: why.to_owned() })
        };
        self.tell(orders.iter().map(answer).collect());
    }

    /// Why no order may be sent now, if so.
    fn hindrance(&mut self, now: UnixMillis) -> Result<TradingClient, String> {
        let Some(client) = self.client() else {
            return Err("the account is not signed in at the venue yet".to_owned());
        };
        if self.sweeping == Activity::Busy {
            return Err("everything is being cancelled".to_owned());
        }
        if !self.life.is_current() {
            return Err("this executor has been replaced".to_owned());
        }
        self.restraint.admit(now)?;
        let tripped = |tripped: Tripped| {
            let wait = tripped.until.since(now).0;
            format!("the venue failed too often in a row; orders wait {wait} ms more")
        };
        self.post_breaker.admit(now).map_err(tripped)?;
        Ok(client)
    }

    pub(super) fn post(&mut self, orders: Vec<SignedOrder>, ctx: &mut Context<Self>) {
        let client = match self.hindrance(self.clock.now()) {
            Ok(client) => client,
            Err(why) => {
                self.posts.came_back();
                return self.unsent(&orders, &why);
            }
        };
        let sending = async move {
            passing(CrashPoint::Posting);
            let outcomes = send(&client, &orders).await;
            passing(CrashPoint::Posted);
            (orders, outcomes)
        };
        ctx.spawn(sending.into_actor(self).map(|(orders, outcomes), actor, ctx| {
            actor.posts.came_back();
            actor.posted(&orders, outcomes);
            actor.pump(ctx);
        }));
    }

    fn posted(&mut self, orders: &[SignedOrder], outcomes: Vec<PlaceOutcome>) {
        let now = self.clock.now();
        for outcome in &outcomes {
            self.learn(outcome, now);
        }
        let news = orders.iter().zip(outcomes).map(|(order, outcome)| {
            Input::Posted(order.number, facts::post_answer(&order.body, outcome))
        });
        self.tell(news.collect());
        self.show_restraint();
    }

    /// What an outcome says about the venue, beyond the order.
    fn learn(&mut self, outcome: &PlaceOutcome, now: UnixMillis) {
        match outcome {
            PlaceOutcome::Accepted { .. }
            | PlaceOutcome::Unmatched { .. }
            | PlaceOutcome::Duplicated { .. } => {
                self.post_breaker.succeeded();
                self.restraint.lifted();
            }
            PlaceOutcome::Rejected(refusal) => {
                self.post_breaker.succeeded();
                match refusal.restriction() {
                    Some(restriction) => {
                        tracing::warn!(%refusal, "the venue takes no orders now");
                        self.restraint.refused(restriction, refusal.text.as_str(), now);
                    }
                    None if refusal.code == RejectCode::Unauthorized => {
                        tracing::warn!(%refusal, "the venue does not know us; signing in again");
                        self.access.clear();
                    }
                    None => {
                        self.restraint.lifted();
                    }
                }
            }
            PlaceOutcome::Ambiguous { why: Doubt::Undecided { .. } } => {
                self.post_breaker.succeeded();
            }
            PlaceOutcome::Ambiguous { why } => {
                tracing::warn!(%why, "whether an order arrived is not known");
                self.post_breaker.failed(now);
            }
            PlaceOutcome::NotSent { why: VenueError::RateLimited { .. } } => {
                self.post_breaker.abstained(now);
            }
            PlaceOutcome::NotSent { why } => {
                tracing::warn!(%why, "an order was not sent");
                self.post_breaker.failed(now);
            }
        }
    }

    /// Tells people what the venue refuses.
    pub(super) fn show_restraint(&self) {
        let shown = self.restraint.shown();
        if self.outlets.board.venue().orders_refused != shown {
            self.outlets.board.set_venue(|venue| venue.orders_refused.clone_from(&shown));
            self.life.set_degraded(shown);
        }
    }
}

/// Sends orders that belong together in one request, once.
async fn send(client: &TradingClient, orders: &[SignedOrder]) -> Vec<PlaceOutcome> {
    let bytes = |order: &SignedOrder| Bytes::copy_from_slice(order.body.as_bytes());
    match orders {
        [one] => vec![client.place(one.id, bytes(one)).await],
        many => {
            let batch: Vec<_> = many.iter().map(|order| (order.id, bytes(order))).collect();
            client.place_batch(&batch).await.unwrap_or_default()
        }
    }
}
