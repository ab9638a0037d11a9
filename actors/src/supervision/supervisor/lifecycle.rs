//! Starting, stopping, killing and giving up one child, and the steps of a plan.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{AsyncContext, Context};
use actix_rt::{Arbiter, ArbiterHandle};

use super::plan::{Plan, Step};
use super::roster::{Key, Kid, Origin};
use super::{FromChild, Supervisor, SupervisorError};
use crate::supervision::child::{ChildSpec, Finality};
use crate::supervision::exit::{ExitReason, KillCause};
use crate::supervision::identity::{Report, Reporter};
use crate::supervision::inbox::MessageAtHand;
use crate::supervision::policy::{Placement, Shutdown};
use crate::supervision::tree::{EventKind, Status};

/// Pause between two looks at a predecessor that has not ended yet.
const PREDECESSOR_POLL: Duration = Duration::from_millis(1);

impl Supervisor {
    pub(super) fn enrol(
        &mut self,
        spec: Arc<ChildSpec>,
        origin: Origin,
    ) -> Result<Key, SupervisorError> {
        let node = spec.kind.node().clone();
        let name = spec.name().to_owned();
        let key =
            self.roster.enrol(Kid::new(spec, origin)).ok_or(SupervisorError::NameTaken { name })?;
        self.node.add_child(key, node.clone());
        self.tree().watch(&node.inbox);
        Ok(key)
    }

    fn set_timer(
        &mut self,
        key: Key,
        after: Duration,
        ctx: &mut Context<Self>,
        act: impl FnOnce(&mut Self, &mut Context<Self>) + 'static,
    ) {
        let timer = ctx.run_later(after, act);
        let old = self.roster.get_mut(key).and_then(|kid| kid.timer.replace(timer));
        if let Some(old) = old {
            ctx.cancel_future(old);
        }
    }

    pub(super) fn cancel_timer(&mut self, key: Key, ctx: &mut Context<Self>) {
        if let Some(timer) = self.roster.get_mut(key).and_then(|kid| kid.timer.take()) {
            ctx.cancel_future(timer);
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "reports must never be refused; a child sends a handful per incarnation"
    )]
    fn reporter(&self, key: Key, ctx: &mut Context<Self>) -> Reporter {
        let me = ctx.address();
        Arc::new(move |incarnation, report| me.do_send(FromChild { key, incarnation, report }))
    }

    pub(super) fn spawn_after(&mut self, key: Key, delay: Duration, ctx: &mut Context<Self>) {
        if delay.is_zero() {
            self.spawn(key, ctx);
        } else {
            self.set_timer(key, delay, ctx, move |this, ctx| this.spawn(key, ctx));
        }
    }

    pub(super) fn spawn(&mut self, key: Key, ctx: &mut Context<Self>) {
        self.spawn_once_alone(key, Instant::now(), ctx);
    }

    /// Two incarnations never run side by side: one that is left over from an earlier life of this
    /// supervisor has been killed, and is waited for.
    fn spawn_once_alone(&mut self, key: Key, since: Instant, ctx: &mut Context<Self>) {
        self.cancel_timer(key, ctx);
        let Some(kid) = self.roster.get(key) else { return };
        if kid.running {
            return;
        }
        let over = kid.identity().leash().is_none_or(|leash| leash.is_over());
        if !over && since.elapsed() < self.tree().options().kill_grace {
            self.set_timer(key, PREDECESSOR_POLL, ctx, move |this, ctx| {
                this.spawn_once_alone(key, since, ctx);
            });
            return;
        }
        if !over {
            let incarnation = kid.identity().incarnation();
            self.abandon(key, incarnation, &ExitReason::Killed(KillCause::SupervisorDied));
        }
        self.spawn_now(key, ctx);
    }

    fn spawn_now(&mut self, key: Key, ctx: &mut Context<Self>) {
        let reporter = self.reporter(key, ctx);
        let tree = self.tree().clone();
        let here = self.here.clone();
        let Some(kid) = self.roster.get_mut(key) else { return };
        let incarnation = kid.identity().incarnation() + 1;
        kid.incarnation = incarnation;
        kid.running = true;
        let spec = kid.spec.clone();
        match thread_for(kid, &here) {
            Ok(thread) => {
                spec.kind.spawn(&thread, incarnation, &spec.policy, reporter, &tree);
                let within = spec.policy.start.within();
                self.set_timer(key, within, ctx, move |this, ctx| {
                    this.kill_or_abandon(key, incarnation, KillCause::StartTimeout, ctx);
                });
            }
            Err(error) => {
                let why = ExitReason::StartFailed(format!("no thread: {error}"));
                reporter(incarnation, Report::Exited(why));
            }
        }
    }

    /// Kills a running child, and gives it up if its thread does not even get to that.
    pub(super) fn kill_or_abandon(
        &mut self,
        key: Key,
        incarnation: u64,
        cause: KillCause,
        ctx: &mut Context<Self>,
    ) {
        let Some(kid) = self.roster.running(key, incarnation) else { return };
        kid.identity().pull_leash(cause.clone());
        let grace = self.tree().options().kill_grace;
        self.set_timer(key, grace, ctx, move |this, ctx| {
            if this.roster.running(key, incarnation).is_some() {
                let reason = ExitReason::Killed(cause);
                this.abandon(key, incarnation, &reason);
                this.on_exit(key, incarnation, reason, ctx);
            }
        });
    }

