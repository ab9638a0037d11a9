//! Child specifications.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context};

use super::address::ActorRef;
use super::identity::Identity;
use super::inbox::{Inbox, Limits, OnCrash};
use super::policy::{Backoff, Liveness, Placement, Restart, Shutdown};
use super::supervisor::{Supervisor, SupervisorSpec, Terminate};
use super::tree::{Node, Role};

mod incarnation;
mod kind;
mod life;
mod reserved;

use kind::{ActorKind, Factory, StopHook};
pub(crate) use kind::{ChildKind, Finality};
pub use life::Life;
pub use reserved::Reserved;

/// How a supervisor starts, watches, restarts and stops one child. Made by [`ChildSpec::actor`] and
/// [`ChildSpec::supervisor`].
pub struct ChildSpec {
    pub(crate) policy: Policy,
    pub(crate) kind: Arc<dyn ChildKind>,
}

impl fmt::Debug for ChildSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildSpec")
            .field("name", &self.name())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) restart: Restart,
    pub(crate) shutdown: Shutdown,
    pub(crate) backoff: Backoff,
    pub(crate) placement: Placement,
    pub(crate) on_crash: OnCrash,
    pub(crate) start: StartRule,
}

/// When a child counts as started, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StartRule {
    /// Its `started` hook has returned.
    Started { within: Duration },
    /// It has called `Life::ready`.
    Ready { within: Duration },
}

impl StartRule {
    pub(crate) fn within(self) -> Duration {
        match self {
            StartRule::Started { within } | StartRule::Ready { within } => within,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            restart: Restart::Permanent,
            shutdown: Shutdown::Drain(Duration::from_secs(5)),
            backoff: Backoff::NONE,
            placement: Placement::Inherit,
            on_crash: OnCrash::KeepCritical,
            start: StartRule::Started { within: Duration::from_secs(10) },
        }
    }
}

impl ChildSpec {
    /// An actor. The factory runs once per incarnation, on the thread the actor will run on, so
    /// that every restart begins from fresh state. Siblings need different names.
    ///
    /// Unless told otherwise: permanent, restarted at once, drained for up to 5 s at the final
    /// stop, on its supervisor's thread, keeping control and critical messages over a crash.
    pub fn actor<A, F>(name: &str, factory: F) -> ActorChild<A>
    where
        A: Actor<Context = Context<A>>,
        F: Fn(&mut Context<A>, &Life<A>) -> A + Send + Sync + 'static,
    {
        ActorChild {
            name: name.to_owned(),
            limits: Limits::default(),
            liveness: None,
            factory: Arc::new(factory),
            stop_hook: None,
            policy: Policy::default(),
            reserved: None,
        }
    }

    /// The address of an actor that is described later, for roles that know each other.
    pub fn reserve<A: Actor<Context = Context<A>>>(name: &str) -> Reserved<A> {
        Reserved::new(name, Limits::default(), None)
    }

    /// A nested supervisor, and its address for [`StartChild`](super::StartChild) and friends. The
    /// addresses of its children belong to the specification and survive its own restarts.
    pub fn supervisor(
        spec: SupervisorSpec,
        placement: Placement,
    ) -> (ChildSpec, ActorRef<Supervisor>) {
        let spec = Arc::new(spec);
        let inbox = Inbox::new(Identity::new(spec.name(), None), Limits::default());
        let node = Node::new(inbox.clone(), Role::Supervisor);
        let of_factory = (spec.clone(), node.clone());
        let kind = ActorKind::<Supervisor> {
            inbox: inbox.clone(),
            node,
            factory: Arc::new(move |_, life| {
                Supervisor::new(of_factory.0.clone(), of_factory.1.clone(), life.clone())
            }),
            stop_hook: Some(Arc::new(|supervisor, finality| {
                // refused only by a supervisor that is gone or has 256 orders waiting; the bound
                // on the whole shutdown covers both
                let _ = supervisor.tell(Terminate { finality });
            })),
            supervises: Some(spec),
            budget: Limits::default().budget,
        };
        let policy = Policy {
            placement,
            shutdown: Shutdown::Infinity,
            start: StartRule::Ready { within: Duration::from_secs(120) },
            ..Policy::default()
        };
        (ChildSpec { policy, kind: Arc::new(kind) }, ActorRef(inbox))
    }

