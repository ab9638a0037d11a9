//! A child without its actor's type: what the supervisor needs to be able to do with it.

use std::sync::Arc;

use actix::{Actor, AsyncContext, Context};
use actix_rt::ArbiterHandle;

use super::incarnation::{Ending, Incarnation};
use super::{Life, Policy, StartRule};
use crate::supervision::address::ActorRef;
use crate::supervision::exit::{ExitReason, KillCause};
use crate::supervision::identity::Reporter;
use crate::supervision::inbox::{AnyInbox, Driver, Inbox, StopKind};
use crate::supervision::leash::Leash;
use crate::supervision::panics::guarded;
use crate::supervision::policy::Shutdown;
use crate::supervision::supervisor::SupervisorSpec;
use crate::supervision::tree::{Node, Tree};

/// Whether a child that is told to stop will be started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Finality {
    ToBeRestarted,
    ForGood,
}

pub(crate) trait ChildKind: Send + Sync {
    fn node(&self) -> &Arc<Node>;
    /// Starts an incarnation; from here on its end is always reported.
    fn spawn(
        &self,
        on: &ArbiterHandle,
        incarnation: u64,
        policy: &Policy,
        reporter: Reporter,
        tree: &Tree,
    );
    fn request_stop(&self, how: Shutdown, finality: Finality);
    /// Closes the address for ever, and those of a whole subtree.
    fn shut(&self);
}

pub(super) type StopHook<A> = dyn Fn(&ActorRef<A>, Finality) + Send + Sync;
pub(super) type Factory<A> = dyn Fn(&mut Context<A>, &Life<A>) -> A + Send + Sync;

pub(super) struct ActorKind<A: Actor<Context = Context<A>>> {
    pub(super) inbox: Arc<Inbox<A>>,
    pub(super) node: Arc<Node>,
    pub(super) factory: Arc<Factory<A>>,
    pub(super) stop_hook: Option<Arc<StopHook<A>>>,
    pub(super) supervises: Option<Arc<SupervisorSpec>>,
    pub(super) budget: usize,
}

impl<A: Actor<Context = Context<A>>> ChildKind for ActorKind<A> {
    fn node(&self) -> &Arc<Node> {
        &self.node
    }

    fn spawn(
        &self,
        on: &ArbiterHandle,
        incarnation: u64,
        policy: &Policy,
        reporter: Reporter,
        tree: &Tree,
    ) {
        let leash = Leash::new();
        self.inbox.identity.begin(incarnation, leash.clone(), reporter.clone());
        self.inbox.adopt(incarnation);
        let ending = Ending::new(
            self.inbox.clone(),
            incarnation,
            leash.clone(),
            tree.clone(),
            reporter,
            policy.on_crash,
        );
        let life = Life::new(self.inbox.clone(), incarnation, tree.clone(), leash.clone());
        let driver = Driver { inbox: self.inbox.clone(), incarnation, leash, budget: self.budget };
        let factory = self.factory.clone();
        let waits_for_ready = matches!(policy.start, StartRule::Ready { .. });
        // If the thread is gone, the closure is dropped and `ending` reports that.
        on.spawn_fn(move || {
            let made = guarded(|| {
                let mut ctx = Context::new();
                let actor = factory(&mut ctx, &life);
                ctx.spawn(driver);
                ctx.into_future(actor)
            });
            match made {
                Ok(future) => Incarnation::launch(future, ending, waits_for_ready),
                Err(panic) => ending.report(ExitReason::Panic(panic)),
            }
        });
    }

    fn request_stop(&self, how: Shutdown, finality: Finality) {
        if how == Shutdown::Brutal {
            self.inbox.identity.pull_leash(KillCause::Requested);
        } else if let Some(ask) = &self.stop_hook {
            ask(&ActorRef(self.inbox.clone()), finality);
        } else if finality == Finality::ToBeRestarted {
            self.inbox.stop(StopKind::Restart);
        } else if matches!(how, Shutdown::Drain(_)) {
            self.inbox.stop(StopKind::Drain);
        } else {
            self.inbox.stop(StopKind::Discard);
        }
    }

    fn shut(&self) {
        self.inbox.shut();
        if let Some(spec) = &self.supervises {
            spec.shut();
        }
    }
}
