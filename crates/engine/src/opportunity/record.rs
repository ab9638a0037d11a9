//! An opportunity with its story, from the effects of a watchlist.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::UnixMillis;

use super::{CloseCause, Opportunity, OpportunityId, Watched, WatchlistEffect};

/// An opportunity with its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpportunityRecord {
    /// Counts every change of every opportunity, from 1: no two records have the same.
    pub revision: u64,
    /// Its name.
    pub id: OpportunityId,
    /// As last seen.
    pub opportunity: Arc<Opportunity>,
    /// When it was last confirmed.
    pub seen_at: UnixMillis,
    /// When and why it ended.
    pub closed: Option<(UnixMillis, CloseCause)>,
}

/// The records of what is open.
#[derive(Clone, Debug, Default)]
pub struct OpenRecords {
    open: BTreeMap<OpportunityId, Arc<OpportunityRecord>>,
    revision: u64,
}

impl OpenRecords {
    /// Takes in a change and returns how the opportunity stands now; `None` where something unknown
    /// ended.
    pub fn apply(&mut self, effect: WatchlistEffect) -> Option<Arc<OpportunityRecord>> {
        match effect {
            WatchlistEffect::Opened(watched) | WatchlistEffect::Updated(watched) => {
                let Watched { id, confirmed_at: seen_at, opportunity } = watched;
                let revision = self.next();
                let closed = None;
                let record =
                    OpportunityRecord { revision, id: id.clone(), opportunity, seen_at, closed };
                let record = Arc::new(record);
                self.open.insert(id, Arc::clone(&record));
                Some(record)
            }
            WatchlistEffect::Closed { id, at, why } => self.close(&id, at, why),
        }
    }
    /// Closes everything that is open, because whoever watched it is gone.
    pub fn close_all(&mut self, now: UnixMillis) -> Vec<Arc<OpportunityRecord>> {
        let ids: Vec<_> = self.open.keys().cloned().collect();
        ids.iter().filter_map(|id| self.close(id, now, CloseCause::Vanished)).collect()
    }
    /// What is open, by kind, subject and age.
    pub fn open(&self) -> impl ExactSizeIterator<Item = &Arc<OpportunityRecord>> {
        self.open.values()
    }
    /// One that is open.
    #[must_use]
    pub fn get(&self, id: &OpportunityId) -> Option<&Arc<OpportunityRecord>> {
        self.open.get(id)
    }

    fn close(
        &mut self,
        id: &OpportunityId,
        at: UnixMillis,
        why: CloseCause,
    ) -> Option<Arc<OpportunityRecord>> {
        let last = self.open.remove(id)?;
        let (revision, closed) = (self.next(), Some((at, why)));
        Some(Arc::new(OpportunityRecord { revision, closed, ..(*last).clone() }))
    }
    const fn next(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }
}
