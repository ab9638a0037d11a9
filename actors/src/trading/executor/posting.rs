//! Sending orders, and learning from what comes back.

use actix::prelude::*;
use domain::{DurationMillis, Side, UnixMillis};
use engine::desk::{Input, OrderNumber, PostAnswer, SignedOrder};
use engine::risk::{HoldScope, VenueHold};
use engine::trace::OrderPosted;
use polymarket::clob::private::{Doubt, PlaceOutcome, RejectCode, TradingClient};
use polymarket::http::VenueError;

use super::breaker::Tripped;
use super::sending::send;
use super::{Activity, Executor, facts};
use crate::crash_point::{CrashPoint, passing};
use crate::trading::OrdersPosted;

/// What people are told while the breaker is open.
const TRIPPED: &str = "The venue failed to answer several orders in a row, so none are sent. One tries \
                       again now and then, and trading goes on by itself. Market data is not affected.";
const NOT_SIGNED_IN: &str = "the account is not signed in at the venue yet";
/// An order that was decided longer ago was held up, by the database as a rule, and is not sent.
const DECIDED_AGO_MAX: DurationMillis = DurationMillis(5_000);
/// After so long it is looked again whether the account is signed in.
const SIGN_IN_WAIT: DurationMillis = DurationMillis(1_000);

impl Executor {
    /// These orders surely stay here.
    pub(super) fn unsent(&self, orders: &[SignedOrder], why: &str) {
        let answer = |order: &SignedOrder| {
            Input::Posted(order.number, PostAnswer::NotSent { why: why.to_owned() })
        };
        self.tell(orders.iter().map(answer).collect());
    }

    /// Why no order may be sent now, if so.
    fn hindrance(
        &mut self,
        orders: &[SignedOrder],
        now: UnixMillis,
    ) -> Result<TradingClient, String> {
        let Some(client) = self.client() else {
            return Err(NOT_SIGNED_IN.to_owned());
        };
        if self.sweeping == Activity::Busy {
            return Err("everything is being cancelled".to_owned());
        }
        if !self.life.is_current() {
            return Err("this executor has been replaced".to_owned());
        }
        let view = self.outlets.board.view();
        if view.is_some_and(|view| view.halt.is_some()) {
            return Err("trading was halted meanwhile".to_owned());
        }
        if let Some(age) = held_up(orders, now) {
            return Err(format!("it was decided {} ms ago, and prices do not wait", age.0));
        }
        self.restraint.admit(now, orders.iter().map(side_of))?;
        let tripped = |tripped: Tripped| {
            let wait = tripped.until.since(now).0;
            format!("the venue failed too often in a row; orders wait {wait} ms more")
        };
        self.post_breaker.admit(now).map_err(tripped)?;
        Ok(client)
    }

    pub(super) fn post(&mut self, orders: Vec<SignedOrder>, ctx: &mut Context<Self>) {
        let client = match self.hindrance(&orders, self.clock.now()) {
            Ok(client) => client,
            Err(why) => {
                self.posts.came_back();
                self.tell_hold();
                return self.unsent(&orders, &why);
            }
        };
        let sent_at = self.clock.now();
        let sending = async move {
            passing(CrashPoint::Posting);
            let outcomes = send(&client, &orders).await;
            passing(CrashPoint::Posted);
            (orders, outcomes)
        };
        ctx.spawn(sending.into_actor(self).map(move |(orders, outcomes), actor, ctx| {
            actor.posts.came_back();
            actor.posted(&orders, outcomes, sent_at);
            actor.pump(ctx);
        }));
    }

