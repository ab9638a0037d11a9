//! What was told, so that it is told once.

use std::collections::{BTreeSet, VecDeque};

/// Beyond it the oldest is forgotten.
const KEPT_MAX: usize = 5_000;

/// Names that were seen.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: BTreeSet<Box<str>>,
    /// The same, oldest first.
    order: VecDeque<Box<str>>,
}

impl Memory {
    /// Whether the name was not seen yet; from now on it was.
    pub(super) fn is_new(&mut self, name: &str) -> bool {
        if !self.known.insert(name.into()) {
            return false;
        }
        self.order.push_back(name.into());
        if self.order.len() > KEPT_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_new_once_until_it_is_forgotten() {
        let mut memory = Memory::default();
        assert!(memory.is_new("a"));
        assert!(!memory.is_new("a"));
        for number in 0..KEPT_MAX {
            assert!(memory.is_new(&number.to_string()));
        }
        assert!(memory.is_new("a"));
    }
}
