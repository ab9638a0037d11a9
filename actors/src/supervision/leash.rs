//! What holds one incarnation: its kill switch, its linked tasks, its own words at the end.

use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Release},
};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use tokio::task::AbortHandle;

use super::exit::{ExitReason, KillCause};

/// One per incarnation, so that an incarnation that was given up cannot speak for its successor.
pub(crate) struct Leash {
    killed: AtomicBool,
    cause: Mutex<Option<KillCause>>,
    /// Wakes the incarnation's task, which looks at the kill switch first.
    pub(crate) waker: AtomicWaker,
    exit_reason: Mutex<Option<ExitReason>>,
    tasks: Mutex<Vec<AbortHandle>>,
    ready: AtomicBool,
    abandoned: AtomicBool,
    ended: AtomicBool,
}

impl Leash {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Leash {
            killed: AtomicBool::new(false),
            cause: Mutex::new(None),
            waker: AtomicWaker::new(),
            exit_reason: Mutex::new(None),
            tasks: Mutex::new(Vec::new()),
            ready: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        })
    }

    /// The first cause stands.
    pub(crate) fn kill(&self, cause: KillCause) {
        self.cause.lock().get_or_insert(cause);
        self.killed.store(true, Release);
        self.waker.wake();
    }

    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(Acquire)
    }

    pub(crate) fn kill_reason(&self) -> Option<ExitReason> {
        if !self.is_killed() {
            return None;
        }
        self.cause.lock().clone().map(ExitReason::Killed)
    }

    /// The last word stands: an actor that fails while it is being stopped has failed.
    pub(crate) fn set_exit_reason(&self, reason: ExitReason) {
        *self.exit_reason.lock() = Some(reason);
    }

    /// For the driver: an actor's own word goes before the supervisor's order.
    pub(crate) fn default_exit_reason(&self, reason: ExitReason) {
        self.exit_reason.lock().get_or_insert(reason);
    }

    pub(crate) fn take_exit_reason(&self) -> ExitReason {
        self.exit_reason.lock().take().unwrap_or(ExitReason::Normal)
    }

    pub(crate) fn link(&self, task: AbortHandle) {
        let mut tasks = self.tasks.lock();
        tasks.retain(|task| !task.is_finished());
        tasks.push(task);
    }

    pub(crate) fn abort_tasks(&self) {
        for task in self.tasks.lock().drain(..) {
            task.abort();
        }
    }

    pub(crate) fn set_ready(&self) {
        self.ready.store(true, Release);
        self.waker.wake();
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Acquire)
    }

    /// Given up: its thread does not even get to the kill switch.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Release);
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Acquire)
    }

    pub(crate) fn set_ended(&self) {
        self.ended.store(true, Release);
    }

    /// No code of the incarnation runs any more, or nobody waits for it to end.
    pub(crate) fn is_over(&self) -> bool {
        self.ended.load(Acquire) || self.is_abandoned()
    }
}
