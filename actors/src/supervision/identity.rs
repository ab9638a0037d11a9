//! The part of a child that outlives its incarnations and does not depend on the actor type.

use std::sync::Arc;
use std::sync::atomic::{
    AtomicU8, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::exit::{ExitReason, KillCause};
use super::leash::Leash;
use super::policy::Liveness;
use super::tree::Status;

/// What an incarnation, or the watchdog, tells the supervisor.
pub(crate) enum Report {
    Started,
    Exited(ExitReason),
    /// It missed its liveness deadline.
    Stuck(String),
    /// Somebody pulled the kill switch; its thread may be too busy to notice.
    KillRequested,
}

/// Delivers a report of the given incarnation.
pub(crate) type Reporter = Arc<dyn Fn(u64, Report) + Send + Sync>;

/// Question and answer of the liveness check, in milliseconds of the coarse clock.
#[derive(Default)]
pub(crate) struct Pulse {
    pub(crate) liveness: Option<Liveness>,
    /// 0: no question is open.
    pub(crate) asked_at: AtomicU64,
    pub(crate) answered_at: AtomicU64,
    /// The incarnation whose silence has been reported.
    pub(crate) reported: AtomicU64,
}

pub(crate) struct Identity {
    pub(crate) name: Arc<str>,
    /// Unique in the process.
    pub(crate) id: u64,
    status: AtomicU8,
    incarnation: AtomicU64,
    restarts: AtomicU64,
    pub(crate) pulse: Pulse,
    /// Wakes whoever pulls from the inbox.
    pub(crate) waker: AtomicWaker,
    leash: Mutex<Option<Arc<Leash>>>,
    reporter: Mutex<Option<Reporter>>,
    last_exit: Mutex<Option<String>>,
    degraded: Mutex<Option<String>>,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Identity {
    pub(crate) fn new(name: &str, liveness: Option<Liveness>) -> Arc<Self> {
        Arc::new(Identity {
            name: name.into(),
            id: NEXT_ID.fetch_add(1, Relaxed),
            status: AtomicU8::new(Status::Idle.code()),
            incarnation: AtomicU64::new(0),
            restarts: AtomicU64::new(0),
            pulse: Pulse { liveness, ..Pulse::default() },
            waker: AtomicWaker::new(),
            leash: Mutex::new(None),
            reporter: Mutex::new(None),
            last_exit: Mutex::new(None),
            degraded: Mutex::new(None),
        })
    }

    pub(crate) fn status(&self) -> Status {
        Status::from_code(self.status.load(Acquire))
    }

    pub(crate) fn set_status(&self, status: Status) {
        self.status.store(status.code(), Release);
    }

    /// 0: never started.
    pub(crate) fn incarnation(&self) -> u64 {
        self.incarnation.load(Acquire)
    }

    /// From now on `Life::is_current` is false for the incarnation that was given up.
    pub(crate) fn fence(&self) {
        self.incarnation.fetch_add(1, AcqRel);
    }

    pub(crate) fn restarts(&self) -> u64 {
        self.restarts.load(Acquire)
    }

    pub(crate) fn count_restart(&self) {
        self.restarts.fetch_add(1, AcqRel);
    }

    pub(crate) fn begin(&self, incarnation: u64, leash: Arc<Leash>, reporter: Reporter) {
        self.incarnation.store(incarnation, Release);
        *self.leash.lock() = Some(leash);
        *self.reporter.lock() = Some(reporter);
        *self.degraded.lock() = None;
        self.pulse.asked_at.store(0, Relaxed);
        self.pulse.reported.store(0, Relaxed);
        self.set_status(Status::Starting);
    }

    pub(crate) fn end(&self, incarnation: u64, reason: &ExitReason) {
        if self.incarnation() == incarnation {
            self.set_status(Status::Down);
            self.note_exit(reason);
        }
    }

    pub(crate) fn note_exit(&self, reason: &ExitReason) {
        *self.last_exit.lock() = Some(reason.to_string());
    }

    pub(crate) fn last_exit(&self) -> Option<String> {
        self.last_exit.lock().clone()
    }

    pub(crate) fn degraded(&self) -> Option<String> {
        self.degraded.lock().clone()
    }

    pub(crate) fn set_degraded(&self, why: Option<String>) {
        *self.degraded.lock() = why;
    }

    pub(crate) fn leash(&self) -> Option<Arc<Leash>> {
        self.leash.lock().clone()
    }

    pub(crate) fn pull_leash(&self, cause: KillCause) {
        if let Some(leash) = self.leash() {
            leash.kill(cause);
        }
    }

    pub(crate) fn report(&self, report: Report) {
        let reporter = self.reporter.lock().clone();
        if let Some(reporter) = reporter {
            reporter(self.incarnation(), report);
        }
    }

    /// Brutal kill of the current incarnation; the supervisor sees to it that it takes effect.
    pub(crate) fn kill(&self) {
        self.pull_leash(KillCause::Requested);
        self.report(Report::KillRequested);
    }
}
