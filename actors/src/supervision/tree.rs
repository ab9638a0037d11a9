//! The tree seen from outside: events, snapshot, kill by name. Nothing here asks an actor, so it
//! works while actors are stuck.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Relaxed},
};

use parking_lot::{Mutex, RwLock};
use tokio::sync::broadcast;

use super::panics;
use super::root::RootOptions;

mod event;
mod snapshot;
mod watchdog;

pub use event::{Event, EventKind};
pub(crate) use snapshot::Node;
pub use snapshot::{Handling, NodeSnapshot, Role, Status};
use watchdog::Watched;

/// Events kept for a slow reader of [`Tree::subscribe`] before it misses some.
const EVENTS_KEPT_MAX: usize = 4096;

type Hook = Arc<dyn Fn(&Event) + Send + Sync>;
type OnFrozen = Box<dyn Fn(&str) + Send + Sync>;

struct Inner {
    options: RootOptions,
    root: Arc<Node>,
    events: broadcast::Sender<Event>,
    hooks: RwLock<Vec<Hook>>,
    on_frozen: Mutex<Option<OnFrozen>>,
    watched: Mutex<Watched>,
    abandoned: AtomicU64,
    chance: AtomicU64,
}

/// A cheap, clonable view of one supervision tree.
#[derive(Clone)]
pub struct Tree(Arc<Inner>);

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tree({})", self.0.root.inbox.identity().name)
    }
}

impl Tree {
    pub(crate) fn new(options: RootOptions, root: Arc<Node>) -> Self {
        Tree(Arc::new(Inner {
            chance: AtomicU64::new(options.jitter_seed),
            options,
            root,
            events: broadcast::channel(EVENTS_KEPT_MAX).0,
            hooks: RwLock::default(),
            on_frozen: Mutex::new(None),
            watched: Mutex::new(Watched::new(panics::orphan_count())),
            abandoned: AtomicU64::new(0),
        }))
    }

    /// The state of every node, read from shared counters.
    pub fn snapshot(&self) -> NodeSnapshot {
        self.0.root.snapshot()
    }

    /// The events from now on. Never blocks the tree: a reader that is more than 4096 events
    /// behind misses the oldest and is told how many.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Calls `hook` for every event from now on, on the thread where it happens, often that of a
    /// dying actor: for counters and logs, it must not block.
    pub fn on_event(&self, hook: impl Fn(&Event) + Send + Sync + 'static) {
        self.0.hooks.write().push(Arc::new(hook));
    }

    /// Panics outside every supervised actor, since the start of the process.
    pub fn orphan_panics(&self) -> u64 {
        panics::orphan_count()
    }

    /// Threads given up because the actor on them did not come back. They cannot be freed: a
    /// number that grows is a reason to restart the process.
    pub fn abandoned_threads(&self) -> u64 {
        self.0.abandoned.load(Relaxed)
    }

    /// Ends the current incarnation of the named child, worker or supervisor, anywhere in the
    /// tree, at once and without hooks; its supervisor then does what it does after a crash. The
    /// first one in start order, where siblings of different parents share a name. False if there
    /// is no such child; the root has nobody to restart it and cannot be killed.
    pub fn kill(&self, name: &str) -> bool {
        let child = self.0.root.find_below(name);
        if let Some(child) = &child {
            child.inbox.identity().kill();
        }
        child.is_some()
    }

    pub(crate) fn options(&self) -> &RootOptions {
        &self.0.options
    }

    pub(crate) fn emit(&self, who: &Arc<str>, incarnation: u64, kind: EventKind) {
        let event = Event::now(who.clone(), incarnation, kind);
        let hooks = self.0.hooks.read().clone();
        for hook in hooks {
            if let Err(panic) = panics::guarded(|| hook(&event)) {
                tracing::error!(at = panic.location, "an event hook panicked: {}", panic.message);
            }
        }
        // an error means that nobody listens
        let _ = self.0.events.send(event);
    }

    pub(crate) fn count_abandoned(&self) {
        self.0.abandoned.fetch_add(1, Relaxed);
    }

    /// A step of splitmix64; jitter needs no more.
    pub(crate) fn random(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut x = self.0.chance.fetch_add(STEP, AcqRel).wrapping_add(STEP);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }
}
