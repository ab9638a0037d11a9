//! Messages on their way, and how they fare.

use std::rc::Rc;
use std::sync::Arc;

use actix::prelude::*;
use domain::{DurationMillis, UnixMillis};
use engine::alert::ChannelName;
use engine::alert::retry::{Failure, Next, after_failure};
use notifiers::{Channel, Retry, SendError};
use store::{DeliveryRow, DeliveryState};

use super::outbox::Letter;
use super::{Alerts, Database, RECONNECT, words};

/// How often an outcome is written down again where the database does not take it; after that the
/// message is sent once more with the next restart.
const NOTES_MAX: u32 = 24;

impl Alerts {
    pub(super) fn send_due(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        while let Some((name, channel, letter)) = self.outbox.take_due(now) {
            let message = words::message(&letter.alert, self.settings.link.as_deref());
            let sending = send(channel, message).into_actor(self);
            ctx.spawn(
                sending.map(move |result, actor, ctx| actor.sent(ctx, name, letter, &result)),
            );
        }
    }

    fn sent(
        &mut self,
        ctx: &mut Context<Self>,
        name: ChannelName,
        mut letter: Letter,
        result: &Result<(), SendError>,
    ) {
        let now = self.clock.now();
        let delivery = &mut letter.delivery;
        delivery.tries = delivery.tries.saturating_add(1);
        delivery.problem = result.as_ref().err().map(ToString::to_string);
        match result {
            Ok(()) => {
                (delivery.state, delivery.sent_at) = (DeliveryState::Sent, Some(now));
            }
            Err(error) => match after_failure(delivery.tries, failure(error), now) {
                Next::At(due_at) => delivery.due_at = due_at,
                Next::DeadLetter => delivery.state = DeliveryState::Dead,
            },
        }
        self.report(name, &letter.delivery, now);
        self.note(ctx, letter.delivery.clone(), NOTES_MAX);
        if let Some(record) = self.board.note(&letter.delivery) {
            self.publish(record);
        }
        self.outbox.done(name, letter);
    }

    fn report(&self, name: ChannelName, delivery: &DeliveryRow, now: UnixMillis) {
        if let Some(problem) = &delivery.problem {
            tracing::warn!(channel = %name, alert = %delivery.alert_id, problem, "not sent");
        }
        self.board.set(name, |status| {
            status.last_problem.clone_from(&delivery.problem);
            match delivery.state {
                DeliveryState::Sent => {
                    status.sent += 1;
                    status.last_sent_at = Some(now);
                }
                DeliveryState::Dead => status.dead += 1,
                DeliveryState::Waiting => {}
            }
        });
    }

    /// Writes down how a message fared.
    fn note(&mut self, ctx: &mut Context<Self>, delivery: DeliveryRow, tries_left: u32) {
        let Database::Open(store) = &self.database else { return };
        let store = Arc::clone(store);
        self.noting += 1;
        let noting = async move {
            let noted = store.alerts().note(&delivery).await;
            (delivery, noted)
        };
        ctx.spawn(noting.into_actor(self).map(move |(delivery, noted), actor, ctx| {
            actor.noting -= 1;
            let Err(error) = noted else { return };
            tracing::warn!(%error, "how a message fared was not written down");
            match tries_left.checked_sub(1) {
                // A final outcome is the last word; what still waits is noted with its next try.
                Some(left) if delivery.state != DeliveryState::Waiting => {
                    ctx.run_later(RECONNECT, move |actor, ctx| actor.note(ctx, delivery, left));
                }
                _ => actor.board.count_unwritten(),
            }
        }));
    }
}

async fn send(channel: Rc<Channel>, message: notifiers::Message) -> Result<(), SendError> {
    channel.send(&message).await
}

fn failure(error: &SendError) -> Failure {
    match error.retry() {
        Retry::Later => Failure::Passing,
        Retry::Never => Failure::Final,
        Retry::After(wait) => {
            Failure::Busy(DurationMillis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
        }
    }
}
