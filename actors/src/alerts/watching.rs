//! The outside watchman: told that all is well while it is.

use actix::prelude::*;

use super::{Activity, Alerts};

impl Alerts {
    pub(super) fn ping(&mut self, ctx: &mut Context<Self>) {
        let (Some(watchman), Some(plan)) = (self.watchman.clone(), &self.settings.watchman) else {
            return;
        };
        let now = self.clock.now();
        if self.pinging == Activity::Busy || now < self.ping_due {
            return;
        }
        self.ping_due = now.plus(plan.every);
        // Silence is the alarm, so an ill service says nothing.
        if let Err(why) = (plan.health)(self.life.tree()) {
            return self.board.set_watchman(|status| status.withheld = Some(why));
        }
        self.pinging = Activity::Busy;
        let pinging = async move { watchman.all_is_well().await };
        ctx.spawn(pinging.into_actor(self).map(move |told, actor, _| {
            actor.pinging = Activity::Idle;
            let now = actor.clock.now();
            actor.board.set_watchman(|status| {
                status.withheld = None;
                status.last_problem = told.as_ref().err().map(ToString::to_string);
                if told.is_ok() {
                    status.last_told_at = Some(now);
                }
            });
        }));
    }
}
