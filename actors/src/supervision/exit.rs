//! How an incarnation can end.

use std::backtrace::Backtrace;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// What is known about a panic.
#[derive(Clone, Debug)]
pub struct PanicReport {
    /// The panic message.
    pub message: String,
    /// `file:line:column`, empty when unknown.
    pub location: String,
    /// Captured if `RUST_BACKTRACE` is set, with its symbols *not yet resolved*: the first
    /// resolution takes some 150 ms, which must not delay the restart. Format it on another thread.
    pub backtrace: Option<Arc<Backtrace>>,
}

/// Why an incarnation ended.
#[derive(Clone, Debug)]
pub enum ExitReason {
    /// It called `ctx.stop()`.
    Normal,
    /// Its supervisor told it to stop.
    Shutdown,
    /// It gave up by [`Life::fail`](super::Life::fail).
    Error(String),
    /// A panic in a handler, a stream, a timer, a spawned future, a hook or the factory.
    Panic(PanicReport),
    /// Ended from outside, without hooks.
    Killed(KillCause),
    /// A supervisor used up its restarts, or could not start a child at boot.
    Escalated(String),
    /// Its thread's event loop was stopped or dropped under it.
    ArbiterGone,
    /// There was no thread to start it on.
    StartFailed(String),
}

/// Who ended an incarnation from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KillCause {
    /// An operator, or [`Shutdown::Brutal`](super::Shutdown::Brutal).
    Requested,
    /// It was not up in time.
    StartTimeout,
    /// It did not stop in time.
    ShutdownTimeout,
    /// It missed its liveness deadline; what it was doing.
    Stuck(String),
    /// A task of [`Life::spawn`](super::Life::spawn) panicked.
    LinkedTask(String),
    /// Its supervisor died without an orderly stop.
    SupervisorDied,
}

impl ExitReason {
    /// Anything but a stop that somebody asked for. Decides about
    /// [`Restart::Transient`](super::Restart::Transient).
    pub fn is_abnormal(&self) -> bool {
        !matches!(self, ExitReason::Normal | ExitReason::Shutdown)
    }

    /// Whether the actor can have been in the middle of a message.
    pub(crate) fn interrupts(&self) -> bool {
        matches!(self, ExitReason::Panic(_) | ExitReason::Killed(_) | ExitReason::ArbiterGone)
    }
}

impl fmt::Display for KillCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KillCause::Requested => f.write_str("on request"),
            KillCause::StartTimeout => f.write_str("it was not up in time"),
            KillCause::ShutdownTimeout => f.write_str("it did not stop in time"),
            KillCause::Stuck(what) => write!(f, "it missed its deadline while {what}"),
            KillCause::LinkedTask(what) => write!(f, "its task panicked: {what}"),
            KillCause::SupervisorDied => f.write_str("its supervisor died"),
        }
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExitReason::Normal => f.write_str("stopped by itself"),
            ExitReason::Shutdown => f.write_str("stopped in order"),
            ExitReason::Error(why) => write!(f, "error: {why}"),
            ExitReason::Panic(p) if p.location.is_empty() => write!(f, "panic: {}", p.message),
            ExitReason::Panic(p) => write!(f, "panic at {}: {}", p.location, p.message),
            ExitReason::Killed(cause) => write!(f, "killed: {cause}"),
            ExitReason::Escalated(why) => write!(f, "escalated: {why}"),
            ExitReason::ArbiterGone => f.write_str("its event loop ended"),
            ExitReason::StartFailed(why) => write!(f, "could not be started: {why}"),
        }
    }
}

impl Serialize for ExitReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
