//! What the desk knows of the past, folded from the database.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, DurationMillis, Probability, UnixMillis};
use engine::forecast::{Lesson, MemberName, Panel};
use store::{ForecastFilter, ModelAnswerRow, Store, StoreError};

use super::SwarmDesk;
use crate::swarm::record::ForecastRecord;
use crate::swarm::scores::{StatedBy, SwarmScores};
use crate::swarm::settings::SwarmSettings;

/// Resolved forecasts that are learned from, the newest.
const LESSONS_MAX: u64 = 5_000;
/// Forecasts that are shown at once.
const RECENT_MAX: u64 = 200;

/// What the desk knows of the past.
pub(super) struct Past {
    panel: Panel,
    scores: Arc<SwarmScores>,
    recent: Vec<Arc<ForecastRecord>>,
    asked: BTreeMap<ConditionId, UnixMillis>,
}

impl Past {
    pub(super) async fn read(
        store: &Store,
        settings: &SwarmSettings,
        now: UnixMillis,
    ) -> Result<Self, StoreError> {
        let forecasts = store.forecasts();
        let rows = forecasts.resolved(LESSONS_MAX).await?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let mut answers: BTreeMap<String, Vec<ModelAnswerRow>> = BTreeMap::new();
        for answer in forecasts.answers(&ids).await? {
            answers.entry(answer.forecast.clone()).or_default().push(answer);
        }
        let resolved: Vec<(Arc<ForecastRecord>, StatedBy)> = rows
            .into_iter()
            .map(|row| {
                let stated = answers.get(&row.id).map_or_else(Vec::new, |rows| stated(rows));
                (Arc::new(ForecastRecord::of_row(row)), stated)
            })
            .collect();
        let mut panel = Panel::default();
        for (record, stated) in &resolved {
            if let Some(lesson) = lesson(record, stated) {
                panel.learn(&lesson);
            }
        }
        let scores = Arc::new(SwarmScores::of(&resolved));
        let page = forecasts.page(ForecastFilter::default(), None, RECENT_MAX).await?;
        let recent = page.rows.into_iter().map(|row| Arc::new(ForecastRecord::of_row(row)));
        let again_ms = i64::try_from(settings.ask_again.as_millis()).unwrap_or(i64::MAX);
        let since = now.plus(DurationMillis(-again_ms));
        let asked = forecasts.asked_since(since).await?.into_iter().collect();
        Ok(Self { panel, scores, recent: recent.collect(), asked })
    }
}

/// What each member stated: the middle of its answers, late ones included.
fn stated(answers: &[ModelAnswerRow]) -> StatedBy {
    let mut all: BTreeMap<MemberName, Vec<Probability>> = BTreeMap::new();
    for answer in answers {
        if let (Ok(member), Some(probability)) =
            (MemberName::new(&answer.member), answer.probability)
        {
            all.entry(member).or_default().push(probability);
        }
    }
    let middles = all.into_iter();
    middles.filter_map(|(member, mut all)| Some((member, Probability::median(&mut all)?))).collect()
}

/// What is learned of a forecast whose market has ended.
fn lesson(record: &ForecastRecord, stated: &StatedBy) -> Option<Lesson> {
    let (_, outcome) = record.resolved?;
    let horizon = record.closes_at.map(|end| end.since(record.asked_at));
    Some(Lesson { stated: stated.clone(), market: record.market, horizon, outcome })
}

impl SwarmDesk {
    /// Takes over what is known of the past.
    pub(super) fn remember(&mut self, past: Past) {
        let Past { panel, scores, recent, asked } = past;
        for (condition, at) in asked {
            let known = self.asked.entry(condition).or_insert(at);
            *known = (*known).max(at);
        }
        self.panel = panel;
        for record in recent.iter().rev() {
            // What is being asked is newer here than there.
            if !self.rounds.contains_key(&record.id) {
                self.outlets.board.put(record);
            }
        }
        let standings = self.panel.standings();
        self.outlets.board.change(|view| {
            view.standings = standings;
            view.scores = scores;
        });
    }
}
