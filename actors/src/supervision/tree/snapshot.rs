//! The state of the tree at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;
use serde::Serialize;

use crate::supervision::clock;
use crate::supervision::inbox::{AnyInbox, Stats};
use crate::supervision::supervisor::Key;

/// Where a child is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Never started.
    Idle,
    /// Being started.
    Starting,
    /// At work.
    Up,
    /// Told to stop.
    Stopping,
    /// Not running; others decide what comes next.
    Down,
    /// Waiting for its restart.
    Backoff,
    /// Not to be started again.
    Done,
}

impl Status {
    const ALL: [Status; 7] = [
        Status::Idle,
        Status::Starting,
        Status::Up,
        Status::Stopping,
        Status::Down,
        Status::Backoff,
        Status::Done,
    ];

    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or(Status::Down)
    }
}

/// What a node of the tree is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Keeps others alive.
    Supervisor,
    /// Does the work.
    Worker,
}

/// A message being handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handling {
    /// Its type, without the path.
    pub message: String,
    /// For so long, milliseconds (as precise as the watchdog's tick).
    pub for_ms: u64,
}

/// One node and everything below it.
#[derive(Clone, Debug, Serialize)]
pub struct NodeSnapshot {
    /// The child's name.
    pub name: String,
    /// Supervisor or worker.
    pub role: Role,
    /// Where it is in its life.
    pub status: Status,
    /// Alive but impaired: why.
    pub degraded: Option<String>,
    /// Number of the current incarnation; 0 if it was never started.
    pub incarnation: u64,
    /// Restarts after an end of its own.
    pub restarts: u64,
    /// Why the incarnation before ended.
    pub last_exit: Option<String>,
    /// The message at hand.
    pub handling: Option<Handling>,
    /// Its inbox.
    pub queue: Stats,
    /// In start order.
    pub children: Vec<NodeSnapshot>,
}

impl NodeSnapshot {
    /// Up and unimpaired all the way down; children that have finished do not count.
    pub fn is_healthy(&self) -> bool {
        self.status == Status::Done
            || (self.status == Status::Up
                && self.degraded.is_none()
                && self.children.iter().all(NodeSnapshot::is_healthy))
    }

    /// The first node of that name, this one included, parents before children.
    pub fn find(&self, name: &str) -> Option<&NodeSnapshot> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// A place in the tree; belongs to the specification, so it outlives every incarnation.
pub(crate) struct Node {
    pub(crate) inbox: Arc<dyn AnyInbox>,
    role: Role,
    children: RwLock<BTreeMap<Key, Arc<Node>>>,
}

impl Node {
    pub(crate) fn new(inbox: Arc<dyn AnyInbox>, role: Role) -> Arc<Self> {
        Arc::new(Node { inbox, role, children: RwLock::default() })
    }

    pub(crate) fn add_child(&self, key: Key, child: Arc<Node>) {
        self.children.write().insert(key, child);
    }

    pub(crate) fn remove_child(&self, key: Key) {
        self.children.write().remove(&key);
    }

    pub(crate) fn clear_children(&self) {
        self.children.write().clear();
    }

    /// The first node of that name among the descendants.
    pub(super) fn find_below(&self, name: &str) -> Option<Arc<Node>> {
        self.children.read().values().find_map(|child| {
            if &*child.inbox.identity().name == name {
                return Some(child.clone());
            }
            child.find_below(name)
        })
    }

    pub(super) fn snapshot(&self) -> NodeSnapshot {
        let identity = self.inbox.identity();
        let handling = self.inbox.handling().map(|(type_name, since_ms)| Handling {
            message: short(type_name),
            for_ms: clock::now_ms().saturating_sub(since_ms),
        });
        NodeSnapshot {
            name: identity.name.to_string(),
            role: self.role,
            status: identity.status(),
            degraded: identity.degraded(),
            incarnation: identity.incarnation(),
            restarts: identity.restarts(),
            last_exit: identity.last_exit(),
            handling,
            queue: self.inbox.stats(),
            children: self.children.read().values().map(|child| child.snapshot()).collect(),
        }
    }
}

/// A type's name without the paths: `a::b::Of<c::D>` is `Of<D>`.
pub(super) fn short(type_name: &str) -> String {
    let mut short = String::new();
    for part in type_name.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
    {
        short.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_lose_their_paths() {
        assert_eq!(short("alloc::vec::Vec<crate_a::b::Thing>"), "Vec<Thing>");
        assert_eq!(short("Plain"), "Plain");
        assert_eq!(short("(a::B, c::D)"), "(B, D)");
    }

    #[test]
    fn status_codes_come_back_as_the_status() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), status);
        }
    }
}
