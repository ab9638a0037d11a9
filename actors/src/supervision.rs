//! Supervision for actix actors: restarts after a panic anywhere in an actor, addresses that
//! outlive the restart, real bounds on every queue, ordered start and drained stop.
//!
//! * [`ChildSpec`] and [`SupervisorSpec`] describe the tree; [`run`] brings it up, handles SIGTERM
//!   and gives the process exit code; [`start`] does the same inside a running system.
//! * [`ActorRef`] and [`Handle`] are the addresses. They exist before the actor does, so the wiring
//!   is done by capturing them in factories; there is no registry.
//! * [`Life`] is what an actor holds of the layer: readiness, failure, linked tasks, fencing.
//! * [`Tree`] shows all of it from outside without asking any actor.
//!
//! What is guaranteed, and where the guarantee stops, is written down in `docs/runtime.md`.

#[cfg(panic = "abort")]
compile_error!(
    "supervision catches panics by unwinding: remove `panic = \"abort\"` from the profile"
);

mod address;
mod child;
pub(crate) mod clock;
mod current;
mod exit;
mod identity;
mod inbox;
mod leash;
mod message;
mod panics;
mod policy;
mod root;
mod send_error;
mod supervisor;
mod tree;

pub use address::{ActorRef, Handle};
pub use child::{ActorChild, ChildSpec, Life, Reserved};
pub use current::current_actor;
pub use exit::{ExitReason, KillCause, PanicReport};
pub use inbox::{Limits, OnCrash, Stats};
pub use message::{Class, Msg, WhileDown};
pub use policy::{Backoff, Intensity, Liveness, Placement, Restart, Shutdown, Strategy};
pub use root::{
    EXIT_ESCALATED, EXIT_FROZEN, EXIT_SECOND_SIGNAL, ExitCode, RootOptions, RunningTree, Signals,
    run, start,
};
pub use send_error::{AskError, TellError};
pub use supervisor::{
    ChildCount, CountChildren, RestartChild, StartChild, StopChild, Supervisor, SupervisorError,
    SupervisorSpec,
};
pub use tree::{Event, EventKind, Handling, NodeSnapshot, Role, Status, Tree};
