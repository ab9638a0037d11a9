//! Addresses of actors that are described later.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context};

use super::{ActorChild, ChildSpec, Life};
use crate::supervision::ActorRef;
use crate::supervision::identity::Identity;
use crate::supervision::inbox::{Inbox, Limits};
use crate::supervision::policy::Liveness;

/// An address without an actor yet. Two roles that must know each other need one of them.
///
/// Bounds and liveness belong to the address, so they are said here and not at the actor.
pub struct Reserved<A: Actor<Context = Context<A>>> {
    name: String,
    limits: Limits,
    liveness: Option<Liveness>,
    inbox: Arc<Inbox<A>>,
}

impl<A: Actor<Context = Context<A>>> fmt::Debug for Reserved<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserved").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<A: Actor<Context = Context<A>>> Reserved<A> {
    pub(super) fn new(name: &str, limits: Limits, liveness: Option<Liveness>) -> Self {
        let inbox = Inbox::new(Identity::new(name, liveness), limits);
        Self { name: name.to_owned(), limits, liveness, inbox }
    }
    /// The bounds of its inbox. Say it before the address is given away.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self::new(&self.name, limits, self.liveness)
    }
    /// See [`ActorChild::liveness`]. Say it before the address is given away.
    #[must_use]
    pub fn liveness(self, every: Duration, deadline: Duration) -> Self {
        Self::new(&self.name, self.limits, Some(Liveness { every, deadline }))
    }
    /// The address: messages wait in it for the first start.
    #[must_use]
    pub fn address(&self) -> ActorRef<A> {
        ActorRef(self.inbox.clone())
    }
    /// Describes the actor behind the address, as [`ChildSpec::actor`] does.
    pub fn actor<F>(self, factory: F) -> ActorChild<A>
    where
        F: Fn(&mut Context<A>, &Life<A>) -> A + Send + Sync + 'static,
    {
        let child = ChildSpec::actor(&self.name, factory).limits(self.limits);
        ActorChild { liveness: self.liveness, reserved: Some(self.inbox), ..child }
    }
}
