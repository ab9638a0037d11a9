//! The swarm as JSON: who is asked, what is known of them, and what it costs.

use std::collections::BTreeMap;

use actors::swarm::{MemberStatus, RunningRound, SwarmScores, SwarmView};
use domain::{UnixMillis, Usd};
use engine::forecast::{Forecast, Rung, Score};
use serde::Serialize;
use utoipa::ToSchema;

use super::shape::{ForecastView, part};
use super::{SwarmParts, SwarmStateView};

/// Resolved forecasts before anybody may speak of skill.
const RESOLVED_NEEDED: u32 = 350;
const PICKS: usize = 5;

/// Everything about the swarm.
#[derive(Debug, Serialize, ToSchema)]
pub struct SwarmOverview {
    /// Whether models are asked.
    #[serde(flatten)]
    pub state: SwarmStateView,
    /// `swarm`, or `single` where one model is asked.
    pub mode: &'static str,
    /// The models.
    pub members: Vec<MemberView>,
    /// The day's money.
    pub budget: BudgetView,
    /// How it is asked.
    pub settings: SwarmSettingsView,
    /// Questions that are being asked.
    pub running: Vec<RunningView>,
    /// The best five of late to look at.
    pub picks: Vec<ForecastView>,
    /// How good the forecasts were.
    pub scores: ScoresView,
}

/// One model. The counts are since the program started.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// As people name it.
    pub name: String,
    /// The provider's name of it.
    pub model: String,
    /// The provider's host.
    pub provider: String,
    /// `on` or `off`.
    pub state: &'static str,
    /// Why it is off.
    pub why: Option<String>,
    /// Calls.
    pub asked: u64,
    /// Calls with an answer that can be read.
    pub answered: u64,
    /// The others.
    pub failed: u64,
    /// The others by reason.
    pub failures: BTreeMap<&'static str, u64>,
    /// The last thing that went wrong. Not to be trusted.
    pub last_error: Option<String>,
    /// When the last answer came.
    pub last_answered_at: Option<String>,
    /// How long that took.
    pub latency_ms: Option<i64>,
    /// What its calls cost, dollars.
    pub cost: String,
    /// What its calls of the day (UTC) cost, whichever process made them.
    pub cost_today: String,
    /// Dollars a resolved forecast to which it gave a probability, its failed calls included; null
    /// while there is none.
    pub cost_per_forecast: Option<String>,
    /// Its part of the pool if all answer; null while nothing of it is resolved.
    pub weight: Option<String>,
    /// Its resolved answers.
    pub resolved: u32,
    /// What is added to its log-odds.
    pub bias: Option<String>,
    /// What its log-odds are multiplied by.
    pub slope: Option<String>,
    /// Its own mean squared distance to what happened.
    pub brier: Option<String>,
    /// The market's on the same questions.
    pub market_brier: Option<String>,
    /// The market's squared distance less its own: above zero is better than the market.
    pub skill: Option<String>,
    /// The lower end of its 95% interval; null of fewer than ten independent events.
    pub skill_low: Option<String>,
    /// The upper end.
    pub skill_high: Option<String>,
}

/// The day's money.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetView {
    /// What all calls of a day may cost, dollars.
    pub limit: String,
    /// Held for calls that are not settled.
    pub reserved: String,
    /// Calls that hold it: on their way, or left by a process that died; those count until the day
    /// is over.
    pub calls_open: u64,
    /// Paid.
    pub spent: String,
    /// What is left.
    pub left: String,
    /// Calls that were settled.
    pub calls: u64,
    /// Calls that found no room.
    pub refused: u64,
    /// `full`, `fewer_samples`, `fewer_members`, `cheapest` or `stop`.
    pub level: &'static str,
    /// The same as a phrase.
    pub text: &'static str,
}

/// How it is asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SwarmSettingsView {
    /// Calls a model and question.
    pub samples: u32,
    /// Models that must answer.
    pub quorum: usize,
    /// When a forecast is made of what has come.
    pub deadline_ms: i64,
    /// Between two questions of its own; 0 asks only when somebody wants it.
    pub interval_s: u64,
}

