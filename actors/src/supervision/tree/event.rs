//! What happens in a tree.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

use crate::supervision::clock;
use crate::supervision::exit::ExitReason;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Wall clock, milliseconds since 1970.
    pub at_unix_ms: u64,
    /// The child it happened to, or the thread's name for [`EventKind::ThreadFrozen`].
    #[serde(serialize_with = "as_str")]
    pub who: Arc<str>,
    /// Its incarnation; 0 where there is none.
    pub incarnation: u64,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What can happen.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// It is up.
    Started,
    /// It ended, and so many queued messages were purged by its crash policy.
    Exited {
        /// Why.
        reason: ExitReason,
        /// Messages.
        purged: usize,
    },
    /// It will be started again.
    RestartScheduled {
        /// Back-off, milliseconds.
        delay_ms: u64,
        /// Restarts in a row, from 1.
        attempt: u32,
    },
    /// The supervisor restarts several children together.
    GroupRestart {
        /// `one_for_all` or `rest_for_one`.
        strategy: &'static str,
        /// Their names in start order.
        children: Vec<String>,
    },
    /// The supervisor gives up.
    IntensityExceeded {
        /// Restarts within the window.
        restarts: usize,
        /// The window, milliseconds.
        within_ms: u64,
    },
    /// It missed its liveness deadline and will be killed.
    Stuck {
        /// What it was doing.
        what: String,
        /// Since the unanswered question, milliseconds.
        for_ms: u64,
    },
    /// Its thread did not even get to the kill switch; the incarnation was locked out.
    Abandoned {
        /// Why it was to end.
        reason: ExitReason,
        /// Messages purged by its crash policy.
        purged: usize,
    },
    /// The thread of an abandoned incarnation has come back and ended.
    AbandonedEnded,
    /// The destructor of the actor panicked.
    DropPanicked {
        /// The panic message.
        message: String,
    },
    /// A panic outside every supervised actor.
    OrphanPanic {
        /// The panic message.
        message: String,
        /// `file:line:column`.
        location: String,
    },
    /// A thread that hosts a supervisor does not run its tasks.
    ThreadFrozen {
        /// Since the unanswered question, milliseconds.
        for_ms: u64,
    },
    /// The root supervisor has ended.
    TreeEnded {
        /// Why.
        reason: ExitReason,
    },
}

impl Event {
    pub(super) fn now(who: Arc<str>, incarnation: u64, kind: EventKind) -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Event { at_unix_ms: clock::millis(since_1970), who, incarnation, kind }
    }
}

fn as_str<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}
