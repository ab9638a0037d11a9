//! Four bounded lanes and the order they are served in.

use std::any::TypeId;
use std::collections::{HashMap, VecDeque};

use actix::Actor;
use actix::dev::Envelope;
use serde::Serialize;

use crate::supervision::message::Class;

/// The bounds of one inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages of [`Class::Control`].
    pub control: usize,
    /// Messages of [`Class::Critical`].
    pub critical: usize,
    /// Messages of [`Class::Normal`].
    pub normal: usize,
    /// Distinct keys of [`Class::Latest`].
    pub latest_keys: usize,
    /// Messages handled in one go before the actor lets others on its thread run; at least 1.
    pub budget: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { control: 256, critical: 4096, normal: 1024, latest_keys: 4096, budget: 64 }
    }
}

/// What happens, when an actor crashes, to messages it has not begun to handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCrash {
    /// The next incarnation handles them all.
    KeepAll,
    /// Control and critical ones are kept, the others dropped and counted: after a crash old
    /// state is worse than none.
    KeepCritical,
    /// All are dropped and counted.
    PurgeAll,
}

/// Counters of one inbox since the program's start. Every accepted message ends up in exactly one
/// of `handled`, `conflated`, `expired`, `purged`, `lost_in_handler` or is still in `depth` or at
/// hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Messages waiting now.
    pub depth: usize,
    /// Handled to the end.
    pub handled: u64,
    /// Refused because the lane was full.
    pub rejected_full: u64,
    /// Refused because the actor was down and the message asks for that.
    pub rejected_down: u64,
    /// Replaced by a newer one of the same key while waiting.
    pub conflated: u64,
    /// Dropped because the deadline of the request had passed.
    pub expired: u64,
    /// Dropped by the crash policy, or at the final stop.
    pub purged: u64,
    /// At hand when the actor crashed or was killed; never delivered twice.
    pub lost_in_handler: u64,
}

pub(super) type Key = (TypeId, u64);

pub(super) struct Entry<A: Actor> {
    pub(super) envelope: Envelope<A>,
    pub(super) name: &'static str,
    pub(super) deadline_ms: u64,
}

/// Who may come in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gate {
    Open,
    /// Control messages alone.
    Draining,
    Shut,
}

pub(super) enum Refusal {
    Full,
    Down,
    Closed,
}

/// Critical messages in a row before a lower lane gets its turn.
const CRITICAL_RUN_MAX: u8 = 32;

pub(super) struct Lanes<A: Actor> {
    limits: Limits,
    control: VecDeque<Entry<A>>,
    critical: VecDeque<Entry<A>>,
    normal: VecDeque<Entry<A>>,
    latest: HashMap<Key, Entry<A>>,
    latest_order: VecDeque<Key>,
    critical_run: u8,
    latest_turn: bool,
    /// The one incarnation that may pull; 0 is none.
    pub(super) owner: u64,
    /// The driver found nothing and waits to be woken.
    pub(super) parked: bool,
    pub(super) gate: Gate,
    pub(super) stop_when_empty: bool,
    pub(super) stop_at_once: bool,
    /// The message at hand and since when.
    pub(super) handling: Option<(&'static str, u64)>,
    pub(super) stats: Stats,
}

impl<A: Actor> Lanes<A> {
    pub(super) fn new(limits: Limits) -> Self {
        Lanes {
            limits,
            control: VecDeque::new(),
            critical: VecDeque::new(),
            normal: VecDeque::new(),
            latest: HashMap::new(),
            latest_order: VecDeque::new(),
            critical_run: 0,
            latest_turn: false,
            owner: 0,
            parked: false,
            gate: Gate::Open,
            stop_when_empty: false,
            stop_at_once: false,
            handling: None,
            stats: Stats::default(),
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.control.len() + self.critical.len() + self.normal.len() + self.latest.len()
    }

    fn is_closed_for(&self, class: Class) -> bool {
        match self.gate {
            Gate::Open => false,
            Gate::Draining => class != Class::Control,
            Gate::Shut => true,
        }
    }

    #[inline]
    pub(super) fn admit(&mut self, class: Class, key: &Key) -> Result<(), Refusal> {
        if self.is_closed_for(class) {
            return Err(Refusal::Closed);
        }
        let has_room = match class {
            Class::Control => self.control.len() < self.limits.control,
            Class::Critical => self.critical.len() < self.limits.critical,
            Class::Normal => self.normal.len() < self.limits.normal,
            Class::Latest => {
                self.latest.len() < self.limits.latest_keys || self.latest.contains_key(key)
            }
        };
        if !has_room {
            self.stats.rejected_full += 1;
            return Err(Refusal::Full);
        }
        Ok(())
    }

    pub(super) fn refuse_as_down(&mut self, class: Class) -> Result<(), Refusal> {
        if self.is_closed_for(class) {
            return Err(Refusal::Closed);
        }
        self.stats.rejected_down += 1;
        Err(Refusal::Down)
    }

    /// Gives back the entry that was replaced.
    #[inline]
    pub(super) fn insert(&mut self, class: Class, key: Key, entry: Entry<A>) -> Option<Entry<A>> {
        match class {
            Class::Control => self.control.push_back(entry),
            Class::Critical => self.critical.push_back(entry),
            Class::Normal => self.normal.push_back(entry),
            Class::Latest => {
                let replaced = self.latest.insert(key, entry);
                if replaced.is_some() {
                    self.stats.conflated += 1;
                } else {
                    self.latest_order.push_back(key);
                }
                return replaced;
            }
        }
        None
    }

    /// Control first; critical ones, but not without end; the two lower lanes in turn.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Entry<A>> {
        if let Some(entry) = self.control.pop_front() {
            return Some(entry);
        }
        if self.critical_run < CRITICAL_RUN_MAX
            && let Some(entry) = self.critical.pop_front()
        {
            self.critical_run += 1;
            return Some(entry);
        }
        self.critical_run = 0;
        self.latest_turn = !self.latest_turn;
        let entry = if self.latest_turn {
            self.next_latest().or_else(|| self.normal.pop_front())
        } else {
            self.normal.pop_front().or_else(|| self.next_latest())
        };
        entry.or_else(|| self.critical.pop_front())
    }

    fn next_latest(&mut self) -> Option<Entry<A>> {
        let key = self.latest_order.pop_front()?;
        self.latest.remove(&key)
    }

    #[inline]
    pub(super) fn settle(&mut self) {
        if self.handling.take().is_some() {
            self.stats.handled += 1;
        }
    }

    pub(super) fn purge(&mut self, on_crash: OnCrash) -> Vec<Entry<A>> {
        let mut purged = Vec::new();
        if on_crash != OnCrash::KeepAll {
            purged.extend(self.normal.drain(..));
            self.latest_order.clear();
            purged.extend(self.latest.drain().map(|(_, entry)| entry));
        }
        if on_crash == OnCrash::PurgeAll {
            purged.extend(self.critical.drain(..));
            purged.extend(self.control.drain(..));
        }
        self.stats.purged += purged.len() as u64;
        purged
    }
}
