//! Looks back into a session, recorded or being recorded: what happened when, what was decided, and
//! how books and desk stood at that moment.
//!
//! Nothing is run again. A moment is put together from at most about a minute of the session before
//! it, in which every watched book and the desk were stated as they stood.

mod decisions;
mod links;
mod moment;
mod stage;
mod window;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::UnixMillis;
use engine::universe::Watched;
use sessions::{Format, SessionError, segment_files};
use thiserror::Error;

use crate::index::{COUNTED, Indexed, Row, Shelf, decided};
use crate::step::{Fact, Setup, Step};

pub use decisions::{Filter, Found, Way, place_of};
pub use links::Link;
pub use moment::{DecisionThen, MomentThen, Place};
pub use stage::{FrameThen, LadderThen};

/// Buckets of a timeline.
pub const BUCKETS_MAX: usize = 2_000;

/// Why a session cannot be looked into.
#[derive(Debug, Error)]
pub enum PastError {
    /// Its files.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// It was recorded before decisions were written down whole.
    #[error(
        "the session was recorded by an older version, which wrote down no more than fingerprints"
    )]
    TooOld,
    /// It holds nothing.
    #[error("the session holds nothing yet")]
    Empty,
    /// There is no decision with that number.
    #[error("record {0} is no decision of this session")]
    NoDecision(u64),
    /// A record cannot be read.
    #[error("record {number} makes no sense: {why}")]
    Senseless {
        /// Which.
        number: u64,
        /// Why.
        why: String,
    },
}

/// A session to look back into, as it is now.
#[derive(Debug)]
pub struct Past<'a> {
    folder: PathBuf,
    shelf: &'a Shelf,
    segments: Vec<Indexed>,
    from: UnixMillis,
    to: UnixMillis,
}

/// A session in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The first moment that is there.
    pub from: UnixMillis,
    /// The last moment.
    pub to: UnixMillis,
    /// How the program was set up; `None` where that part was deleted.
    pub setup: Option<Setup>,
    /// Records.
    pub records: u64,
    /// Decisions.
    pub decisions: u64,
    /// Steps that found no room when they were recorded.
    pub missing: u64,
}

/// What happened when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Where the first bucket begins.
    pub from: UnixMillis,
    /// Where the last one ends.
    pub to: UnixMillis,
    /// How long each is, milliseconds.
    pub bucket_ms: i64,
    /// Frames, then each kind of decision, in each bucket.
    pub buckets: Vec<[u64; COUNTED]>,
}

impl<'a> Past<'a> {
    /// Opens the session of a folder. The index of each segment is read or made.
    ///
    /// # Errors
    /// It is of an older version, damaged or empty, or the file system refuses.
    pub fn open(folder: &Path, shelf: &'a Shelf) -> Result<Self, PastError> {
        Self::read(folder, shelf).or_else(|error| match error {
            // A segment was sealed or deleted between listing and reading it.
            PastError::Session(SessionError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                Self::read(folder, shelf)
            }
            error => Err(error),
        })
    }

    fn read(folder: &Path, shelf: &'a Shelf) -> Result<Self, PastError> {
        let files = segment_files(folder)?;
        let first = files.first().ok_or(PastError::Empty)?;
        if first.head()?.format == Format::One {
            return Err(PastError::TooOld);
        }
        let indexed = files.into_iter().map(|file| shelf.index(folder, file));
        let segments = indexed.collect::<Result<Vec<_>, _>>()?;
        let from = segments.iter().filter_map(|it| it.index.from).min();
        let to = segments.iter().filter_map(|it| it.index.to).max();
        let (from, to) = from.zip(to).ok_or(PastError::Empty)?;
        Ok(Self { folder: folder.to_owned(), shelf, segments, from, to })
    }

