//! The supervisor: an actor under the same mechanism as its children, driven by their reports.

use std::sync::Arc;
use std::time::Instant;

use actix::prelude::*;
use actix_rt::ArbiterHandle;

use super::child::{Finality, Life};
use super::exit::{ExitReason, KillCause};
use super::identity::Report;
use super::tree::{EventKind, Node, Status, Tree};

mod commands;
mod lifecycle;
mod plan;
mod restart;
mod roster;
mod spec;

pub(crate) use commands::Terminate;
pub use commands::{
    ChildCount, CountChildren, RestartChild, StartChild, StopChild, SupervisorError,
};
use plan::{Plan, Then};
use restart::RestartWindow;
pub(crate) use roster::Key;
use roster::{Origin, Roster};
pub use spec::SupervisorSpec;

/// Starts, watches, restarts and stops the children of a [`SupervisorSpec`].
pub struct Supervisor {
    spec: Arc<SupervisorSpec>,
    node: Arc<Node>,
    life: Life<Supervisor>,
    roster: Roster,
    window: RestartWindow,
    /// Work over several children that is under way.
    plan: Option<Plan>,
    plans_made: u64,
    /// Set once the supervisor is on its way out.
    closing: Option<Finality>,
    here: ArbiterHandle,
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Supervisor({})", self.spec.name())
    }
}

impl Supervisor {
    pub(crate) fn new(spec: Arc<SupervisorSpec>, node: Arc<Node>, life: Life<Supervisor>) -> Self {
        let window = RestartWindow::new(spec.intensity);
        Supervisor {
            spec,
            node,
            life,
            roster: Roster::default(),
            window,
            plan: None,
            plans_made: 0,
            closing: None,
            here: Arbiter::current(),
        }
    }

    fn tree(&self) -> &Tree {
        self.life.tree()
    }

    fn emit(&self, kind: EventKind) {
        self.tree().emit(&self.node.inbox.identity().name, self.life.incarnation(), kind);
    }

    /// Until every child of the specification is up, a failing child fails the supervisor.
    fn is_booting(&self) -> bool {
        self.node.inbox.identity().status() == Status::Starting
    }

    fn on_started(&mut self, key: Key, incarnation: u64, ctx: &mut Context<Self>) {
        let Some(kid) = self.roster.running(key, incarnation) else { return };
        let timer = kid.timer.take();
        kid.up_since = Instant::now();
        let name = kid.name().clone();
        if let Some(timer) = timer {
            ctx.cancel_future(timer);
        }
        self.tree().emit(&name, incarnation, EventKind::Started);
        if self.plan.as_mut().is_some_and(|plan| plan.note_up(key)) {
            self.advance(ctx);
        }
    }
}

impl Actor for Supervisor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.tree().watch_thread(self.spec.name());
        self.node.clear_children();
        let mut start = Vec::new();
        for child in self.spec.children.clone() {
            match self.enrol(child, Origin::Specified) {
                Ok(key) => start.push(key),
                Err(error) => {
                    let why = ExitReason::Escalated(error.to_string());
                    self.life.exit(ctx, why);
                    return;
                }
            }
        }
        self.adopt_plan(Plan::start(start), ctx);
    }
}

impl Drop for Supervisor {
    /// Children are linked to their supervisor: where it dies without an orderly stop, none of them
    /// may outlive it.
    fn drop(&mut self) {
        for kid in self.roster.all_mut() {
            if kid.running {
                kid.identity().pull_leash(KillCause::SupervisorDied);
            }
            if let Some(thread) = kid.thread.take() {
                thread.stop();
            }
            if kid.origin == Origin::Added {
                // not in the specification: nobody will start it again
                kid.spec.kind.shut();
            }
        }
    }
}

/// A report, with the key of the child it is about.
pub(crate) struct FromChild {
    key: Key,
    incarnation: u64,
    report: Report,
}

impl Message for FromChild {
    type Result = ();
}

impl Handler<FromChild> for Supervisor {
    type Result = ();

    fn handle(&mut self, message: FromChild, ctx: &mut Self::Context) {
        let FromChild { key, incarnation, report } = message;
        match report {
            Report::Started => self.on_started(key, incarnation, ctx),
            Report::Exited(reason) => self.on_exit(key, incarnation, reason, ctx),
            Report::Stuck(what) => {
                self.kill_or_abandon(key, incarnation, KillCause::Stuck(what), ctx);
            }
            Report::KillRequested => {
                self.kill_or_abandon(key, incarnation, KillCause::Requested, ctx);
            }
        }
    }
}

impl Supervisor {
    fn then(&mut self, then: Then, ctx: &mut Context<Self>) {
        match then {
            Then::Nothing => {}
            Then::BeReady => self.life.ready(),
            Then::Exit(reason) => {
                let for_good = self.closing == Some(Finality::ForGood);
                for kid in self.roster.all_mut() {
                    if for_good {
                        kid.spec.kind.shut();
                    }
                    if let Some(thread) = kid.thread.take() {
                        thread.stop();
                    }
                }
                self.life.exit(ctx, reason);
            }
        }
    }
}
