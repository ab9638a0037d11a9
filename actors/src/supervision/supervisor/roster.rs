//! The children of one supervisor, in start order, found by key or by name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use actix::SpawnHandle;
use actix_rt::Arbiter;

use crate::supervision::child::ChildSpec;
use crate::supervision::identity::Identity;
use crate::supervision::tree::{Node, Status};

/// Place in the start order; never given twice by one supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) u64);

/// How a child came to its supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Specified,
    /// At run time; lost when the supervisor restarts.
    Added,
}

pub(super) struct Kid {
    pub(super) spec: Arc<ChildSpec>,
    pub(super) origin: Origin,
    /// The incarnation we account for.
    pub(super) incarnation: u64,
    pub(super) running: bool,
    /// Restarts in a row, for the back-off.
    pub(super) attempt: u32,
    pub(super) up_since: Instant,
    /// Its own thread, where it has one.
    pub(super) thread: Option<Arbiter>,
    /// At most one: start, back-off, shutdown or kill.
    pub(super) timer: Option<SpawnHandle>,
}

impl Kid {
    pub(super) fn new(spec: Arc<ChildSpec>, origin: Origin) -> Self {
        Kid {
            incarnation: spec.kind.node().inbox.identity().incarnation(),
            spec,
            origin,
            running: false,
            attempt: 0,
            up_since: Instant::now(),
            thread: None,
            timer: None,
        }
    }

    pub(super) fn node(&self) -> &Arc<Node> {
        self.spec.kind.node()
    }

    pub(super) fn identity(&self) -> &Arc<Identity> {
        self.node().inbox.identity()
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.identity().name
    }

    pub(super) fn set_status(&self, status: Status) {
        self.identity().set_status(status);
    }
}

#[derive(Default)]
pub(super) struct Roster {
    kids: BTreeMap<Key, Kid>,
    by_name: HashMap<Arc<str>, Key>,
    next_key: u64,
}

impl Roster {
    /// `None` if the name is taken.
    pub(super) fn enrol(&mut self, kid: Kid) -> Option<Key> {
        if self.by_name.contains_key(kid.name()) {
            return None;
        }
        self.next_key += 1;
        let key = Key(self.next_key);
        self.by_name.insert(kid.name().clone(), key);
        self.kids.insert(key, kid);
        Some(key)
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<Kid> {
        let kid = self.kids.remove(&key)?;
        self.by_name.remove(kid.name());
        Some(kid)
    }

    pub(super) fn get(&self, key: Key) -> Option<&Kid> {
        self.kids.get(&key)
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Kid> {
        self.kids.get_mut(&key)
    }

    /// The child, if this incarnation of it is the one that runs.
    pub(super) fn running(&mut self, key: Key, incarnation: u64) -> Option<&mut Kid> {
        self.get_mut(key).filter(|kid| kid.running && kid.incarnation == incarnation)
    }

    pub(super) fn key_of(&self, name: &str) -> Option<Key> {
        self.by_name.get(name).copied()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.kids.keys().copied()
    }

    /// From the given child to the last started.
    pub(super) fn from(&self, first: Key) -> impl Iterator<Item = (Key, &Kid)> {
        self.kids.range(first..).map(|(key, kid)| (*key, kid))
    }

    pub(super) fn first(&self) -> Option<Key> {
        self.kids.keys().next().copied()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Kid> {
        self.kids.values()
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Kid> {
        self.kids.values_mut()
    }
}
