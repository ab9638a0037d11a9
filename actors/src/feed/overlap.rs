//! A planned reconnect without a blind window: the new connection takes over only when it has
//! stated every book, and until then its frames wait.

use bytes::Bytes;
use domain::UnixMillis;

/// Frames that may wait; more than that and the new connection is given up.
const FRAMES_MAX: usize = 20_000;
/// How long the new connection has to state its books before it takes over with those it stated.
const PATIENCE_MS: i64 = 5_000;
const SNAPSHOT_MARK: &[u8] = b"\"event_type\":\"book\"";

/// What to do with the new connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handover {
    /// Keep waiting.
    Wait,
    /// It has stated its books: let it take over.
    TakeOver,
    /// It does not come up: drop it and keep the old one.
    GiveUp,
}

/// The frames of a connection that is about to take over.
#[derive(Debug)]
pub(super) struct Overlap {
    snapshots_wanted: usize,
    snapshots_seen: usize,
    frames: Vec<Bytes>,
    opened_at: UnixMillis,
}

impl Overlap {
    /// Waits for `tokens` snapshots.
    #[must_use]
    pub(super) const fn new(tokens: usize, opened_at: UnixMillis) -> Self {
        Self { snapshots_wanted: tokens, snapshots_seen: 0, frames: Vec::new(), opened_at }
    }
    /// A frame of the new connection.
    pub(super) fn push(&mut self, frame: Bytes) {
        self.snapshots_seen += count(&frame);
        self.frames.push(frame);
    }
    /// Whether it is time.
    #[must_use]
    pub(super) fn decide(&self, now: UnixMillis) -> Handover {
        if self.frames.len() > FRAMES_MAX {
            return Handover::GiveUp;
        }
        if self.snapshots_seen >= self.snapshots_wanted {
            return Handover::TakeOver;
        }
        match now.since(self.opened_at).0 > PATIENCE_MS {
            false => Handover::Wait,
            true if self.snapshots_seen == 0 => Handover::GiveUp,
            true => Handover::TakeOver,
        }
    }
    /// The frames that waited, in order.
    #[must_use]
    pub(super) fn into_frames(self) -> Vec<Bytes> {
        self.frames
    }
}

/// Snapshots in a frame, as the venue writes them. Another spelling only makes the hand-over wait
/// for its deadline.
fn count(frame: &[u8]) -> usize {
    frame.windows(SNAPSHOT_MARK.len()).filter(|part| *part == SNAPSHOT_MARK).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshots(n: usize) -> Bytes {
        let books = vec![r#"{"asset_id":"1","event_type":"book"}"#; n].join(",");
        Bytes::from(format!("[{books}]"))
    }

    #[test]
    fn the_new_connection_takes_over_when_it_has_stated_every_book() {
        let mut overlap = Overlap::new(3, UnixMillis(0));
        overlap.push(snapshots(2));
        assert_eq!(overlap.decide(UnixMillis(100)), Handover::Wait);
        overlap.push(Bytes::from_static(b"{\"event_type\":\"price_change\"}"));
        overlap.push(snapshots(1));
        assert_eq!(overlap.decide(UnixMillis(100)), Handover::TakeOver);
        assert_eq!(overlap.into_frames().len(), 3, "nothing that waited is lost");
    }

    #[test]
    fn a_connection_that_states_nothing_is_given_up_and_the_old_one_kept() {
        let mut overlap = Overlap::new(3, UnixMillis(0));
        assert_eq!(overlap.decide(UnixMillis(5_001)), Handover::GiveUp);
        overlap.push(snapshots(1));
        assert_eq!(overlap.decide(UnixMillis(5_001)), Handover::TakeOver);
        for _ in 0..=FRAMES_MAX {
            overlap.push(Bytes::new());
        }
        assert_eq!(overlap.decide(UnixMillis(1)), Handover::GiveUp, "the wait is bounded");
    }
}
