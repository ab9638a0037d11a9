//! How frames come from a feed to the books.

use crate::board::Board;
use crate::messages::FramesArrived;
use crate::supervision::Handle;

/// Frames of a connection that the books did not take: told with the next ones that they do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Passing {
    frames_missing: u64,
}

impl Passing {
    /// Passes frames on, and shows how many; `delay_ms` is how long they were on their way here.
    pub(crate) fn pass_on(
        &mut self,
        mut batch: FramesArrived,
        delay_ms: Option<u64>,
        books: &Handle<FramesArrived>,
        board: &Board,
    ) {
        let (shard, at, count) = (batch.shard, batch.received_at, batch.frames.len() as u64);
        batch.frames_missing += self.frames_missing;
        self.frames_missing = batch.frames_missing;
        let dropped = match books.tell(batch) {
            Ok(()) => {
                self.frames_missing = 0;
                0
            }
            Err(_) => {
                self.frames_missing += count;
                count
            }
        };
        board.feed(shard, |status| {
            status.last_data_at = Some(at);
            status.frames += count;
            status.frames_dropped += dropped;
            status.delay_ms = delay_ms;
        });
    }
    /// The connection is gone, and whatever was missing of it.
    pub(crate) fn forget(&mut self) {
        self.frames_missing = 0;
    }
}
