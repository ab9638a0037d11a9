//! What an actor holds of the supervision layer.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::task::Poll;

use actix::{Actor, ActorContext, Context};

use crate::supervision::address::ActorRef;
use crate::supervision::current::in_the_name_of;
use crate::supervision::exit::{ExitReason, KillCause};
use crate::supervision::inbox::Inbox;
use crate::supervision::leash::Leash;
use crate::supervision::panics::guarded;
use crate::supervision::tree::Tree;

/// The link of one incarnation to the supervision layer: given to the factory, kept by the actor.
pub struct Life<A: Actor> {
    inbox: Arc<Inbox<A>>,
    incarnation: u64,
    tree: Tree,
    leash: Arc<Leash>,
}

impl<A: Actor> Clone for Life<A> {
    fn clone(&self) -> Self {
        Life {
            inbox: self.inbox.clone(),
            incarnation: self.incarnation,
            tree: self.tree.clone(),
            leash: self.leash.clone(),
        }
    }
}

impl<A: Actor> fmt::Debug for Life<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Life({} #{})", self.inbox.identity.name, self.incarnation)
    }
}

impl<A: Actor<Context = Context<A>>> Life<A> {
    pub(super) fn new(
        inbox: Arc<Inbox<A>>,
        incarnation: u64,
        tree: Tree,
        leash: Arc<Leash>,
    ) -> Self {
        Life { inbox, incarnation, tree, leash }
    }

    /// The actor's own address.
    pub fn me(&self) -> ActorRef<A> {
        ActorRef(self.inbox.clone())
    }

    /// The tree it belongs to.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The number of this incarnation, from 1.
    pub fn incarnation(&self) -> u64 {
        self.incarnation
    }

    /// False once the incarnation has been killed or given up. A thread that hung may come back
    /// after the successor has started: ask before every effect on the outside world.
    pub fn is_current(&self) -> bool {
        self.inbox.identity.incarnation() == self.incarnation && !self.leash.is_killed()
    }

    /// For children with [`wait_ready`](super::ActorChild::wait_ready): the start is complete.
    pub fn ready(&self) {
        self.leash.set_ready();
    }

    /// Ends the incarnation as failed, with hooks and without a panic.
    pub fn fail(&self, ctx: &mut Context<A>, why: impl Into<String>) {
        self.exit(ctx, ExitReason::Error(why.into()));
    }

    pub(crate) fn exit(&self, ctx: &mut Context<A>, reason: ExitReason) {
        self.leash.set_exit_reason(reason);
        ctx.stop();
    }

    /// Alive but impaired, and why; `None` takes it back. Shown in the snapshot, restarts nothing.
    pub fn set_degraded(&self, why: Option<String>) {
        if self.is_current() {
            self.inbox.identity.set_degraded(why);
        }
    }

    /// Spawns a task on this thread that is linked to the incarnation: it is aborted with it, and
    /// its panic kills the actor.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where a task's panic is caught and blamed on its actor"
    )]
    pub fn spawn<F: Future<Output = ()> + 'static>(&self, task: F) {
        let leash = self.leash.clone();
        let name = self.inbox.identity.name.clone();
        let mut task = Box::pin(task);
        let spawned = actix_rt::spawn(std::future::poll_fn(move |cx| {
            let polled = in_the_name_of(&name, || guarded(|| task.as_mut().poll(cx)));
            polled.unwrap_or_else(|panic| {
                let what = format!("{} at {}", panic.message, panic.location);
                leash.kill(KillCause::LinkedTask(what));
                Poll::Ready(())
            })
        }));
        self.leash.link(spawned.abort_handle());
    }
}
