//! Cancelling everything, and doing so again while trading is halted and nothing is proven.

use std::sync::Arc;

use actix::prelude::*;
use domain::UnixMillis;
use engine::desk::Notice;

use super::sweep::{Rest, sweep};
use super::{Activity, Executor};

/// Everything is to be cancelled once more, for it was asked for during a sweep or before there
/// was an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SweepWanted;

impl Executor {
    /// Cancels everything. Orders that wait to be sent are not sent any more.
    pub(super) fn begin_sweep(&mut self, ctx: &mut Context<Self>) {
        for orders in self.posts.clear() {
            self.unsent(&orders, "everything is being cancelled");
        }
        if self.sweeping == Activity::Busy {
            self.wanted = Some(SweepWanted);
            return;
        }
        let Some(client) = self.client() else {
            self.wanted = Some(SweepWanted);
            return;
        };
        self.wanted = None;
        self.sweeping = Activity::Busy;
        let settings = self.settings.sweep;
        let sweeping = async move { sweep(&client, &settings).await };
        ctx.spawn(sweeping.into_actor(self).map(|(rest, news), actor, ctx| {
            actor.sweeping = Activity::Idle;
            let now = actor.clock.now();
            actor.swept_at = Some(now);
            actor.tell(news);
            match rest {
                Rest::Nothing => actor.outlets.board.prove_halt(now),
                Rest::Unproven(why) => actor.notice_unproven(now, &why),
            }
            actor.pump(ctx);
        }));
    }

    fn notice_unproven(&self, at: UnixMillis, why: &str) {
        let text = format!(
            "Everything was to be cancelled, and whether nothing of ours rests at the venue could \
             not be proven: {why}. It is tried again while trading is halted. If it stays so, \
             cancel by hand at the venue."
        );
        tracing::error!("{text}");
        self.outlets.board.noticed(Arc::new(Notice { at, code: "halt_not_proven", text }));
    }

    /// While trading is halted, everything is cancelled until it is proven that nothing rests and
    /// nothing is in doubt.
    pub(super) fn halt_again(&mut self, ctx: &mut Context<Self>) {
        if self.sweeping == Activity::Busy {
            return;
        }
        let board = &self.outlets.board;
        let unproven = board.view().is_some_and(|view| {
            let proven_at = board.halt_proven_at();
            view.halt.as_ref().is_some_and(|halt| {
                proven_at.is_none_or(|at| at < halt.at) || view.open_orders().next().is_some()
            })
        });
        let now = self.clock.now();
        let again = i64::try_from(self.settings.sweep.again.as_millis()).unwrap_or(i64::MAX);
        let is_due = self.swept_at.is_none_or(|at| now.since(at).0 >= again);
        if self.wanted.is_some() || (unproven && is_due) {
            self.begin_sweep(ctx);
        }
    }
}