    /// The child's name.
    pub fn name(&self) -> &str {
        &self.kind.node().inbox.identity().name
    }

    /// When it is started again; for nested supervisors, too.
    pub fn restart(mut self, restart: Restart) -> Self {
        self.policy.restart = restart;
        self
    }

    /// The delay before a restart; for nested supervisors, too.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.policy.backoff = backoff;
        self
    }
}

/// Builds one actor child; [`build`](ActorChild::build) gives the specification and the address.
pub struct ActorChild<A: Actor<Context = Context<A>>> {
    name: String,
    limits: Limits,
    liveness: Option<Liveness>,
    factory: Arc<Factory<A>>,
    stop_hook: Option<Arc<StopHook<A>>>,
    policy: Policy,
    reserved: Option<Arc<Inbox<A>>>,
}

impl<A: Actor<Context = Context<A>>> fmt::Debug for ActorChild<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorChild")
            .field("name", &self.name)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl<A: Actor<Context = Context<A>>> ActorChild<A> {
    /// When it is started again.
    pub fn restart(mut self, restart: Restart) -> Self {
        self.policy.restart = restart;
        self
    }

    /// How it is stopped.
    pub fn shutdown(mut self, shutdown: Shutdown) -> Self {
        self.policy.shutdown = shutdown;
        self
    }

    /// The delay before a restart.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.policy.backoff = backoff;
        self
    }

    /// The thread it runs on.
    pub fn placement(mut self, placement: Placement) -> Self {
        self.policy.placement = placement;
        self
    }

    /// The bounds of its inbox.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Asks it for a sign of life `every` so often; one that takes longer than `deadline` gets it
    /// killed and replaced. Give actors that may block their thread [`Placement::Dedicated`]: only
    /// a thread of its own can be replaced.
    pub fn liveness(mut self, every: Duration, deadline: Duration) -> Self {
        self.liveness = Some(Liveness { every, deadline });
        self
    }

    /// What happens to its queue when it crashes.
    pub fn on_crash(mut self, on_crash: OnCrash) -> Self {
        self.policy.on_crash = on_crash;
        self
    }

    /// It counts as started, and its next sibling is started, only after [`Life::ready`]; if that
    /// takes longer than `within`, it is killed.
    pub fn wait_ready(mut self, within: Duration) -> Self {
        self.policy.start = StartRule::Ready { within };
        self
    }

    /// Asks for an orderly stop in the actor's own terms, usually by a message of
    /// [`Class::Control`](super::Class::Control); the actor must end with `ctx.stop()` within the
    /// time of its [`Shutdown`].
    pub fn stop_with(mut self, ask: impl Fn(&ActorRef<A>) + Send + Sync + 'static) -> Self {
        self.stop_hook = Some(Arc::new(move |actor, _| ask(actor)));
        self
    }

    /// The specification, for [`SupervisorSpec::child`], and the address, which is valid from now
    /// on: messages wait in it for the first start.
    pub fn build(self) -> (ChildSpec, ActorRef<A>) {
        let (name, limits, liveness) = (&self.name, self.limits, self.liveness);
        let new = || Inbox::new(Identity::new(name, liveness), limits);
        let inbox = self.reserved.unwrap_or_else(new);
        let kind = ActorKind {
            node: Node::new(inbox.clone(), Role::Worker),
            inbox: inbox.clone(),
            factory: self.factory,
            stop_hook: self.stop_hook,
            supervises: None,
            budget: self.limits.budget.max(1),
        };
        (ChildSpec { policy: self.policy, kind: Arc::new(kind) }, ActorRef(inbox))
    }
}
