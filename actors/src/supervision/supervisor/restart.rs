//! What a supervisor does when a child has ended.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use actix::Context;

use super::Supervisor;
use super::plan::Plan;
use super::roster::Key;
use crate::supervision::child::Finality;
use crate::supervision::clock;
use crate::supervision::exit::ExitReason;
use crate::supervision::policy::{Intensity, Restart, Strategy};
use crate::supervision::tree::{EventKind, Status};

/// The restarts of the recent past.
pub(super) struct RestartWindow {
    intensity: Intensity,
    recent: VecDeque<Instant>,
}

/// Whether one more restart is tolerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Restart,
    GiveUp { restarts: usize },
}

impl RestartWindow {
    pub(super) fn new(intensity: Intensity) -> Self {
        RestartWindow { intensity, recent: VecDeque::new() }
    }

    /// Holds `max + 1` moments at most.
    pub(super) fn count(&mut self, now: Instant) -> Verdict {
        self.recent.push_back(now);
        while self
            .recent
            .front()
            .is_some_and(|then| now.duration_since(*then) > self.intensity.within)
        {
            self.recent.pop_front();
        }
        match self.recent.len() {
            restarts if restarts > self.intensity.max => Verdict::GiveUp { restarts },
            _ => Verdict::Restart,
        }
    }
}

impl Supervisor {
    pub(super) fn on_exit(
        &mut self,
        key: Key,
        incarnation: u64,
        reason: ExitReason,
        ctx: &mut Context<Self>,
    ) {
        let Some(kid) = self.roster.running(key, incarnation) else { return };
        kid.running = false;
        let restart = kid.spec.policy.restart;
        self.cancel_timer(key, ctx);
        if let Some(plan) = self.plan.as_mut() {
            if plan.note_exit(key) {
                self.stopped_as_planned(key);
                return self.advance(ctx);
            }
            if plan.will_stop(key) {
                // it died before its turn; the plan will find it so
                return;
            }
            plan.note_up(key);
        }
        let has_finished = match restart {
            Restart::Permanent => false,
            Restart::Transient => !reason.is_abnormal(),
            Restart::Temporary => true,
        };
        if has_finished {
            self.retire(key);
        } else if self.is_booting() {
            // a child that cannot start is an error of configuration: do not try on and on
            self.give_up(key, "could not be started", &reason, ctx);
        } else if let Verdict::GiveUp { restarts } = self.window.count(Instant::now()) {
            let within_ms = clock::millis(self.spec.intensity.within);
            self.emit(EventKind::IntensityExceeded { restarts, within_ms });
            self.give_up(key, "ended too often", &reason, ctx);
        } else {
            self.restart(key, ctx);
        }
        self.advance(ctx);
    }

    /// The parent decides whether there is another life; until then the children's addresses
    /// keep what is sent to them.
    fn give_up(&mut self, key: Key, what: &str, reason: &ExitReason, ctx: &mut Context<Self>) {
        let name = self.roster.get(key).map(|kid| kid.name().to_string()).unwrap_or_default();
        let why = ExitReason::Escalated(format!("`{name}` {what}; last: {reason}"));
        self.exit(why, Finality::ToBeRestarted, ctx);
    }

    pub(super) fn exit(&mut self, reason: ExitReason, finality: Finality, ctx: &mut Context<Self>) {
        self.closing = Some(finality);
        let plan = Plan::exit(self.roster.keys(), reason);
        self.adopt_plan(plan, ctx);
    }

    fn restart(&mut self, key: Key, ctx: &mut Context<Self>) {
        let random = self.tree().random();
        let Some(kid) = self.roster.get_mut(key) else { return };
        let backoff = kid.spec.policy.backoff;
        if !backoff.reset_after.is_zero() && kid.up_since.elapsed() >= backoff.reset_after {
            kid.attempt = 0;
        }
        kid.attempt = kid.attempt.saturating_add(1);
        let (attempt, incarnation, name) = (kid.attempt, kid.incarnation, kid.name().clone());
        let delay = backoff.delay(attempt, random);
        kid.identity().count_restart();
        kid.set_status(Status::Backoff);
        let scheduled = EventKind::RestartScheduled { delay_ms: clock::millis(delay), attempt };
        self.tree().emit(&name, incarnation, scheduled);
        match self.spec.strategy {
            Strategy::OneForOne => self.spawn_after(key, delay, ctx),
            Strategy::RestForOne => self.restart_group(key, delay, ctx),
            Strategy::OneForAll => {
                self.restart_group(self.roster.first().unwrap_or(key), delay, ctx);
            }
        }
    }

    /// If a group restart is under way already, the child that ended now stands before that group
    /// or was not part of it; the new plan takes over the rest of the old.
    fn restart_group(&mut self, first: Key, delay: Duration, ctx: &mut Context<Self>) {
        let mut stop = Vec::new();
        let mut start = Vec::new();
        let mut children = Vec::new();
        for (key, kid) in self.roster.from(first) {
            stop.push(key);
            children.push(kid.name().to_string());
            let is_over = kid.identity().status() == Status::Done;
            if is_over || kid.spec.policy.restart == Restart::Temporary {
                continue;
            }
            start.push(key);
        }
        self.emit(EventKind::GroupRestart { strategy: self.spec.strategy.name(), children });
        self.adopt_plan(Plan::restart(stop, delay, start), ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_count_within_a_sliding_window() {
        let within = Duration::from_secs(10);
        let mut window = RestartWindow::new(Intensity { max: 2, within });
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        assert_eq!(window.count(at(0)), Verdict::Restart);
        assert_eq!(window.count(at(5)), Verdict::Restart);
        assert_eq!(window.count(at(11)), Verdict::Restart, "the first is forgotten");
        assert_eq!(window.count(at(12)), Verdict::GiveUp { restarts: 3 });
    }

    #[test]
    fn an_intensity_of_zero_gives_up_at_the_first_end() {
        let mut window = RestartWindow::new(Intensity { max: 0, within: Duration::from_secs(1) });
        assert_eq!(window.count(Instant::now()), Verdict::GiveUp { restarts: 1 });
    }
}
