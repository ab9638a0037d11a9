//! Recorded forecasts, judged on a time split: the first half teaches, the second half is scored.
//!
//! Nothing of the second half reaches the panel that forecasts it, and of the first half only what
//! was resolved by the cut, where that is known.

mod pools;
mod split;

use std::collections::BTreeMap;

use domain::{Probability, UnixMillis};
use serde::Serialize;

use super::member::MemberName;
use super::panel::{Panel, Standing};
use super::scores::{Report, Score, Scored, Skill, score, skill};
use super::seed::Seed;
use pools::{Pool, forecast_by};
pub use split::Split;

/// One recorded question at one moment, with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What it hangs together with.
    pub event: String,
    /// What it is about, where that is recorded.
    pub category: Option<String>,
    /// When it was asked.
    pub asked_at: Option<UnixMillis>,
    /// When it was scheduled to end.
    pub closes_at: Option<UnixMillis>,
    /// When its outcome was known.
    pub resolved_at: Option<UnixMillis>,
    /// The market's probability when it was asked.
    pub market: Option<Probability>,
    /// What each source said.
    pub stated: Vec<(MemberName, Probability)>,
    /// What the first outcome paid.
    pub outcome: Probability,
}

/// One source of forecasts on the second half.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Source {
    /// Whose: a member, or one of the pools.
    pub name: String,
    /// How good.
    pub report: Report,
}

/// Our pool against a simpler one, on the same questions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contest {
    /// Ours.
    pub ours: &'static str,
    /// The other.
    pub against: &'static str,
    /// The gain in Brier score over the other.
    pub skill: Skill,
}

/// Our pool and the market on one category of the second half.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Category {
    /// Which.
    pub name: String,
    /// Our pool, with the market mixed in where there is one.
    pub pool: Score,
    /// The market on the same questions.
    pub market: Option<Score>,
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Where the halves part.
    pub split: Split,
    /// The market, our pools, the simpler ones, and every member.
    pub sources: Vec<Source>,
    /// Our pool against the simpler ones.
    pub contests: Vec<Contest>,
    /// By category, where more than one is recorded.
    pub categories: Vec<Category>,
    /// What the first half taught about the members.
    pub standings: Vec<Standing>,
}

impl Evaluation {
    /// Judges records. The seed draws the intervals, and is the same for each of them.
    #[must_use]
    pub fn of(records: Vec<Recorded>, seed: &Seed) -> Self {
        let (split, halves) = split::halves(records);
        let mut panel = Panel::default();
        halves.lessons.iter().for_each(|lesson| panel.learn(lesson));
        let scoring = &halves.scoring;
        let pools = Pool::ALL.map(|pool| (pool.name(), pool_rows(&panel, scoring, pool)));
        let members = by_member(scoring);
        let named = pools.iter().map(|(name, rows)| ((*name).to_owned(), rows));
        let members = members.iter().map(|(name, rows)| (name.to_string(), rows));
        let sources = named.chain(members).filter_map(|(name, rows)| {
            Some(Source { name, report: Report::of(rows, &mut seed.clone())? })
        });
        Self {
            split,
            sources: sources.collect(),
            contests: contests(&panel, scoring, seed),
            categories: categories(&panel, scoring),
            standings: panel.standings(),
        }
    }
}

fn scored(record: &Recorded, probability: Probability, market: Option<Probability>) -> Scored {
    Scored { probability, market, outcome: record.outcome, event: record.event.clone() }
}

fn pool_rows(panel: &Panel, records: &[Recorded], pool: Pool) -> Vec<Scored> {
    let row = |record| Some(scored(record, forecast_by(pool, panel, record)?, record.market));
    records.iter().filter_map(row).collect()
}

fn by_member(records: &[Recorded]) -> BTreeMap<&MemberName, Vec<Scored>> {
    let mut members: BTreeMap<&MemberName, Vec<Scored>> = BTreeMap::new();
    for record in records {
        for (name, probability) in &record.stated {
            let row = scored(record, *probability, record.market);
            members.entry(name).or_default().push(row);
        }
    }
    members
}

fn contests(panel: &Panel, records: &[Recorded], seed: &Seed) -> Vec<Contest> {
    let contest = |against: Pool| {
        let rows: Vec<Scored> = records
            .iter()
            .filter_map(|record| {
                let ours = forecast_by(Pool::Blind, panel, record)?;
                Some(scored(record, ours, Some(forecast_by(against, panel, record)?)))
            })
            .collect();
        let skill = skill(&rows, &mut seed.clone())?;
        Some(Contest { ours: Pool::Blind.name(), against: against.name(), skill })
    };
    [Pool::Mean, Pool::Median].into_iter().filter_map(contest).collect()
}

fn categories(panel: &Panel, records: &[Recorded]) -> Vec<Category> {
    let mut groups: BTreeMap<&str, Vec<Scored>> = BTreeMap::new();
    for record in records {
        let ours = forecast_by(Pool::Blended, panel, record)
            .or_else(|| forecast_by(Pool::Blind, panel, record));
        if let (Some(category), Some(ours)) = (&record.category, ours) {
            groups.entry(category).or_default().push(scored(record, ours, record.market));
        }
    }
    if groups.len() < 2 {
        return Vec::new();
    }
    let category = |(name, rows): (&str, Vec<Scored>)| {
        let market = rows.iter().filter_map(|row| Some((row.market?, row.outcome)));
        let market = score(market);
        let pool = score(rows.iter().map(|row| (row.probability, row.outcome)))?;
        Some(Category { name: name.to_owned(), pool, market })
    };
    groups.into_iter().filter_map(category).collect()
}
