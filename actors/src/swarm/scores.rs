//! How good the swarm's forecasts were.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{ConditionId, Probability, Usd};
use engine::forecast::{Cost, MemberName, Report, Score, Scored, Seed, Skill, score, skill};
use engine::strategy::TrackRecord;

use super::record::ForecastRecord;

/// The same forecasts give the same intervals, at every start and on every machine.
const SEED: u64 = 20_261_121;

/// One part of what was forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryScore {
    /// Which. From outside: untrusted text.
    pub category: Arc<str>,
    /// The swarm's losses.
    pub swarm: Score,
    /// The market's losses on the same forecasts.
    pub market: Option<Score>,
}

/// How good one member's own statements were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemberScore {
    /// Its losses.
    pub score: Score,
    /// The market's losses on the same questions.
    pub market: Option<Score>,
    /// Against the market.
    pub skill: Option<Skill>,
    /// What its calls for resolved forecasts cost, failed ones included.
    pub cost: Cost,
}

/// How good the swarm's forecasts were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SwarmScores {
    /// The blended forecasts; `None` while nothing is resolved.
    pub report: Option<Report>,
    /// Each member's own statements, late ones included.
    pub members: BTreeMap<MemberName, MemberScore>,
    /// By category, the most forecasts first.
    pub categories: Vec<CategoryScore>,
    /// What the resolved forecasts cost.
    pub cost: Cost,
    /// Different markets among the resolved forecasts.
    pub questions: u32,
}

/// What one member did for one resolved forecast.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) member: MemberName,
    /// The middle of its answers, late ones included; `None` where it gave none.
    pub(super) stated: Option<Probability>,
    /// What all its calls cost.
    pub(super) cost: Usd,
}

/// A resolved forecast with what everybody did for it.
pub(super) type Resolved = (Arc<ForecastRecord>, Vec<Part>);

impl SwarmScores {
    pub(super) fn of(resolved: &[Resolved]) -> Self {
        let scored: Vec<(&ForecastRecord, Scored)> = resolved
            .iter()
            .filter_map(|(record, _)| Some((record.as_ref(), scored(record)?)))
            .collect();
        let rows: Vec<Scored> = scored.iter().map(|(_, row)| row.clone()).collect();
        let total: Usd = scored.iter().map(|(record, _)| record.cost).sum();
        let forecasts = u32::try_from(scored.len()).unwrap_or(u32::MAX);
        Self {
            report: Report::of(&rows, &mut Seed::new(SEED)),
            members: members(resolved),
            categories: categories(&scored),
            cost: Cost { total, forecasts },
            questions: questions(&scored),
        }
    }
    /// What trading with real money waits for.
    #[must_use]
    pub fn track_record(&self) -> TrackRecord {
        let skill = self.report.as_ref().and_then(|report| report.skill);
        let skill_low_ppm = skill.and_then(|skill| skill.low_ppm());
        TrackRecord { resolved: self.questions, skill_low_ppm }
    }
}

/// A market that was asked about ten times is one question; one without a price proves nothing.
fn questions(scored: &[(&ForecastRecord, Scored)]) -> u32 {
    let priced = scored.iter().filter(|(_, row)| row.market.is_some());
    let questions: BTreeSet<ConditionId> = priced.map(|(record, _)| record.condition).collect();
    u32::try_from(questions.len()).unwrap_or(u32::MAX)
}

fn scored(record: &ForecastRecord) -> Option<Scored> {
    judged(record, record.forecast()?.blended)
}

/// A probability of the record's question beside its outcome and the market's price.
fn judged(record: &ForecastRecord, probability: Probability) -> Option<Scored> {
    let (_, outcome) = record.resolved?;
    let event = match &record.group {
        Some(group) => group.to_string(),
        None => record.condition.to_string(),
    };
    Some(Scored { probability, market: record.market, outcome, event })
}

fn members(resolved: &[Resolved]) -> BTreeMap<MemberName, MemberScore> {
    let mut all: BTreeMap<&MemberName, (Vec<Scored>, Usd)> = BTreeMap::new();
    for (record, parts) in resolved {
        for part in parts {
            let (rows, cost) = all.entry(&part.member).or_default();
            *cost += part.cost;
            rows.extend(part.stated.and_then(|stated| judged(record, stated)));
        }
    }
    let judged = all.into_iter().filter_map(|(member, (rows, total))| {
        let market = rows.iter().filter_map(|row| Some((row.market?, row.outcome)));
        let forecasts = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let own = MemberScore {
            score: score(rows.iter().map(|row| (row.probability, row.outcome)))?,
            market: score(market),
            skill: skill(&rows, &mut Seed::new(SEED)),
            cost: Cost { total, forecasts },
        };
        Some((member.clone(), own))
    });
    judged.collect()
}

fn categories(scored: &[(&ForecastRecord, Scored)]) -> Vec<CategoryScore> {
    let mut parts: BTreeMap<Arc<str>, Vec<&Scored>> = BTreeMap::new();
    for (record, row) in scored {
        parts.entry(Arc::clone(&record.category)).or_default().push(row);
    }
    let mut all: Vec<CategoryScore> = parts
        .into_iter()
        .filter_map(|(category, rows)| {
            let swarm = score(rows.iter().map(|row| (row.probability, row.outcome)))?;
            let market = score(rows.iter().filter_map(|row| Some((row.market?, row.outcome))));
            Some(CategoryScore { category, swarm, market })
        })
        .collect();
    all.sort_by_key(|part| std::cmp::Reverse(part.swarm.count));
    all
}
