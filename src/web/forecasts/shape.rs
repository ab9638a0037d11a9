//! A forecast and its answers as JSON.

use actors::swarm::{ForecastRecord, ForecastStage};
use domain::{Probability, UnixMillis};
use engine::forecast::{Ballot, Consensus, Failure, Forecast};
use serde::Serialize;
use store::ModelAnswerRow;
use utoipa::ToSchema;

/// What the swarm says about a market, or its attempt to say something. Probabilities are of the
/// first outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastView {
    /// Its name.
    pub id: String,
    /// Of which market.
    pub condition_id: String,
    /// The market's group.
    pub group_id: Option<String>,
    /// The part of the market's address that people know.
    pub slug: String,
    /// The question. Text from the venue: not to be trusted.
    pub title: String,
    /// What it is about. Text from the venue: not to be trusted.
    pub category: String,
    /// `schedule` or `person`.
    pub source: String,
    /// `asking`, `published` or `failed`.
    pub state: &'static str,
    /// Why there is none.
    pub reason: Option<String>,
    /// When the question was asked.
    pub asked_at: String,
    /// When it was published.
    pub made_at: Option<String>,
    /// When the market is scheduled to end.
    pub closes_at: Option<String>,
    /// What the market said when the question was asked.
    pub market: Option<String>,
    /// The pool of the models alone.
    pub blind: Option<String>,
    /// With the market mixed in.
    pub blended: Option<String>,
    /// The lower end of the blended belief.
    pub low: Option<String>,
    /// The upper end of the blended belief.
    pub high: Option<String>,
    /// The market's part of the blend.
    pub market_weight: Option<String>,
    /// How far the models are apart, in log-odds.
    pub disagreement: Option<String>,
    /// The votes, counted.
    pub consensus: Option<ConsensusView>,
    /// Each model's word.
    pub ballots: Vec<BallotView>,
    /// What it cost, dollars.
    pub cost: String,
    /// When it was learned how the market ended.
    pub resolved_at: Option<String>,
    /// What the first outcome paid.
    pub outcome: Option<String>,
    /// The squared distance of the blended belief to that.
    pub brier: Option<String>,
    /// The market's squared distance to that.
    pub market_brier: Option<String>,
}

/// The votes, counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsensusView {
    /// Models that would buy the first outcome.
    pub yes: u32,
    /// Models that would buy the second outcome.
    pub no: u32,
    /// Models that would do nothing.
    pub no_trade: u32,
    /// `YES`, `NO` or `NO_TRADE`.
    pub leading: &'static str,
    /// How many would do that.
    pub agreeing: u32,
    /// How sure they are together, 0 to 100.
    pub confidence: u8,
}

/// One model's word.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotView {
    /// Whose.
    pub member: String,
    /// Calls.
    pub asked: u32,
    /// Calls with an answer that can be read.
    pub answered: u32,
    /// What it stated; null where it abstained.
    pub stated: Option<String>,
    /// The same, corrected by what is known of its habits.
    pub calibrated: Option<String>,
    /// The lower end of what it finds plausible.
    pub low: Option<String>,
    /// The upper end of what it finds plausible.
    pub high: Option<String>,
    /// Its part of the pool.
    pub weight: String,
    /// `YES`, `NO` or `NO_TRADE`.
    pub vote: &'static str,
}

/// A forecast with every answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastWithAnswers {
    /// The forecast.
    #[serde(flatten)]
    pub forecast: ForecastView,
    /// Every call, by model.
    pub answers: Vec<AnswerView>,
}

/// One call of one model.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerView {
    /// Who was asked.
    pub member: String,
    /// The provider's name of the model.
    pub model: String,
    /// Which of its calls, from 0.
    pub sample: u32,
    /// When the answer came, or the time was over.
    pub at: String,
    /// `answered`, `abstained` or `failed`.
    pub state: String,
    /// `late`, `refused`, `malformed`, `provider` or `budget`.
    pub failure: Option<String>,
    /// The same as a phrase.
    pub failure_text: Option<&'static str>,
    /// It came after the forecast was published, and moved nothing.
    pub late: bool,
    /// The first answer could not be read.
    pub repaired: bool,
    /// How likely the model finds the first outcome.
    pub probability: Option<String>,
    /// The lower end of what it finds plausible.
    pub low: Option<String>,
    /// The upper end of what it finds plausible.
    pub high: Option<String>,
    /// What speaks for it. Text of a model: not to be trusted.
    pub reasons_for: Vec<String>,
    /// What speaks against it. Text of a model: not to be trusted.
    pub reasons_against: Vec<String>,
    /// Tokens read.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
    /// What it cost, dollars.
    pub cost: String,
    /// How long it took.
    pub latency_ms: i64,
    /// What went wrong. May hold words of the provider: not to be trusted.
    pub error: Option<String>,
}

