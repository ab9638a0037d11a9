//! What the desk knows of the past, folded from the database.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, DurationMillis, Probability, UnixMillis, Usd};
use engine::forecast::{Lesson, MemberName, Panel};
use store::{ForecastFilter, ModelAnswerRow, Store, StoreError};

use super::SwarmDesk;
use crate::swarm::record::{ForecastRecord, ForecastStage};
use crate::swarm::scores::{Part, Resolved, SwarmScores};
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
    costs_today: Vec<(String, Usd)>,
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
        let resolved: Vec<Resolved> = rows
            .into_iter()
            .map(|row| {
                let parts = answers.get(&row.id).map_or_else(Vec::new, |rows| parts(rows));
                (Arc::new(ForecastRecord::of_row(row)), parts)
            })
            .collect();
        let mut panel = Panel::default();
        for (record, parts) in &resolved {
            if let Some(lesson) = lesson(record, parts) {
                panel.learn(&lesson);
            }
        }
        let scores = Arc::new(SwarmScores::of(&resolved));
        let page = forecasts.page(ForecastFilter::default(), None, RECENT_MAX).await?;
        let recent = page.rows.into_iter().map(|row| Arc::new(ForecastRecord::of_row(row)));
        let again_ms = i64::try_from(settings.ask_again.as_millis()).unwrap_or(i64::MAX);
        let since = now.plus(DurationMillis(-again_ms));
        let asked = forecasts.asked_since(since).await?.into_iter().collect();
        let costs_today = forecasts.costs_of_day(now).await?;
        Ok(Self { panel, scores, recent: recent.collect(), costs_today, asked })
    }
}

/// What each member stated, the middle of its answers, and what that cost; late ones included.
fn parts(answers: &[ModelAnswerRow]) -> Vec<Part> {
    let mut all: BTreeMap<MemberName, (Vec<Probability>, Usd)> = BTreeMap::new();
    for answer in answers {
        if let Ok(member) = MemberName::new(&answer.member) {
            let (stated, cost) = all.entry(member).or_default();
            stated.extend(answer.probability);
            *cost += answer.cost;
        }
    }
    let parts = all.into_iter().map(|(member, (mut stated, cost))| Part {
        member,
        stated: Probability::median(&mut stated),
        cost,
    });
    parts.collect()
}

/// What is learned of a forecast whose market has ended.
fn lesson(record: &ForecastRecord, parts: &[Part]) -> Option<Lesson> {
    let (_, outcome) = record.resolved?;
    let horizon = record.closes_at.map(|end| end.since(record.asked_at));
    let stated = parts.iter().filter_map(|part| Some((part.member.clone(), part.stated?)));
    Some(Lesson { stated: stated.collect(), market: record.market, horizon, outcome })
}

impl SwarmDesk {
    /// Counts what each model's calls of today have cost before this incarnation.
    pub(super) fn count_costs(&self, past: &Past, now: UnixMillis) {
        for (member, cost) in &past.costs_today {
            self.outlets.board.set_cost_today(member, now, *cost);
        }
    }

    /// Takes over what is known of the past.
    pub(super) fn remember(&mut self, past: Past) {
        let Past { panel, scores, recent, asked, .. } = past;
        for (condition, at) in asked {
            let known = self.asked.entry(condition).or_insert(at);
            *known = (*known).max(at);
        }
        self.panel = panel;
        for record in recent.iter().rev() {
            let newest = self.newest(record);
            self.outlets.board.put(&newest);
        }
        let standings = self.panel.standings();
        self.outlets.board.change(|view| {
            view.standings = standings;
            view.scores = scores;
        });
    }

    /// What is known here of a forecast is newer than what was written down, in all but its end: its
    /// last rows may still wait to be written.
    fn newest(&mut self, written: &Arc<ForecastRecord>) -> Arc<ForecastRecord> {
        if let Some(round) = self.rounds.get_mut(&written.id) {
            let record = Arc::make_mut(&mut round.record);
            record.resolved = record.resolved.or(written.resolved);
            return Arc::clone(&round.record);
        }
        match self.outlets.board.find(&written.id) {
            // Without a round nobody asks any more: an incarnation before this one did.
            Some(shown) if shown.stage != ForecastStage::Asking => {
                let resolved = shown.resolved.or(written.resolved);
                Arc::new(ForecastRecord { resolved, ..(*shown).clone() })
            }
            _ => Arc::clone(written),
        }
    }
}
