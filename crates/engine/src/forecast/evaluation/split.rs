//! Where the past ends.

use domain::{DurationMillis, UnixMillis};
use serde::Serialize;

use super::Recorded;
use crate::forecast::panel::Lesson;

/// How the records were divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Split {
    /// The moment of the first record that is scored; `None` where no times are recorded, and the
    /// order of the records stands for them.
    pub cut: Option<UnixMillis>,
    /// Records before the cut.
    pub before: usize,
    /// Those among them that teach: resolved by the cut, or of unknown resolution.
    pub lessons: usize,
    /// Records that are scored.
    pub after: usize,
}

/// The two halves.
pub(super) struct Halves {
    /// In the order in which they became known.
    pub(super) lessons: Vec<Lesson>,
    pub(super) scoring: Vec<Recorded>,
}

pub(super) fn halves(mut records: Vec<Recorded>) -> (Split, Halves) {
    // Stable: without times the order of the records stays.
    records.sort_by_key(|record| record.asked_at);
    let middle = records.len() / 2;
    let cut = records.get(middle).and_then(|record| record.asked_at);
    // All records of one moment are on the same side of it.
    let begin = cut.map_or(middle, |cut| records.partition_point(|it| it.asked_at < Some(cut)));
    let scoring = records.split_off(begin);
    let known = |record: &Recorded| match (record.resolved_at, cut) {
        (Some(resolved), Some(cut)) => resolved <= cut,
        _ => true,
    };
    let before = records.len();
    records.retain(known);
    records.sort_by_key(|record| record.resolved_at.or(record.asked_at));
    let lessons: Vec<Lesson> = records.iter().map(Recorded::lesson).collect();
    let split = Split { cut, before, lessons: lessons.len(), after: scoring.len() };
    (split, Halves { lessons, scoring })
}

impl Recorded {
    /// From the question to its scheduled end.
    pub(super) fn horizon(&self) -> Option<DurationMillis> {
        Some(self.closes_at?.since(self.asked_at?))
    }
    fn lesson(&self) -> Lesson {
        Lesson {
            stated: self.stated.clone(),
            market: self.market,
            horizon: self.horizon(),
            outcome: self.outcome,
        }
    }
}
