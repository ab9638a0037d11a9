//! Reasons on their way to the keeper: few at a time, and never more waiting than a bound.

use engine::strategy::Passed;
use std::collections::VecDeque;

use crate::supervision::Handle;
use crate::trading::OpportunitiesPassed;

/// Reasons that wait.
const WAITING_MAX: usize = 1_000;
/// Reasons told at one time; with one telling in half a second that is the most that reaches the
/// database.
const TOLD_AT_ONCE: usize = 50;

/// What waits to be told.
#[derive(Debug, Default)]
pub(super) struct Passes(VecDeque<Passed>);

impl Passes {
    /// One more. Returns how many were left out for it.
    pub(super) fn push(&mut self, passed: Passed) -> u64 {
        self.0.push_back(passed);
        if self.0.len() <= WAITING_MAX {
            return 0;
        }
        self.0.pop_front();
        1
    }
    /// Tells the oldest; they stay where nobody takes them.
    pub(super) fn tell(&mut self, to: &Handle<OpportunitiesPassed>) {
        if self.0.is_empty() {
            return;
        }
        let some = self.0.len().min(TOLD_AT_ONCE);
        let oldest = self.0.drain(..some).collect();
        if let Err(error) = to.tell(OpportunitiesPassed(oldest)) {
            let OpportunitiesPassed(kept) = error.into_inner();
            for passed in kept.into_iter().rev() {
                self.0.push_front(passed);
            }
        }
    }
}