/// A question that is being asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunningView {
    /// The name of the forecast that will come of it.
    pub id: String,
    /// The question. Text from the venue: not to be trusted.
    pub title: String,
    /// When it was asked.
    pub asked_at: String,
    /// Calls that have come to an end.
    pub answered: usize,
    /// Calls there will be.
    pub expected: usize,
}

/// How good the forecasts were. Losses: smaller is better.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoresView {
    /// Resolved forecasts.
    pub resolved: u32,
    /// The mean squared distance to what happened; a half always gets 0.25.
    pub brier: Option<String>,
    /// The market's on the same forecasts.
    pub market_brier: Option<String>,
    /// Minus the mean logarithm of what was given to what happened; a half always gets 0.693.
    pub log_score: Option<String>,
    /// The market's on the same forecasts.
    pub market_log_score: Option<String>,
    /// The market's squared distance less the swarm's: above zero is better than the market.
    pub skill: Option<String>,
    /// The lower end of its 95% interval; null of fewer than ten independent events.
    pub skill_low: Option<String>,
    /// The upper end.
    pub skill_high: Option<String>,
    /// Resolved forecasts before anybody may speak of skill.
    pub needed: u32,
    /// Of what was called 70%, how much happened.
    pub calibration: Vec<BinView>,
    /// By category.
    pub categories: Vec<CategoryView>,
    /// Dollars a resolved forecast.
    pub cost_per_forecast: Option<String>,
    /// Dollars for each thousandth of squared distance gained on the market; null where none is.
    pub cost_per_thousandth: Option<String>,
}

/// Forecasts of about the same probability.
#[derive(Debug, Serialize, ToSchema)]
pub struct BinView {
    /// From this probability.
    pub from: String,
    /// To this one.
    pub to: String,
    /// How many.
    pub count: u32,
    /// The mean of what was forecast.
    pub stated: String,
    /// The part that happened.
    pub happened: String,
    /// The lower end of that part's 95% interval.
    pub low: String,
    /// The upper end.
    pub high: String,
}

/// One category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryView {
    /// Which. Text from the venue: not to be trusted.
    pub category: String,
    /// Resolved forecasts.
    pub resolved: u32,
    /// The swarm's mean squared distance.
    pub brier: String,
    /// The market's.
    pub market_brier: Option<String>,
}

/// Figures for people; nothing decides by them.
fn figure(value: f64) -> String {
    format!("{value:.4}")
}

impl SwarmOverview {
    /// As it stands.
    #[must_use]
    pub fn of(parts: &SwarmParts) -> Self {
        let view = parts.board.view();
        let recent = parts.board.recent();
        let forecasts: Vec<Forecast> =
            recent.iter().filter_map(|it| Some(it.forecast()?.as_ref().clone())).collect();
        let picks = Forecast::picks(&forecasts, PICKS).into_iter().filter_map(|pick| {
            let same = |it: &&std::sync::Arc<actors::swarm::ForecastRecord>| {
                it.forecast().is_some_and(|forecast| **forecast == *pick)
            };
            recent.iter().find(same).map(|record| ForecastView::of(record))
        });
        Self {
            state: SwarmStateView::of(parts),
            mode: parts.mode,
            picks: picks.collect(),
            members: view.members.iter().map(|member| member_view(member, &view)).collect(),
            budget: budget(parts, &view),
            settings: SwarmSettingsView {
                samples: parts.samples,
                quorum: parts.quorum,
                deadline_ms: parts.deadline_ms,
                interval_s: parts.interval_s,
            },
            running: view.running.iter().map(running).collect(),
            scores: scores(&view.scores),
        }
    }
}

