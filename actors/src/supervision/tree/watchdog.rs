//! Looks for actors and threads that do not answer. Runs on a plain thread of its own, because it
//! has to go on when every event loop is blocked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::thread::{self, ThreadId};

use actix_rt::{Arbiter, ArbiterHandle};

use super::snapshot::short;
use super::{EventKind, Status, Tree};
use crate::supervision::clock;
use crate::supervision::identity::Report;
use crate::supervision::inbox::AnyInbox;
use crate::supervision::panics;

/// Everything the watchdog looks at.
pub(super) struct Watched {
    actors: HashMap<u64, Weak<dyn AnyInbox>>,
    threads: HashMap<ThreadId, Beat>,
    orphans_seen: u64,
}

impl Watched {
    pub(super) fn new(orphans_seen: u64) -> Self {
        Watched { actors: HashMap::new(), threads: HashMap::new(), orphans_seen }
    }
}

/// The sign of life of a thread that hosts supervisors: it is asked to run a task.
struct Beat {
    name: Arc<str>,
    thread: ArbiterHandle,
    /// Clock milliseconds; 0: no question is open.
    asked_at: Arc<AtomicU64>,
    answered_at: Arc<AtomicU64>,
}

impl Beat {
    fn ask(&self, now_ms: u64) {
        self.asked_at.store(now_ms, Relaxed);
        let (asked_at, answered_at) = (self.asked_at.clone(), self.answered_at.clone());
        self.thread.spawn(async move {
            answered_at.store(clock::now_ms(), Relaxed);
            asked_at.store(0, Relaxed);
        });
    }
}

impl Tree {
    /// Only actors with a liveness rule are asked.
    pub(crate) fn watch(&self, inbox: &Arc<dyn AnyInbox>) {
        let identity = inbox.identity();
        if identity.pulse.liveness.is_some() {
            self.0.watched.lock().actors.insert(identity.id, Arc::downgrade(inbox));
        }
    }

    /// Watches the current thread, which hosts a supervisor: if it blocks, nobody can act for the
    /// children there, and the process had better end.
    pub(crate) fn watch_thread(&self, name: &str) {
        let Some(thread) = Arbiter::try_current() else { return };
        self.0.watched.lock().threads.entry(thread::current().id()).or_insert_with(|| Beat {
            name: name.into(),
            thread,
            asked_at: Arc::default(),
            answered_at: Arc::new(AtomicU64::new(clock::now_ms())),
        });
    }

    /// What to do when a thread that hosts supervisors is frozen; the watchdog's thread calls it.
    pub(crate) fn on_frozen(&self, act: impl Fn(&str) + Send + Sync + 'static) {
        *self.0.on_frozen.lock() = Some(Box::new(act));
    }

    #[expect(clippy::disallowed_methods, reason = "this thread has no event loop to block")]
    pub(crate) fn spawn_watchdog(&self, stop: Arc<AtomicBool>) -> std::io::Result<()> {
        let tree = self.clone();
        clock::advance();
        let watch = move || {
            while !stop.load(Relaxed) {
                tree.watchdog_pass();
                thread::sleep(tree.options().watchdog_tick);
            }
        };
        thread::Builder::new().name("watchdog".to_owned()).spawn(watch).map(drop)
    }

    fn watchdog_pass(&self) {
        let now_ms = clock::advance();
        self.report_orphans();
        for actor in self.watched_actors() {
            self.check_actor(&*actor, now_ms);
        }
        if let Some((name, for_ms)) = self.find_frozen_thread(now_ms) {
            self.emit(&name, 0, EventKind::ThreadFrozen { for_ms });
            if let Some(act) = self.0.on_frozen.lock().as_ref() {
                act(&format!("thread of `{name}` has not run a task for {for_ms} ms"));
            }
        }
    }

    fn watched_actors(&self) -> Vec<Arc<dyn AnyInbox>> {
        let mut watched = self.0.watched.lock();
        let mut alive = Vec::with_capacity(watched.actors.len());
        watched.actors.retain(|_, actor| match actor.upgrade() {
            Some(actor) => {
                alive.push(actor);
                true
            }
            None => false,
        });
        alive
    }

    fn check_actor(&self, actor: &dyn AnyInbox, now_ms: u64) {
        let identity = actor.identity();
        let pulse = &identity.pulse;
        let Some(liveness) = pulse.liveness else { return };
        if identity.status() != Status::Up {
            return;
        }
        let asked_at = pulse.asked_at.load(Relaxed);
        if asked_at == 0 {
            let silent_ms = now_ms.saturating_sub(pulse.answered_at.load(Relaxed));
            if silent_ms >= clock::millis(liveness.every) {
                pulse.asked_at.store(now_ms, Relaxed);
                identity.waker.wake();
            }
            return;
        }
        let for_ms = now_ms.saturating_sub(asked_at);
        let incarnation = identity.incarnation();
        if for_ms <= clock::millis(liveness.deadline)
            || pulse.reported.swap(incarnation, Relaxed) == incarnation
        {
            return;
        }
        let what = match actor.handling() {
            Some((message, _)) => format!("handling {}", short(message)),
            None => "not handling a message".to_owned(),
        };
        self.emit(&identity.name, incarnation, EventKind::Stuck { what: what.clone(), for_ms });
        identity.report(Report::Stuck(what));
    }

    fn find_frozen_thread(&self, now_ms: u64) -> Option<(Arc<str>, u64)> {
        let options = self.options();
        let mut watched = self.0.watched.lock();
        watched.threads.retain(|_, beat| beat.thread.alive());
        let mut frozen = None;
        for beat in watched.threads.values() {
            let asked_at = beat.asked_at.load(Relaxed);
            let silent_ms = now_ms.saturating_sub(beat.answered_at.load(Relaxed));
            if asked_at == 0 {
                if silent_ms >= clock::millis(options.thread_beat) {
                    beat.ask(now_ms);
                }
            } else if now_ms.saturating_sub(asked_at) > clock::millis(options.thread_deadline) {
                frozen = Some((beat.name.clone(), now_ms.saturating_sub(asked_at)));
                // ask again, so that this is said once per deadline
                beat.ask(now_ms);
            }
        }
        frozen
    }

    fn report_orphans(&self) {
        let seen = self.0.watched.lock().orphans_seen;
        if panics::orphan_count() == seen {
            return;
        }
        for orphan in panics::orphans_after(seen) {
            self.0.watched.lock().orphans_seen = orphan.number;
            let kind =
                EventKind::OrphanPanic { message: orphan.message, location: orphan.location };
            self.emit(&"orphan".into(), 0, kind);
        }
    }
}
