//! How the tracer stands, readable without asking.

use parking_lot::RwLock;

/// Counts since the program started, but for what is so now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TracesStatus {
    /// Opportunities that are followed now.
    pub open: usize,
    /// Opportunities that were given up or never followed because too many were open.
    pub left_out: u64,
    /// Spans that wait now.
    pub waiting: usize,
    /// Spans that the collector took.
    pub sent: u64,
    /// Spans let go, oldest first, because too many waited.
    pub dropped: u64,
    /// Spans that the collector refused, or did not take after several tries.
    pub failed: u64,
}

/// How the tracer stands. `None` where nothing is traced. Outlives each of its incarnations.
#[derive(Debug, Default)]
pub struct TracesBoard(RwLock<Option<Standing>>);

#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    /// What earlier incarnations came to.
    before: TracesStatus,
    now: TracesStatus,
}

impl TracesBoard {
    /// How it stands.
    #[must_use]
    pub fn get(&self) -> Option<TracesStatus> {
        self.0.read().map(|standing| TracesStatus {
            left_out: standing.before.left_out + standing.now.left_out,
            sent: standing.before.sent + standing.now.sent,
            dropped: standing.before.dropped + standing.now.dropped,
            failed: standing.before.failed + standing.now.failed,
            ..standing.now
        })
    }
    /// An incarnation begins, which counts from zero.
    pub fn begin(&self) {
        let before = self.get().unwrap_or_default();
        *self.0.write() = Some(Standing { before, now: TracesStatus::default() });
    }
    pub(super) fn set(&self, now: TracesStatus) {
        if let Some(standing) = self.0.write().as_mut() {
            standing.now = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_on_where_another_incarnation_begins() {
        let board = TracesBoard::default();
        assert_eq!(board.get(), None);
        board.begin();
        board.set(TracesStatus { sent: 5, open: 3, ..TracesStatus::default() });
        board.begin();
        assert_eq!(board.get().map(|it| (it.sent, it.open)), Some((5, 0)));
        board.set(TracesStatus { sent: 2, ..TracesStatus::default() });
        assert_eq!(board.get().map(|it| it.sent), Some(7));
    }
}
