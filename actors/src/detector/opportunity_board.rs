//! The opportunities, open and lately closed, readable without asking the detector.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::UnixMillis;
use engine::opportunity::{CloseCause, Opportunity, OpportunityId, Watched, WatchlistEffect};
use parking_lot::RwLock;

/// Closed opportunities that are kept for showing; the store keeps all.
const CLOSED_MAX: usize = 500;

/// An opportunity with its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpportunityRecord {
    /// Its name.
    pub id: OpportunityId,
    /// As last seen.
    pub opportunity: Arc<Opportunity>,
    /// When it was last confirmed.
    pub seen_at: UnixMillis,
    /// When and why it ended.
    pub closed: Option<(UnixMillis, CloseCause)>,
}

#[derive(Debug, Default)]
struct Records {
    open: BTreeMap<OpportunityId, Arc<OpportunityRecord>>,
    closed: VecDeque<Arc<OpportunityRecord>>,
}

/// The opportunities. One writer, the detector; many readers.
#[derive(Debug, Default)]
pub struct OpportunityBoard(RwLock<Records>);

impl OpportunityBoard {
    /// Takes in a change and returns how the opportunity stands now.
    pub fn apply(&self, effect: WatchlistEffect) -> Option<Arc<OpportunityRecord>> {
        match effect {
            WatchlistEffect::Opened(watched) | WatchlistEffect::Updated(watched) => {
                let Watched { id, confirmed_at, opportunity } = watched;
                let record = Arc::new(OpportunityRecord {
                    id: id.clone(),
                    opportunity,
                    seen_at: confirmed_at,
                    closed: None,
                });
                self.0.write().open.insert(id, Arc::clone(&record));
                Some(record)
            }
            WatchlistEffect::Closed { id, at, why } => self.close(&id, at, why),
        }
    }
    /// Closes everything that is open, because whoever watched it is gone.
    pub fn close_all(&self, now: UnixMillis) -> Vec<Arc<OpportunityRecord>> {
        let ids: Vec<_> = self.0.read().open.keys().cloned().collect();
        ids.iter().filter_map(|id| self.close(id, now, CloseCause::Vanished)).collect()
    }
    fn close(
        &self,
        id: &OpportunityId,
        at: UnixMillis,
        why: CloseCause,
    ) -> Option<Arc<OpportunityRecord>> {
        let mut records = self.0.write();
        let last = records.open.remove(id)?;
        let record = Arc::new(OpportunityRecord { closed: Some((at, why)), ..(*last).clone() });
        records.closed.push_front(Arc::clone(&record));
        records.closed.truncate(CLOSED_MAX);
        Some(record)
    }
    /// What is open, by kind, subject and age.
    #[must_use]
    pub fn open(&self) -> Vec<Arc<OpportunityRecord>> {
        self.0.read().open.values().cloned().collect()
    }
    /// What closed lately, the newest first.
    #[must_use]
    pub fn closed(&self) -> Vec<Arc<OpportunityRecord>> {
        self.0.read().closed.iter().cloned().collect()
    }
}