fn member_view(member: &MemberStatus, view: &SwarmView) -> MemberView {
    let standing = view.standings.iter().find(|standing| standing.member == member.name);
    let own = view.scores.members.get(&member.name);
    let skill = own.and_then(|own| own.skill);
    let interval = skill.and_then(|skill| skill.interval);
    let today = view.budget.map_or(Usd::ZERO, |budget| member.cost_on(budget.day));
    MemberView {
        name: member.name.to_string(),
        model: member.model.clone(),
        provider: member.provider.clone(),
        state: if member.absent.is_some() { "off" } else { "on" },
        why: member.absent.clone(),
        asked: member.asked,
        answered: member.answered,
        failed: member.failures.values().sum(),
        failures: member.failures.iter().map(|(it, count)| (it.code(), *count)).collect(),
        last_error: member.last_error.clone(),
        last_answered_at: member.last_answered_at.map(UnixMillis::to_rfc3339),
        latency_ms: member.latency_ms,
        cost: member.cost.to_string(),
        cost_today: today.to_string(),
        cost_per_forecast: own.and_then(|own| own.cost.per_forecast()).map(|usd| usd.to_string()),
        weight: standing.map(|standing| part(standing.weight_ppm)),
        resolved: standing.map_or(0, |standing| standing.resolved),
        bias: standing.map(|standing| figure(standing.intercept)),
        slope: standing.map(|standing| figure(standing.slope)),
        brier: own.map(|own| figure(own.score.brier)),
        market_brier: own.and_then(|own| own.market).map(|score| figure(score.brier)),
        skill: skill.map(|skill| figure(skill.brier_gain)),
        skill_low: interval.map(|interval| figure(interval.low)),
        skill_high: interval.map(|interval| figure(interval.high)),
    }
}

fn budget(parts: &SwarmParts, view: &SwarmView) -> BudgetView {
    let day = view.budget.unwrap_or_default();
    let rung = view.rung.unwrap_or(Rung::Full);
    BudgetView {
        limit: parts.usd_day_max.to_string(),
        reserved: day.reserved.to_string(),
        calls_open: day.calls_open,
        spent: day.spent.to_string(),
        left: (parts.usd_day_max - day.used()).max(Usd::ZERO).to_string(),
        calls: day.calls,
        refused: day.refused,
        level: match rung {
            Rung::Full => "full",
            Rung::FewerSamples => "fewer_samples",
            Rung::FewerMembers => "fewer_members",
            Rung::Cheapest => "cheapest",
            Rung::Stop => "stop",
        },
        text: rung.text(),
    }
}

fn running(round: &RunningRound) -> RunningView {
    RunningView {
        id: round.id.to_string(),
        title: round.title.to_string(),
        asked_at: round.asked_at.to_rfc3339(),
        answered: round.ended,
        expected: round.expected,
    }
}

fn scores(scores: &SwarmScores) -> ScoresView {
    let report = scores.report.as_ref();
    let market = report.and_then(|report| report.market.as_ref());
    let skill = report.and_then(|report| report.skill.as_ref());
    let interval = skill.and_then(|skill| skill.interval);
    let brier = |score: &Score| figure(score.brier);
    let cost = scores.cost;
    ScoresView {
        resolved: report.map_or(0, |report| report.score.count),
        brier: report.map(|report| brier(&report.score)),
        market_brier: market.map(brier),
        log_score: report.map(|report| figure(report.score.log)),
        market_log_score: market.map(|score| figure(score.log)),
        skill: skill.map(|skill| figure(skill.brier_gain)),
        skill_low: interval.map(|interval| figure(interval.low)),
        skill_high: interval.map(|interval| figure(interval.high)),
        needed: RESOLVED_NEEDED,
        calibration: report.map_or_else(Vec::new, |report| {
            let bins = report.curve.iter().map(|bin| BinView {
                from: figure(bin.from),
                to: figure(bin.to),
                count: bin.count,
                stated: figure(bin.stated),
                happened: figure(bin.happened),
                low: figure(bin.low),
                high: figure(bin.high),
            });
            bins.collect()
        }),
        categories: scores
            .categories
            .iter()
            .map(|part| CategoryView {
                category: part.category.to_string(),
                resolved: part.swarm.count,
                brier: brier(&part.swarm),
                market_brier: part.market.as_ref().map(brier),
            })
            .collect(),
        cost_per_forecast: cost.per_forecast().map(|usd| usd.to_string()),
        cost_per_thousandth: skill
            .and_then(|skill| cost.per_thousandth_gained(skill.gain_ppm()))
            .map(|usd| usd.to_string()),
    }
}
