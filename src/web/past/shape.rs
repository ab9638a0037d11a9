//! Sessions, moments and decisions as they are shown.

mod decision;
mod moment;

use domain::{DurationMillis, UnixMillis};
use replay::{Key, Past, PastError, Row, RowKind, Shelf, Timeline};
use serde::Serialize;
use sessions::{Completeness, Listed};
use utoipa::ToSchema;

pub use decision::{
    DecisionThenView, EventThenView, JudgedView, LegThenView, OpportunityThenView, OrderThenView,
    PastLinkView, PriceReadView,
};
pub use moment::{
    FeedThenView, FrameView, HeldThenView, LadderThenView, LevelThenView, LimitThenView,
    MomentView, StandingView, StrategyThenView,
};

/// A session that was written to within so long is being recorded.
const RECORDING: DurationMillis = DurationMillis(5_000);

/// A recorded session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordedSessionView {
    /// Its name.
    #[schema(example = "001790586000-demo")]
    pub id: String,
    /// Its first moment, RFC 3339; null where it cannot be looked into.
    pub from: Option<String>,
    /// Its last moment.
    pub to: Option<String>,
    /// `demo`, `paper`, `live` or `record`; null where that part was deleted.
    #[schema(example = "demo")]
    pub mode: Option<String>,
    /// The version that recorded it.
    pub version: Option<String>,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Records in it.
    pub records: u64,
    /// Decisions in it.
    pub decisions: u64,
    /// `recording` or `over`.
    #[schema(example = "recording")]
    pub state: &'static str,
    /// Why it cannot be looked into; null where it can.
    #[schema(example = "null")]
    pub why_unreadable: Option<String>,
    /// Why it cannot be run again and compared decision by decision; null where it can.
    #[schema(example = "null")]
    pub why_not_comparable: Option<String>,
}

impl RecordedSessionView {
    pub(super) fn of(session: &Listed, shelf: &Shelf, version: &str, now: UnixMillis) -> Self {
        let is_recording = now.since(session.written_at) < RECORDING;
        let mut view = Self {
            id: session.name.clone(),
            from: None,
            to: None,
            mode: None,
            version: None,
            bytes: session.bytes,
            records: 0,
            decisions: 0,
            state: if is_recording { "recording" } else { "over" },
            why_unreadable: None,
            why_not_comparable: None,
        };
        match Past::open(&session.folder, shelf) {
            Ok(past) => view.tell(&past, session.completeness, version),
            Err(error) => view.why_unreadable = Some(unreadable(&error)),
        }
        view
    }

    fn tell(&mut self, past: &Past<'_>, completeness: Completeness, version: &str) {
        let summary = past.summary();
        self.from = Some(summary.from.to_rfc3339());
        self.to = Some(summary.to.to_rfc3339());
        (self.records, self.decisions) = (summary.records, summary.decisions);
        let of = summary.setup.as_ref();
        self.mode = of.map(|setup| setup.mode.clone());
        self.version = of.map(|setup| setup.version.clone());
        let why = if completeness == Completeness::Beheaded || of.is_none() {
            Some("its beginning was deleted to make room")
        } else if of.is_some_and(|setup| setup.version != version) {
            Some("another version recorded it")
        } else if of.is_some_and(|setup| setup.beginning == replay::Beginning::Later) {
            Some("it begins while the program ran")
        } else if summary.missing > 0 {
            Some("steps were left out while it was recorded")
        } else {
            None
        };
        self.why_not_comparable = why.map(str::to_owned);
    }
}

fn unreadable(error: &PastError) -> String {
    error.to_string()
}

/// What happened when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineView {
    /// Where the first bucket begins, RFC 3339.
    pub from: String,
    /// Where the last one ends.
    pub to: String,
    /// How long each bucket is, in milliseconds.
    pub bucket_ms: i64,
    /// What is counted, in the order of each bucket: frames, then the kinds of decisions.
    #[schema(example = json!(["frames", "opened"]))]
    pub counted: Vec<&'static str>,
    /// The counts of each bucket.
    #[schema(example = json!([[240, 1]]))]
    pub buckets: Vec<Vec<u64>>,
}

impl TimelineView {
    pub(super) fn of(timeline: &Timeline) -> Self {
        let kinds = RowKind::ALL.map(RowKind::code);
        Self {
            from: timeline.from.to_rfc3339(),
            to: timeline.to.to_rfc3339(),
            bucket_ms: timeline.bucket_ms,
            counted: ["frames"].into_iter().chain(kinds).collect(),
            buckets: timeline.buckets.iter().map(|counts| counts.to_vec()).collect(),
        }
    }
}

/// A name by which decisions hang together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NameView {
    /// `opportunity`, `signal`, `plan`, `order` or `task`.
    #[schema(example = "signal")]
    pub kind: &'static str,
    /// The name.
    pub id: String,
}

impl NameView {
    pub(super) fn of(key: &Key) -> Self {
        Self { kind: key.code(), id: key.to_string() }
    }
}

/// A decision in one line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowView {
    /// Its record, counted over the session from 1.
    pub record: u64,
    /// When, RFC 3339.
    pub at: String,
    /// `detector`, `desk`, or a strategy's name.
    #[schema(example = "detector")]
    pub who: String,
    /// What it came to: `opened`, `changed`, `closed`, `raised`, `passed`, `approved`, `refused`,
    /// `ordered`, `filled`, `halted`, `resumed` or `noted`.
    #[schema(example = "opened")]
    pub kind: &'static str,
    /// In short.
    pub text: String,
    /// The names by which it hangs together with others.
    pub names: Vec<NameView>,
    /// The markets (condition ids) and groups that it is about.
    #[schema(example = json!(["30829"]))]
    pub places: Vec<String>,
}

impl RowView {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            record: row.record,
            at: row.at.to_rfc3339(),
            who: row.who.clone(),
            kind: row.kind.code(),
            text: row.text.clone(),
            names: row.keys.iter().map(NameView::of).collect(),
            places: row.places.iter().map(ToString::to_string).collect(),
        }
    }
}