    fn posted(&mut self, orders: &[SignedOrder], outcomes: Vec<PlaceOutcome>, sent_at: UnixMillis) {
        let now = self.clock.now();
        for (order, outcome) in orders.iter().zip(&outcomes) {
            self.learn(outcome, side_of(order), now);
        }
        // Before the answers, so that what follows from them is decided in its light.
        self.tell_hold();
        let answers = orders.iter().zip(outcomes);
        let answers =
            answers.map(|(order, outcome)| (order, facts::post_answer(&order.body, outcome)));
        let answers: Vec<_> = answers.map(|(order, answer)| (order.number, answer)).collect();
        self.trace(&answers, sent_at, now);
        self.tell(
            answers.into_iter().map(|(order, answer)| Input::Posted(order, answer)).collect(),
        );
        self.show_restraint();
    }

    /// For whoever tells the story of each order.
    fn trace(&self, answers: &[(OrderNumber, PostAnswer)], sent_at: UnixMillis, now: UnixMillis) {
        let Some(tracer) = &self.outlets.tracer else { return };
        let posted = answers.iter().map(|(order, answer)| OrderPosted {
            order: *order,
            sent_at,
            answered_at: now,
            answer: answer.clone(),
        });
        if tracer.tell(OrdersPosted(posted.collect())).is_err() {
            tracing::debug!(orders = answers.len(), "a part of their traces is left out");
        }
    }

    /// Tells the desk what the venue does not take now, where that is news.
    pub(super) fn tell_hold(&mut self) {
        let hold = self.hold(self.clock.now());
        if hold != self.told_hold {
            self.told_hold.clone_from(&hold);
            self.tell(vec![Input::VenueHeld(hold)]);
        }
    }

    fn hold(&self, now: UnixMillis) -> Option<VenueHold> {
        let all = |until, why: &str| {
            Some(VenueHold { scope: HoldScope::Orders, until, why: why.to_owned() })
        };
        if self.access.get().is_none() {
            return all(now.plus(SIGN_IN_WAIT), NOT_SIGNED_IN);
        }
        match self.post_breaker.open_until(now) {
            Some(until) => all(until, TRIPPED),
            None => self.restraint.hold(now),
        }
    }

    /// What an outcome says about the venue, beyond the order.
    fn learn(&mut self, outcome: &PlaceOutcome, side: Side, now: UnixMillis) {
        match outcome {
            PlaceOutcome::Accepted { .. }
            | PlaceOutcome::Unmatched { .. }
            | PlaceOutcome::Duplicated { .. } => {
                self.post_breaker.succeeded();
                self.restraint.taken(side);
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
                    None => self.restraint.taken(side),
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
        let is_tripped = self.post_breaker.is_open();
        let shown = is_tripped.then(|| TRIPPED.to_owned());
        let shown = shown.or_else(|| self.restraint.shown(self.clock.now()));
        if self.outlets.board.venue().orders_refused != shown {
            self.outlets.board.set_venue(|venue| venue.orders_refused.clone_from(&shown));
            self.life.set_degraded(shown);
        }
    }
}

/// How long the oldest of them was held up, where that was too long.
fn held_up(orders: &[SignedOrder], now: UnixMillis) -> Option<DurationMillis> {
    let ages = orders.iter().map(|order| now.since(order.decided_at));
    ages.max().filter(|age| *age > DECIDED_AGO_MAX)
}

/// Bytes that cannot be read count as a purchase, which is held back more often.
fn side_of(order: &SignedOrder) -> Side {
    facts::side_of(&order.body).unwrap_or(Side::Buy)
}

#[cfg(test)]
mod tests {
    use domain::OrderId;
    use engine::desk::OrderNumber;

    use super::*;

    #[test]
    fn what_was_held_up_for_longer_than_five_seconds_is_not_sent_any_more() {
        let order = |decided_at| SignedOrder {
            number: OrderNumber(1),
            id: OrderId::from_bytes([1; 32]),
            body: String::new(),
            decided_at: UnixMillis(decided_at),
        };
        let orders = [order(10_000), order(9_000)];
        assert_eq!(held_up(&orders, UnixMillis(14_000)), None);
        assert_eq!(held_up(&orders, UnixMillis(14_001)), Some(DurationMillis(5_001)));
        assert_eq!(held_up(&orders, UnixMillis(0)), None, "the clock was set back");
    }
}
