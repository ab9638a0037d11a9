//! Keeps the desk now and then, so that a start need not read the whole journal.
//!
//! What is kept is made from what is durable, by the same reading that a start does; the risk
//! manager has no part in it, and nothing waits for it.

use std::num::NonZeroU64;

use domain::UnixMillis;
use engine::risk::Limits;
use store::{AppendError, Checkpoint, Journal, LoadFrom, Store};
use thiserror::Error;

use crate::trading::reading::{KeptError, ReadError, apart, keep, read_desk};

/// Records between two kept desks where nobody says otherwise.
pub(super) const EVERY: NonZeroU64 = NonZeroU64::MIN.saturating_add(4_999);

/// When the next one is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checkpoints {
    every: NonZeroU64,
    /// The last record that is in the newest one, as far as is known.
    newest: u64,
    under_way: bool,
}

impl Checkpoints {
    pub(super) const fn new(every: NonZeroU64) -> Self {
        Self { every, newest: 0, under_way: false }
    }
    /// The journal was read, beginning at this one.
    pub(super) const fn found(&mut self, seq: u64) {
        self.newest = seq;
    }
    /// Whether one is to be made now that so much is written; then it counts as begun.
    pub(super) const fn begin(&mut self, last_seq: u64) -> bool {
        let is_due = last_seq.saturating_sub(self.newest) >= self.every.get();
        let begins = is_due && !self.under_way;
        self.under_way = self.under_way || begins;
        begins
    }
    /// It was made, or could not be: it is not tried again before as much again is written.
    pub(super) const fn over(&mut self, seq: u64) {
        self.newest = seq;
        self.under_way = false;
    }
}

#[derive(Debug, Error)]
pub(super) enum CheckpointError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Kept(#[from] KeptError),
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// Makes one of everything that is written now; returns the last record that is in it.
pub(super) async fn make(
    store: &Store,
    journal: &Journal,
    limits: &Limits,
    at: UnixMillis,
) -> Result<u64, CheckpointError> {
    let read = read_desk(store, LoadFrom::Newest, limits).await?;
    let (seq, Some(desk)) = (read.last_seq, read.desk) else { return Ok(0) };
    let body = apart(move || keep(&desk)).await??;
    let bytes = body.len();
    journal.put_checkpoint(&Checkpoint { seq, body, at }).await?;
    tracing::debug!(seq, bytes, "the desk is kept");
    Ok(seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_due_after_so_many_records_and_never_two_at_a_time() {
        let mut checkpoints = Checkpoints::new(NonZeroU64::new(100).unwrap());
        checkpoints.found(50);
        assert!(!checkpoints.begin(149));
        assert!(checkpoints.begin(150));
        assert!(!checkpoints.begin(400), "one is under way");
        checkpoints.over(160);
        assert!(!checkpoints.begin(259));
        assert!(checkpoints.begin(260));
    }
}
