//! The last facts, for clients that were away for a moment.

use std::collections::VecDeque;

use super::Frame;

/// Numbers facts and keeps the last of them, within two bounds.
#[derive(Debug)]
pub(super) struct History {
    /// The number of the last fact; 0 before the first.
    last: u64,
    kept: VecDeque<Frame>,
    bytes: usize,
    facts_max: usize,
    bytes_max: usize,
}

impl History {
    pub(super) const fn new(facts_max: usize, bytes_max: usize) -> Self {
        Self { last: 0, kept: VecDeque::new(), bytes: 0, facts_max, bytes_max }
    }

    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    /// Numbers a fact, and keeps it; the oldest go where there is no room.
    pub(super) fn add(&mut self, fact: impl FnOnce(u64) -> Frame) -> Frame {
        self.last += 1;
        let frame = fact(self.last);
        self.bytes += frame.text.len();
        self.kept.push_back(frame.clone());
        while self.kept.len() > self.facts_max || self.bytes > self.bytes_max {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= oldest.text.len();
        }
        frame
    }

    /// Forgets what it keeps; the next one has the number after `last`.
    pub(super) fn begin_after(&mut self, last: u64) {
        self.forget();
        self.last = last;
    }

    /// Forgets what it keeps, as if it had fallen out.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }

    /// The facts after the number `since`, oldest first; `None` where one of them is gone, or where
    /// no fact of that number was told yet.
    pub(super) fn after(&self, since: u64) -> Option<impl Iterator<Item = &Frame>> {
        let missed = usize::try_from(self.last.checked_sub(since)?).ok()?;
        let first = self.kept.len().checked_sub(missed)?;
        Some(self.kept.range(first..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(history: &History, since: u64) -> Option<Vec<String>> {
        Some(history.after(since)?.map(|frame| frame.text.to_string()).collect())
    }

    #[test]
    fn what_was_missed_is_given_as_long_as_all_of_it_is_there() {
        let mut history = History::new(3, 100);
        assert_eq!(texts(&history, 0), Some(vec![]));
        for _ in 0..5 {
            history.add(|seq| Frame::fact(format!("f{seq}")));
        }
        assert_eq!(history.last(), 5);
        assert_eq!(texts(&history, 5), Some(vec![]));
        assert_eq!(texts(&history, 2), Some(vec!["f3".into(), "f4".into(), "f5".into()]));
        assert_eq!(texts(&history, 1), None, "the second is gone");
        assert_eq!(texts(&history, 6), None, "no such fact was told");
    }

    #[test]
    fn long_facts_push_the_oldest_out() {
        let mut history = History::new(9, 10);
        history.add(|_| Frame::fact("12345"));
        history.add(|_| Frame::fact("67890"));
        assert!(history.after(0).is_some());
        history.add(|_| Frame::fact("x"));
        assert_eq!(texts(&history, 1), Some(vec!["67890".into(), "x".into()]));
        assert_eq!(texts(&history, 0), None);
        history.add(|_| Frame::fact("longer than all"));
        assert_eq!(texts(&history, 4), Some(vec![]));
        assert_eq!(texts(&history, 3), None);
    }
}
