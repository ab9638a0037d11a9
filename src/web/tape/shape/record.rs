//! What each class of whales was worth to those who would have followed.

use std::collections::BTreeMap;

use engine::whales::{ClassRecord, Horizon, MARKETS_MIN, Outcome, WhaleClass, record};
use serde::Serialize;
use store::{GradeState, OutcomeRow};
use utoipa::ToSchema;

use super::bounds;
use super::whale::class;

/// The records of all classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordView {
    /// Fewer markets than this say nothing.
    pub markets_min: usize,
    /// Each class at each horizon.
    pub classes: Vec<RecordRowView>,
    /// Grades that nobody took in time.
    pub missed: u64,
    /// Grades that are still to come.
    pub waiting: u64,
}

/// The record of one class at one horizon. Its intervals count markets, not events: events of one
/// market share its luck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordRowView {
    /// Which class.
    pub class: &'static str,
    /// Which horizon.
    pub horizon: &'static str,
    /// Graded events.
    pub events: u64,
    /// In so many markets.
    pub markets: usize,
    /// Events after which following paid.
    pub hits: u64,
    /// The share of these, 0 to 1.
    pub hit_rate: Option<String>,
    /// The lower end of its 95 per cent interval.
    pub hit_rate_low: Option<String>,
    /// The upper end.
    pub hit_rate_high: Option<String>,
    /// Profit for each dollar laid out, after fees, on average.
    pub mean_return: Option<String>,
    /// The lower end of its 95 per cent interval.
    pub mean_return_low: Option<String>,
    /// The upper end.
    pub mean_return_high: Option<String>,
    /// `not_enough`, `no_sign`, `skill` (surely above zero) or `costs` (surely below).
    pub verdict: &'static str,
    /// The same in a sentence.
    pub words: String,
}

impl RecordView {
    /// From what became of each event.
    #[must_use]
    pub fn of_rows(rows: &[OutcomeRow]) -> Self {
        let mut outcomes: BTreeMap<(WhaleClass, Horizon), Vec<Outcome>> = BTreeMap::new();
        let (mut missed, mut waiting) = (0, 0);
        for row in rows {
            let class = class(row.kind.as_str(), row.fresh);
            for (horizon, (state, return_ppm)) in Horizon::ALL.into_iter().zip(row.grades) {
                missed += u64::from(state == GradeState::Missed);
                waiting += u64::from(state == GradeState::Waiting);
                if let Some(return_ppm) = return_ppm {
                    let outcome = Outcome { condition: row.condition, return_ppm };
                    outcomes.entry((class, horizon)).or_default().push(outcome);
                }
            }
        }
        let places = WhaleClass::ALL
            .into_iter()
            .flat_map(|class| Horizon::ALL.into_iter().map(move |horizon| (class, horizon)));
        let classes = places.map(|place| {
            let of_class = outcomes.get(&place).map_or(&[][..], Vec::as_slice);
            row_view(place, &record(of_class))
        });
        Self { markets_min: MARKETS_MIN, classes: classes.collect(), missed, waiting }
    }
}

fn row_view((class, horizon): (WhaleClass, Horizon), record: &ClassRecord) -> RecordRowView {
    let [hit_rate, hit_rate_low, hit_rate_high] = bounds(record.hit_rate);
    let [mean_return, mean_return_low, mean_return_high] = bounds(record.mean_return);
    RecordRowView {
        class: class.code(),
        horizon: horizon.code(),
        events: record.events,
        markets: record.markets,
        hits: record.hits,
        hit_rate,
        hit_rate_low,
        hit_rate_high,
        mean_return,
        mean_return_low,
        mean_return_high,
        verdict: record.verdict(),
        words: words(record),
    }
}

fn words(record: &ClassRecord) -> String {
    match record.verdict() {
        "skill" => "Following these paid, beyond chance.".to_owned(),
        "costs" => "Following these lost money, beyond chance.".to_owned(),
        "no_sign" => "No sign that following these pays or costs.".to_owned(),
        _ => format!("Not enough: {} of {MARKETS_MIN} markets.", record.markets),
    }
}

#[cfg(test)]
mod tests {
    use domain::ConditionId;
    use store::Word;

    use super::*;

    #[test]
    fn every_class_has_a_row_at_every_horizon_and_says_not_enough_until_it_is() {
        let graded = (GradeState::Graded, Some(100_000));
        let row = |market: u8| OutcomeRow {
            kind: Word::new("accumulation").unwrap(),
            fresh: Some(true),
            condition: ConditionId::from_bytes([market; 32]),
            grades: [graded, (GradeState::Missed, None), (GradeState::Waiting, None)],
        };
        let few: Vec<_> = (0..29).map(row).collect();
        let view = RecordView::of_rows(&few);
        assert_eq!((view.classes.len(), view.missed, view.waiting), (12, 29, 29));
        let found = view.classes.iter().find(|it| it.events > 0).unwrap();
        assert_eq!((found.class, found.horizon), ("fresh_accumulation", "one_hour"));
        assert_eq!(found.words, "Not enough: 29 of 30 markets.");
        let enough: Vec<_> = (0..30).map(row).collect();
        let view = RecordView::of_rows(&enough);
        let found = view.classes.iter().find(|it| it.events > 0).unwrap();
        assert_eq!((found.verdict, found.mean_return.as_deref()), ("skill", Some("0.1")));
    }
}
