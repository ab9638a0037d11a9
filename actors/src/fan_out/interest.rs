//! What one client wants to hear.

use std::collections::{BTreeMap, BTreeSet};

use super::Frame;

/// Keys that one client may name.
const KEYS_MAX: usize = 1_000;

/// A kind of frames, or those of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The kind.
    pub kind: &'static str,
    /// The key; `None` for all of the kind.
    pub key: Option<u64>,
}

/// A client named more keys than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "at most {KEYS_MAX} topics with a name of their own are possible; subscribe to the whole kind"
)]
pub struct TooManyTopics;

/// What one client wants to hear; everything, unless it says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Interest {
    chosen: Option<Chosen>,
    within: Option<&'static [&'static str]>,
}

#[derive(Clone, Debug, Default)]
struct Chosen {
    kinds: BTreeSet<&'static str>,
    keys: BTreeMap<&'static str, BTreeSet<u64>>,
}

impl Interest {
    /// Everything of these kinds, and never another, whatever the client chooses.
    #[must_use]
    pub const fn within(kinds: &'static [&'static str]) -> Self {
        Self { chosen: None, within: Some(kinds) }
    }

    /// Chooses topics. The first choice ends hearing everything.
    ///
    /// # Errors
    /// Too many keys; nothing was changed.
    pub fn choose(&mut self, topics: &[Topic]) -> Result<(), TooManyTopics> {
        let mut chosen = self.chosen.clone().unwrap_or_default();
        for topic in topics {
            match topic.key {
                None => drop(chosen.kinds.insert(topic.kind)),
                Some(key) => drop(chosen.keys.entry(topic.kind).or_default().insert(key)),
            }
        }
        if chosen.keys.values().map(BTreeSet::len).sum::<usize>() > KEYS_MAX {
            return Err(TooManyTopics);
        }
        self.chosen = Some(chosen);
        Ok(())
    }

    /// Drops topics. Of a client that heard everything, nothing is left but what it chooses next.
    pub fn drop_topics(&mut self, topics: &[Topic]) {
        let chosen = self.chosen.get_or_insert_default();
        for topic in topics {
            match topic.key {
                None => drop(chosen.kinds.remove(topic.kind)),
                Some(key) => {
                    if let Some(keys) = chosen.keys.get_mut(topic.kind) {
                        keys.remove(&key);
                    }
                }
            }
        }
    }

    /// Whether the client wants this frame.
    #[must_use]
    pub fn wants(&self, frame: &Frame) -> bool {
        if frame.kind.is_empty() {
            return true;
        }
        if self.within.is_some_and(|kinds| !kinds.contains(&frame.kind)) {
            return false;
        }
        let Some(chosen) = &self.chosen else { return true };
        let is_named = |key: u64| chosen.keys.get(frame.kind).is_some_and(|it| it.contains(&key));
        chosen.kinds.contains(frame.kind) || frame.key.is_some_and(is_named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Topic = Topic { kind: "price", key: None };

    fn price(key: u64) -> Frame {
        Frame::state(key, "p").of("price")
    }
    fn one(key: u64) -> Topic {
        Topic { kind: "price", key: Some(key) }
    }

    #[test]
    fn everything_is_heard_until_something_is_chosen_and_greetings_always() {
        let mut interest = Interest::default();
        assert!(interest.wants(&price(1)) && interest.wants(&Frame::fact("f").of("order")));
        interest.choose(&[one(1)]).unwrap();
        assert!(interest.wants(&price(1)) && !interest.wants(&price(2)));
        assert!(!interest.wants(&Frame::fact("f").of("order")));
        assert!(interest.wants(&Frame::fact("hello")));
        interest.choose(&[ALL]).unwrap();
        assert!(interest.wants(&price(2)));
        interest.drop_topics(&[ALL]);
        assert!(interest.wants(&price(1)) && !interest.wants(&price(2)));
        interest.drop_topics(&[one(1)]);
        assert!(!interest.wants(&price(1)));
    }

    #[test]
    fn a_client_that_may_hear_little_cannot_choose_more() {
        let mut interest = Interest::within(&["price"]);
        assert!(interest.wants(&price(1)) && !interest.wants(&Frame::fact("f").of("order")));
        interest.choose(&[Topic { kind: "order", key: None }]).unwrap();
        assert!(!interest.wants(&Frame::fact("f").of("order")));
    }

    #[test]
    fn the_named_topics_of_a_client_are_bounded_and_a_refusal_changes_nothing() {
        let mut interest = Interest::default();
        let many: Vec<Topic> = (0..=KEYS_MAX as u64).map(one).collect();
        assert_eq!(interest.choose(&many), Err(TooManyTopics));
        assert!(interest.wants(&Frame::fact("f").of("order")), "it still hears everything");
        interest.choose(&many[1..]).unwrap();
    }
}
