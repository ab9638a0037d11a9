//! What each role last said about itself, readable without asking anybody.
//!
//! Each part has one writer. Readers (the web front, metrics) never wait for an actor, so the board
//! answers while the roles it reports on are stuck or down.

use std::collections::BTreeMap;

use domain::UnixMillis;
use engine::funnel::Funnel;
use engine::opportunity::OpportunityKind;
use parking_lot::RwLock;

use crate::latency::Latency;
use crate::traces::TracesBoard;

/// What a feed's connection is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeedState {
    /// It has nothing to watch.
    #[default]
    Idle,
    /// It is opening a connection or waiting to try again.
    Connecting,
    /// Data arrives.
    Live,
    /// The connection is open, but carries no data.
    Silent,
    /// The connection is gone.
    Down,
}

impl FeedState {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Silent => "silent",
            Self::Down => "down",
        }
    }
    /// From that name; what is not known is taken for down.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        let all = [Self::Idle, Self::Connecting, Self::Live, Self::Silent, Self::Down];
        all.into_iter().find(|state| state.code() == code).unwrap_or(Self::Down)
    }
}

/// One feed's connection.
#[derive(Clone, Debug, Default)]
pub struct FeedStatus {
    /// What it is doing.
    pub state: FeedState,
    /// How many tokens it watches.
    pub tokens: usize,
    /// When the last data came.
    pub last_data_at: Option<UnixMillis>,
    /// Frames since the program started.
    pub frames: u64,
    /// Frames dropped because the books could not keep up.
    pub frames_dropped: u64,
    /// Connections opened after the first.
    pub reconnects: u64,
    /// Silences found by the watchdog.
    pub silences: u64,
    /// Why the last connection ended.
    pub last_error: Option<String>,
    /// How long what came last was on its way from the venue's socket, milliseconds; `None` where the
    /// socket is this process's own.
    pub delay_ms: Option<u64>,
}

/// How many books are in which state, and what the looks at their touches came to.
#[derive(Clone, Debug, Default)]
pub struct BooksStatus {
    /// Continuous since their snapshot.
    pub trusted: usize,
    /// Contradictory.
    pub suspect: usize,
    /// Unconfirmed.
    pub stale: usize,
    /// Without a first snapshot.
    pub waiting: usize,
    /// Looks at the touch.
    pub screen: Funnel,
    /// Frames applied.
    pub frames: u64,
    /// Frames that the fast scanner left to the general parser.
    pub frames_fallback: u64,
    /// Frames that could not be read.
    pub frames_refused: u64,
    /// Events of a kind that is not known.
    pub events_unknown: u64,
    /// Books compared with REST: equal, and different.
    pub cross_checks_agree: u64,
    /// Books that REST stated differently.
    pub cross_checks_differ: u64,
    /// Snapshots asked for again.
    pub resyncs: u64,
}

/// What the detector found.
#[derive(Clone, Debug, Default)]
pub struct DetectorStatus {
    /// Looks into the depth.
    pub depth: Funnel,
    /// Opportunities seen since the program started.
    pub found: u64,
    /// The same by kind.
    pub found_by_kind: BTreeMap<OpportunityKind, u64>,
    /// Open now.
    pub open: usize,
}

/// How a collector's last run ended.
#[derive(Clone, Debug, Default)]
pub struct CollectorStatus {
    /// When the last run ended.
    pub last_run_at: Option<UnixMillis>,
    /// How long it took.
    pub took_ms: i64,
    /// What it did, where it succeeded.
    pub result: Option<CollectorResult>,
    /// Why it failed, where it did.
    pub error: Option<String>,
}

/// What a collector's run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CollectorResult {
    /// New.
    pub added: usize,
    /// Different from before.
    pub changed: usize,
    /// Gone or ended.
    pub closed: usize,
    /// Not readable.
    pub failed: usize,
    /// Known after the run.
    pub total: usize,
}

/// How the store is doing.
#[derive(Clone, Debug, Default)]
pub struct StoreStatus {
    /// Whether the last write succeeded.
    pub up: bool,
    /// Rows waiting to be written.
    pub queued: usize,
    /// Rows written since the program started.
    pub written: u64,
    /// Market rows left out because the queue was full.
    pub dropped: u64,
    /// Why the last write failed.
    pub last_error: Option<String>,
    /// Everything that was to be written before this moment is; `None` where nothing waits.
    pub written_up_to: Option<UnixMillis>,
}

/// Everything that the roles last said about themselves.
#[derive(Debug, Default)]
pub struct Board {
    feeds: RwLock<BTreeMap<u16, FeedStatus>>,
    books: RwLock<BooksStatus>,
    frames_took: Latency,
    detector: RwLock<DetectorStatus>,
    collectors: RwLock<BTreeMap<&'static str, CollectorStatus>>,
    store: RwLock<StoreStatus>,
    traces: TracesBoard,
}

impl Board {
    /// Changes one feed's part.
    pub fn feed(&self, shard: u16, change: impl FnOnce(&mut FeedStatus)) {
        change(self.feeds.write().entry(shard).or_default());
    }
    /// Every feed's part, by shard.
    #[must_use]
    pub fn feeds(&self) -> Vec<(u16, FeedStatus)> {
        self.feeds.read().iter().map(|(shard, status)| (*shard, status.clone())).collect()
    }
    /// When data last came from any feed that watches something.
    #[must_use]
    pub fn last_data_at(&self) -> Option<UnixMillis> {
        self.feeds.read().values().filter_map(|feed| feed.last_data_at).max()
    }
    /// Changes the books' part.
    pub fn set_books(&self, change: impl FnOnce(&mut BooksStatus)) {
        change(&mut self.books.write());
    }
    /// The books' part.
    #[must_use]
    pub fn books(&self) -> BooksStatus {
        self.books.read().clone()
    }
    /// From a frame's arrival to the books that hold it.
    #[must_use]
    pub const fn frames_took(&self) -> &Latency {
        &self.frames_took
    }
    /// Changes the detector's part.
    pub fn set_detector(&self, change: impl FnOnce(&mut DetectorStatus)) {
        change(&mut self.detector.write());
    }
    /// The detector's part.
    #[must_use]
    pub fn detector(&self) -> DetectorStatus {
        self.detector.read().clone()
    }
    /// Replaces one collector's part.
    pub fn set_collector(&self, name: &'static str, status: CollectorStatus) {
        self.collectors.write().insert(name, status);
    }
    /// Every collector's part, by name.
    #[must_use]
    pub fn collectors(&self) -> Vec<(&'static str, CollectorStatus)> {
        self.collectors.read().iter().map(|(name, status)| (*name, status.clone())).collect()
    }
    /// The tracer's part.
    #[must_use]
    pub const fn traces(&self) -> &TracesBoard {
        &self.traces
    }
    /// Changes the store's part.
    pub fn set_store(&self, change: impl FnOnce(&mut StoreStatus)) {
        change(&mut self.store.write());
    }
    /// The store's part.
    #[must_use]
    pub fn store(&self) -> StoreStatus {
        self.store.read().clone()
    }
}