    /// A thread cannot be killed. Its actor is locked out of the inbox and told so by
    /// `Life::is_current`; the thread ends if it ever comes back.
    fn abandon(&mut self, key: Key, incarnation: u64, reason: &ExitReason) {
        let Some(kid) = self.roster.get_mut(key) else { return };
        let identity = kid.identity().clone();
        if let Some(leash) = identity.leash() {
            leash.abandon();
        }
        let on_crash = kid.spec.policy.on_crash;
        let purged = kid.node().inbox.vacate(incarnation, MessageAtHand::Lost, on_crash);
        if let Some(thread) = kid.thread.take() {
            thread.stop();
        }
        identity.fence();
        identity.set_status(Status::Down);
        identity.note_exit(reason);
        let kind = EventKind::Abandoned { reason: reason.clone(), purged };
        self.tree().count_abandoned();
        self.tree().emit(&identity.name, incarnation, kind);
    }

    /// The child will not run again, unless an operator says so.
    pub(super) fn retire(&mut self, key: Key) {
        let Some(kid) = self.roster.get_mut(key) else { return };
        kid.set_status(Status::Done);
        kid.spec.kind.shut();
        if let Some(thread) = kid.thread.take() {
            thread.stop();
        }
        if kid.origin == Origin::Added {
            self.roster.remove(key);
            self.node.remove_child(key);
        }
    }

    pub(super) fn adopt_plan(&mut self, mut plan: Plan, ctx: &mut Context<Self>) {
        if let Some(old) = self.plan.take() {
            plan.absorb(old);
        }
        self.plans_made += 1;
        plan.number = self.plans_made;
        self.plan = Some(plan);
        self.advance(ctx);
    }

    /// Takes the steps of the plan until one has to be waited for.
    pub(super) fn advance(&mut self, ctx: &mut Context<Self>) {
        while let Some(plan) = self.plan.as_mut() {
            match plan.next() {
                Step::Wait => return,
                Step::Stop(key) => self.stop_kid(key, ctx),
                Step::Start(key) => self.start_kid(key, ctx),
                Step::Pause(pause) => {
                    let number = plan.number;
                    ctx.run_later(pause, move |this, ctx| this.end_pause(number, ctx));
                }
                Step::Done(then) => {
                    self.plan = None;
                    self.then(then, ctx);
                    return;
                }
            }
        }
    }

    fn end_pause(&mut self, plan_number: u64, ctx: &mut Context<Self>) {
        let plan = self.plan.as_mut().filter(|plan| plan.number == plan_number);
        if plan.is_some_and(Plan::note_pause_over) {
            self.advance(ctx);
        }
    }

    fn start_kid(&mut self, key: Key, ctx: &mut Context<Self>) {
        if self.roster.get(key).is_some_and(|kid| !kid.running) {
            self.spawn(key, ctx);
        } else if let Some(plan) = self.plan.as_mut() {
            plan.skip();
        }
    }

    fn stop_kid(&mut self, key: Key, ctx: &mut Context<Self>) {
        self.cancel_timer(key, ctx);
        let Some(kid) = self.roster.get(key) else { return self.stopped_as_planned(key) };
        if !kid.running {
            return self.stopped_as_planned(key);
        }
        let again = self.closing == Some(Finality::ToBeRestarted)
            || self.plan.as_ref().is_some_and(|plan| plan.will_start(key));
        let finality = if again { Finality::ToBeRestarted } else { Finality::ForGood };
        let (incarnation, how) = (kid.incarnation, kid.spec.policy.shutdown);
        kid.set_status(Status::Stopping);
        kid.spec.kind.request_stop(how, finality);
        let within = match how {
            Shutdown::Stop(within) | Shutdown::Drain(within) => within,
            Shutdown::Brutal => Duration::ZERO,
            Shutdown::Infinity => return,
        };
        self.set_timer(key, within, ctx, move |this, ctx| {
            this.kill_or_abandon(key, incarnation, KillCause::ShutdownTimeout, ctx);
        });
    }

    /// A child of the plan is down; it is retired unless it will be started again.
    pub(super) fn stopped_as_planned(&mut self, key: Key) {
        let Some(plan) = self.plan.as_mut() else { return };
        plan.note_exit(key);
        let again = plan.will_start(key);
        if let Some(kid) = self.roster.get(key) {
            kid.set_status(Status::Down);
        }
        if !again && self.closing.is_none() {
            self.retire(key);
        }
    }
}

fn thread_for(kid: &mut Kid, here: &ArbiterHandle) -> std::io::Result<ArbiterHandle> {
    match &kid.spec.policy.placement {
        Placement::Inherit => Ok(here.clone()),
        Placement::On(thread) => Ok(thread.clone()),
        Placement::Dedicated => {
            if let Some(thread) = kid.thread.as_ref().filter(|thread| thread.alive()) {
                return Ok(thread.handle());
            }
            let thread = Arbiter::try_new()?;
            let handle = thread.handle();
            kid.thread = Some(thread);
            Ok(handle)
        }
    }
}
