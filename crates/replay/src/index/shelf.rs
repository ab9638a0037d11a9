//! Indexes that were read, kept for whoever asks next.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::universe::Watched;
use sessions::{Followed, Form, SegmentFile, SessionError};

use super::{SegmentIndex, of_sealed};

/// Segments whose index is kept; a day of a busy service has about two hundred. Beyond that the one
/// that was asked for the longest time ago goes first.
const KEPT_MAX: usize = 512;
/// Sets of watched markets that are kept.
const PLANS_MAX: usize = 4;

/// A segment with its index.
#[derive(Clone, Debug)]
pub struct Indexed {
    /// The segment.
    pub file: SegmentFile,
    /// What it holds.
    pub index: Arc<SegmentIndex>,
}

/// Keeps indexes in memory. One for all who read.
#[derive(Debug, Default)]
pub struct Shelf {
    indexes: Mutex<Kept>,
    plans: Mutex<VecDeque<(PathBuf, u64, Arc<Watched>)>>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: BTreeMap<(PathBuf, u32), Entry>,
    asked: u64,
}

#[derive(Debug)]
struct Entry {
    asked: u64,
    slot: Arc<Mutex<Slot>>,
}

#[derive(Debug, Default)]
struct Slot {
    index: Option<Arc<SegmentIndex>>,
    /// Up to where an open segment was followed; `None` of one that never changes again.
    followed: Option<Followed>,
}

impl Shelf {
    /// The index of a segment, as it is now.
    ///
    /// # Errors
    /// The segment is damaged, or the file system refuses.
    pub fn index(&self, folder: &Path, file: SegmentFile) -> Result<Indexed, SessionError> {
        let slot = self.slot(folder, file.number);
        // Whoever asks for the same segment at once waits, and finds it made.
        let mut slot = held(&slot);
        let index = match file.form {
            Form::Sealed => slot.sealed(folder, &file)?,
            Form::Open => slot.open(&file)?,
        };
        Ok(Indexed { file, index })
    }

    /// What is watched from that record on, where it was read before.
    pub(crate) fn plan(&self, folder: &Path, record: u64) -> Option<Arc<Watched>> {
        let plans = held(&self.plans);
        let found = plans.iter().find(|(of, at, _)| of == folder && *at == record);
        found.map(|(_, _, plan)| Arc::clone(plan))
    }
    /// Keeps what is watched from that record on.
    pub(crate) fn keep_plan(&self, folder: &Path, record: u64, plan: &Arc<Watched>) {
        let mut plans = held(&self.plans);
        plans.push_front((folder.to_owned(), record, Arc::clone(plan)));
        plans.truncate(PLANS_MAX);
    }

    fn slot(&self, folder: &Path, number: u32) -> Arc<Mutex<Slot>> {
        let mut kept = held(&self.indexes);
        kept.asked += 1;
        let asked = kept.asked;
        if kept.entries.len() >= KEPT_MAX
            && let Some(oldest) = kept.entries.iter().min_by_key(|(_, entry)| entry.asked)
        {
            let oldest = oldest.0.clone();
            kept.entries.remove(&oldest);
        }
        let entry = kept.entries.entry((folder.to_owned(), number));
        let entry = entry.or_insert_with(|| Entry { asked, slot: Arc::default() });
        entry.asked = asked;
        Arc::clone(&entry.slot)
    }
}

impl Slot {
    fn sealed(
        &mut self,
        folder: &Path,
        file: &SegmentFile,
    ) -> Result<Arc<SegmentIndex>, SessionError> {
        match (&self.index, self.followed) {
            (Some(index), None) => Ok(Arc::clone(index)),
            _ => {
                let index = Arc::new(of_sealed(folder, file)?);
                *self = Self { index: Some(Arc::clone(&index)), followed: None };
                Ok(index)
            }
        }
    }
    fn open(&mut self, file: &SegmentFile) -> Result<Arc<SegmentIndex>, SessionError> {
        let (index, followed) = match (self.index.take(), self.followed) {
            (Some(index), Some(followed)) => (index, followed),
            _ => (Arc::new(SegmentIndex::new(&file.head()?)), Followed::default()),
        };
        let mut index = index;
        // Copied only while somebody else still reads what it was before.
        let followed = file.follow(followed, Arc::make_mut(&mut index))?;
        *self = Self { index: Some(Arc::clone(&index)), followed: Some(followed) };
        Ok(index)
    }
}

/// What a panic left half done is made anew: nothing here is believed that was not finished.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
