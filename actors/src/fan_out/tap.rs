//! Everything that a hub says, for whoever passes it on to other processes.

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Frame;

/// The bounds of a [`Tap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TapLimits {
    /// Facts that wait.
    pub facts: usize,
    /// Distinct keys of state that wait.
    pub keys: usize,
    /// Bytes of text that wait, of both kinds together.
    pub bytes: usize,
}

impl Default for TapLimits {
    /// Enough for the facts of minutes, and for the whole venue's markets.
    fn default() -> Self {
        Self { facts: 8_192, keys: 131_072, bytes: 64 << 20 }
    }
}

/// A frame with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tapped {
    /// Its place among all that was taken, from 1. A number is left out where something was lost.
    pub place: u64,
    /// Its number, where it is a fact; otherwise that of the last fact before it.
    pub fact: u64,
    /// The frame.
    pub frame: Frame,
}

type Key = (&'static str, u64);

#[derive(Default)]
struct Waiting {
    facts: VecDeque<(u64, Frame)>,
    state: HashMap<Key, (u64, Frame)>,
    order: VecDeque<Key>,
    bytes: usize,
    place: u64,
}

/// Collects what a hub says until it is taken: facts in order, of state the newest. What has no room
/// is lost, and leaves a gap in the places.
pub struct Tap {
    limits: TapLimits,
    waiting: Mutex<Waiting>,
    filled: Notify,
}

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tap").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Tap {
    pub(super) fn new(limits: TapLimits) -> Self {
        Self { limits, waiting: Mutex::default(), filled: Notify::new() }
    }

    pub(super) fn put(&self, fact: u64, frame: &Frame) {
        let mut waiting = self.waiting.lock();
        match frame.key {
            None => waiting.put_fact(fact, frame, &self.limits),
            Some(key) => waiting.put_state((frame.kind, key), fact, frame, &self.limits),
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Waits until there is something, and takes up to `frames_max` frames: facts first, then state.
    pub async fn take(&self, frames_max: usize) -> Vec<Tapped> {
        loop {
            let taken = self.waiting.lock().take(frames_max);
            if !taken.is_empty() {
                return taken;
            }
            self.filled.notified().await;
        }
    }
}

impl Waiting {
    fn put_fact(&mut self, fact: u64, frame: &Frame, limits: &TapLimits) {
        if self.facts.len() >= limits.facts || self.bytes + frame.text.len() > limits.bytes {
            // With a gap the rest is of no use: whoever hears of it starts again.
            self.bytes -= self.facts.drain(..).map(|(_, fact)| fact.text.len()).sum::<usize>();
            self.place += 1;
            return;
        }
        self.bytes += frame.text.len();
        self.facts.push_back((fact, frame.clone()));
    }

    fn put_state(&mut self, key: Key, fact: u64, frame: &Frame, limits: &TapLimits) {
        let old = self.state.get(&key).map(|(_, frame)| frame.text.len());
        let has_room = old.is_some() || self.state.len() < limits.keys;
        let bytes = self.bytes - old.unwrap_or(0) + frame.text.len();
        if !has_room || bytes > limits.bytes {
            self.place += 1;
            return;
        }
        self.bytes = bytes;
        if self.state.insert(key, (fact, frame.clone())).is_none() {
            self.order.push_back(key);
        }
    }

    fn take(&mut self, frames_max: usize) -> Vec<Tapped> {
        let facts = self.facts.len().min(frames_max);
        let mut taken: Vec<_> = self.facts.drain(..facts).collect();
        while taken.len() < frames_max {
            let Some(key) = self.order.pop_front() else { break };
            taken.extend(self.state.remove(&key));
        }
        self.bytes -= taken.iter().map(|(_, frame)| frame.text.len()).sum::<usize>();
        let number = |(fact, frame)| {
            self.place += 1;
            Tapped { place: self.place, fact, frame }
        };
        taken.into_iter().map(number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(tap: &Tap, frames_max: usize) -> Vec<(u64, u64, String)> {
        let taken = tap.waiting.lock().take(frames_max);
        taken.into_iter().map(|it| (it.place, it.fact, it.frame.text.to_string())).collect()
    }
    fn text(place: u64, fact: u64, text: &str) -> (u64, u64, String) {
        (place, fact, text.to_owned())
    }

    #[test]
    fn facts_come_in_order_before_state_of_which_the_newest_is_left() {
        let tap = Tap::new(TapLimits::default());
        tap.put(0, &Frame::state(1, "old").of("market"));
        tap.put(1, &Frame::fact("one").of("order"));
        tap.put(1, &Frame::state(1, "new").of("market"));
        tap.put(1, &Frame::state(1, "other").of("health"));
        tap.put(2, &Frame::fact("two").of("order"));
        assert_eq!(taken(&tap, 3), [text(1, 1, "one"), text(2, 2, "two"), text(3, 1, "new")]);
        assert_eq!(taken(&tap, 3), [text(4, 1, "other")]);
        assert_eq!(tap.waiting.lock().bytes, 0);
    }

    #[test]
    fn what_has_no_room_leaves_a_gap_in_the_places() {
        let tap = Tap::new(TapLimits { facts: 2, keys: 1, bytes: 100 });
        for fact in 1..=4 {
            tap.put(fact, &Frame::fact("f").of("order"));
        }
        assert_eq!(taken(&tap, 9), [text(2, 4, "f")], "the third emptied what waited");
        tap.put(4, &Frame::state(1, "a").of("market"));
        tap.put(4, &Frame::state(2, "b").of("market"));
        assert_eq!(taken(&tap, 9), [text(4, 4, "a")]);
        tap.put(5, &Frame::fact("x".repeat(101)).of("order"));
        tap.put(6, &Frame::fact("y").of("order"));
        assert_eq!(taken(&tap, 9), [text(6, 6, "y")]);
    }
}