const FAILURES: [Failure; 5] =
    [Failure::Late, Failure::Refused, Failure::Malformed, Failure::Provider, Failure::Budget];

impl ForecastView {
    /// As it stands.
    #[must_use]
    pub fn of(record: &ForecastRecord) -> Self {
        let (state, reason) = match &record.stage {
            ForecastStage::Asking => ("asking", None),
            ForecastStage::Published(_) => ("published", None),
            ForecastStage::Failed { reason } => ("failed", Some(reason.clone())),
        };
        let forecast = record.forecast();
        let text = |of: fn(&Forecast) -> Probability| forecast.map(|it| of(it).to_string());
        let outcome = record.resolved.map(|(_, outcome)| outcome);
        let blended = forecast.map(|forecast| forecast.blended);
        Self {
            id: record.id.to_string(),
            condition_id: record.condition.to_string(),
            group_id: record.group.as_ref().map(ToString::to_string),
            slug: record.slug.to_string(),
            title: record.title.to_string(),
            category: record.category.to_string(),
            source: record.source.to_string(),
            state,
            reason,
            asked_at: record.asked_at.to_rfc3339(),
            made_at: forecast.map(|forecast| forecast.made_at.to_rfc3339()),
            closes_at: record.closes_at.map(UnixMillis::to_rfc3339),
            market: record.market.map(|market| market.to_string()),
            blind: text(|forecast| forecast.blind),
            blended: text(|forecast| forecast.blended),
            low: text(|forecast| forecast.low),
            high: text(|forecast| forecast.high),
            market_weight: forecast.map(|forecast| part(forecast.market_weight_ppm)),
            disagreement: forecast.map(|it| {
                domain::decimal::format_scaled(i64::from(it.disagreement_millilogits), 3)
            }),
            consensus: forecast.map(|forecast| ConsensusView::of(&forecast.consensus)),
            ballots: forecast
                .map_or_else(Vec::new, |it| it.ballots.iter().map(BallotView::of).collect()),
            cost: record.cost.to_string(),
            resolved_at: record.resolved.map(|(at, _)| at.to_rfc3339()),
            outcome: outcome.map(|outcome| outcome.to_string()),
            brier: squared(blended, outcome),
            market_brier: squared(record.market.filter(|_| blended.is_some()), outcome),
        }
    }
}

/// A part of a whole, out of millionths.
pub(super) fn part(ppm: u32) -> String {
    domain::decimal::format_scaled(i64::from(ppm), 6)
}

fn squared(said: Option<Probability>, outcome: Option<Probability>) -> Option<String> {
    let distance = u64::from(said?.distance(outcome?).millionths());
    let squared = distance * distance / 1_000_000;
    Some(domain::decimal::format_scaled(i64::try_from(squared).ok()?, 6))
}

impl ConsensusView {
    fn of(consensus: &Consensus) -> Self {
        Self {
            yes: consensus.yes,
            no: consensus.no,
            no_trade: consensus.no_trade,
            leading: consensus.leading.code(),
            agreeing: consensus.agreeing,
            confidence: consensus.confidence,
        }
    }
}

impl BallotView {
    fn of(ballot: &Ballot) -> Self {
        let text = |probability: Option<Probability>| probability.map(|it| it.to_string());
        Self {
            member: ballot.member.to_string(),
            asked: ballot.asked,
            answered: ballot.answered,
            stated: text(ballot.stated),
            calibrated: text(ballot.calibrated),
            low: text(ballot.low),
            high: text(ballot.high),
            weight: part(ballot.weight_ppm),
            vote: ballot.vote.code(),
        }
    }
}

impl AnswerView {
    /// As it was written down.
    #[must_use]
    pub fn of(row: ModelAnswerRow) -> Self {
        let text = |probability: Option<Probability>| probability.map(|it| it.to_string());
        let failure = row.failure.map(|failure| failure.to_string());
        let known = FAILURES.into_iter().find(|it| Some(it.code()) == failure.as_deref());
        let reasons = |which: &str| -> Vec<String> {
            let list = row.reasons.as_ref().and_then(|reasons| reasons.get(which));
            let list = list.and_then(|list| serde_json::from_value(list.clone()).ok());
            list.unwrap_or_default()
        };
        Self {
            sample: row.sample,
            at: row.at.to_rfc3339(),
            state: row.state.to_string(),
            failure_text: known.map(Failure::text),
            failure,
            late: row.late,
            repaired: row.repaired,
            probability: text(row.probability),
            low: text(row.low),
            high: text(row.high),
            reasons_for: reasons("for"),
            reasons_against: reasons("against"),
            prompt_tokens: row.prompt_tokens,
            completion_tokens: row.completion_tokens,
            cost: row.cost.to_string(),
            latency_ms: row.latency.0,
            error: row.error,
            member: row.member,
            model: row.model,
        }
    }
}
