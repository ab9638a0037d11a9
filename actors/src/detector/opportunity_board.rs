//! The opportunities, open and lately closed, readable without asking the detector.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::UnixMillis;
use engine::opportunity::{OpenRecords, OpportunityRecord, WatchlistEffect};
use parking_lot::RwLock;

/// Closed opportunities that are kept for showing; the store keeps all.
const CLOSED_MAX: usize = 500;

#[derive(Debug, Default)]
struct Records {
    open: OpenRecords,
    closed: VecDeque<Arc<OpportunityRecord>>,
}

impl Records {
    fn keep_closed(&mut self, record: &Arc<OpportunityRecord>) {
        self.closed.push_front(Arc::clone(record));
        self.closed.truncate(CLOSED_MAX);
    }
}

/// The opportunities. One writer, the detector; many readers.
#[derive(Debug, Default)]
pub struct OpportunityBoard(RwLock<Records>);

impl OpportunityBoard {
    /// Takes in a change and returns how the opportunity stands now.
    pub fn apply(&self, effect: WatchlistEffect) -> Option<Arc<OpportunityRecord>> {
        let mut records = self.0.write();
        let record = records.open.apply(effect)?;
        if record.closed.is_some() {
            records.keep_closed(&record);
        }
        Some(record)
    }
    /// Closes everything that is open, because whoever watched it is gone.
    pub fn close_all(&self, now: UnixMillis) -> Vec<Arc<OpportunityRecord>> {
        let mut records = self.0.write();
        let closed = records.open.close_all(now);
        closed.iter().for_each(|record| records.keep_closed(record));
        closed
    }
    /// What is open, by kind, subject and age.
    #[must_use]
    pub fn open(&self) -> Vec<Arc<OpportunityRecord>> {
        self.0.read().open.open().cloned().collect()
    }
    /// What closed lately, the newest first.
    #[must_use]
    pub fn closed(&self) -> Vec<Arc<OpportunityRecord>> {
        self.0.read().closed.iter().cloned().collect()
    }
}