    /// The session in short.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let indexes = || self.segments.iter().map(|it| &it.index);
        Summary {
            from: self.from,
            to: self.to,
            setup: indexes().find_map(|it| it.setup.clone()),
            records: indexes().map(|it| it.records).sum(),
            decisions: indexes().map(|it| it.rows.len() as u64).sum(),
            missing: indexes().map(|it| it.missing).sum(),
        }
    }

    /// What happened from one moment to before another, in at most so many buckets of whole seconds.
    #[must_use]
    pub fn timeline(&self, from: UnixMillis, to: UnixMillis, buckets: usize) -> Timeline {
        let buckets = i64::try_from(buckets.clamp(1, BUCKETS_MAX)).unwrap_or(1);
        let (first, end) = (from.0.div_euclid(1_000), to.0.div_euclid(1_000).saturating_add(1));
        let seconds = end.saturating_sub(first).max(1);
        let width = seconds.saturating_add(buckets - 1) / buckets;
        let count = seconds.saturating_add(width - 1) / width;
        let mut counted = vec![[0; COUNTED]; usize::try_from(count).unwrap_or(0)];
        for index in self.segments.iter().map(|it| &it.index) {
            for (second, counts) in index.seconds.range(first..end) {
                let at = usize::try_from((second - first) / width).unwrap_or(usize::MAX);
                let Some(bucket) = counted.get_mut(at) else { continue };
                bucket.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(*count));
            }
        }
        Timeline {
            from: UnixMillis(first * 1_000),
            to: UnixMillis((first + width * count) * 1_000),
            bucket_ms: width * 1_000,
            buckets: counted,
        }
    }

    fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.segments.iter().flat_map(|it| &it.index.rows)
    }

    /// A decision's line.
    fn row(&self, record: u64) -> Result<&Row, PastError> {
        let rows = &self.segment_of(record).ok_or(PastError::NoDecision(record))?.index.rows;
        let at = rows.binary_search_by_key(&record, |row| row.record);
        at.ok().and_then(|at| rows.get(at)).ok_or(PastError::NoDecision(record))
    }

    fn segment_of(&self, record: u64) -> Option<&Indexed> {
        let later = self.segments.partition_point(|it| it.index.first_record <= record);
        let segment = self.segments.get(later.checked_sub(1)?)?;
        (record < segment.index.end()).then_some(segment)
    }

    /// One step, read from its block.
    fn step(&self, record: u64) -> Result<Step, PastError> {
        let none = || PastError::NoDecision(record);
        let segment = self.segment_of(record).ok_or_else(none)?;
        let block = segment.index.block_of(record).ok_or_else(none)?;
        let skipped = usize::try_from(record - block.record).unwrap_or(usize::MAX);
        let mut records = segment.file.records_from(block.offset)?.skip(skipped);
        let found = records.next().ok_or_else(none)??;
        serde_json::from_slice(&found.payload)
            .map_err(|error| PastError::Senseless { number: record, why: error.to_string() })
    }

    /// What was decided on one record, whole.
    fn exhibit(&self, record: u64) -> Result<Option<crate::Exhibit>, PastError> {
        let step = self.step(record)?;
        Ok(decided(&step).and_then(|(_, decision)| decision.what.as_deref().cloned()))
    }

    /// What was watched when that record was written; nothing where the session does not say.
    fn plan(&self, record: u64) -> Result<Arc<Watched>, PastError> {
        let plans = self.segments.iter().flat_map(|it| &it.index.plans);
        let Some(newest) = plans.copied().take_while(|plan| *plan <= record).last() else {
            return Ok(Arc::default());
        };
        if let Some(plan) = self.shelf.plan(&self.folder, newest) {
            return Ok(plan);
        }
        let Step::World { facts } = self.step(newest)? else { return Ok(Arc::default()) };
        let plan = facts.into_iter().find_map(|fact| match fact {
            Fact::Plan { markets, groups, shards, .. } => {
                let markets = markets.into_iter().map(Arc::new);
                let groups = groups.into_iter().map(Arc::new);
                Some(Arc::new(Watched::new(markets, groups, shards)))
            }
            _ => None,
        });
        let plan = plan.unwrap_or_default();
        self.shelf.keep_plan(&self.folder, newest, &plan);
        Ok(plan)
    }
}

/// When each feed last brought something, by shard.
pub type Feeds = BTreeMap<u16, UnixMillis>;
