//! `GET /api/v1/opportunities` and `GET /api/v1/opportunities/{id}`.

use actix_web::{HttpResponse, web};
use actors::collectors::Listing;
use domain::money::{MICROS, divide};
use domain::{ConditionId, Rounding, Side, UnixMillis, Usd};
use engine::opportunity::OpportunityRecord;
use engine::opportunity::{
    ChainAction, ChainActionKind, CloseCause, Leg, Opportunity, OpportunityKind, Subject,
};
use serde::{Deserialize, Serialize};
use store::Direction;
use utoipa::{IntoParams, ToSchema};

use crate::web::api::page::{Page, PageQuery};
use crate::web::listing::Sorted;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;

/// What opportunities are sorted by, the usual one first.
pub const SORTS: [&str; 6] =
    ["found_at", "net", "edge", "capital", "score", "annualised_return_bips"];

/// An executable contradiction of prices, sized for the largest net profit.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpportunityView {
    /// Its name for as long as it lasts.
    pub id: String,
    /// `parity_long`, `parity_short`, `neg_risk_long`, `neg_risk_short` or `neg_risk_convert`.
    pub kind: &'static str,
    /// `open` or `closed`.
    pub state: &'static str,
    /// The market's or the group's title. Text from the venue: not to be trusted.
    pub title: String,
    /// The market, where it is in one.
    pub condition_id: Option<String>,
    /// The group, where it is across one.
    pub group_id: Option<String>,
    /// When it first appeared.
    pub found_at: String,
    /// When a look last confirmed or changed it.
    pub seen_at: String,
    /// When it ended.
    pub closed_at: Option<String>,
    /// Why it ended.
    pub closed_reason: Option<ClosedReasonView>,
    /// Complete sets, in shares.
    pub size: String,
    /// Net profit a set, dollars.
    pub edge: String,
    /// Before any cost, dollars.
    pub gross: String,
    /// Trading and conversion fees, dollars.
    pub fees: String,
    /// On-chain cost, dollars.
    pub chain_cost: String,
    /// What is left, dollars.
    pub net: String,
    /// Dollars needed at the worst moment.
    pub capital: String,
    /// How long the capital is away; null where the end is not known.
    pub lockup_seconds: Option<i64>,
    /// Simple return of a year at this rate, in ten-thousandths.
    pub annualised_return_bips: Option<i64>,
    /// How good it is, 0 to 100, with its parts.
    pub score: ScoreView,
    /// The orders.
    pub legs: Vec<LegView>,
    /// The on-chain actions, in order.
    pub actions: Vec<ActionView>,
}

/// Why an opportunity ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosedReasonView {
    /// A stable name.
    pub code: &'static str,
    /// One sentence.
    pub text: &'static str,
}

/// A score, 0 (worst) to 100 (best), with its parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreView {
    /// The weighted mean.
    pub total: u8,
    /// How far the best prices are off.
    pub deviation: u8,
    /// How many dollars find room in the depth.
    pub liquidity: u8,
    /// How much of the gross profit survives the costs.
    pub fees: u8,
    /// How much of the best prices' deviation the average set keeps.
    pub slippage: u8,
    /// How soon the dollars come back.
    pub time: u8,
}

/// One order of an opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegView {
    /// What is traded.
    pub token_id: String,
    /// In which market.
    pub condition_id: String,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: String,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: String,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// Shares.
    pub size: String,
    /// The worst price touched.
    pub limit_price: String,
    /// The average price before fees.
    pub average_price: String,
    /// Levels of the book that it takes.
    pub levels: usize,
    /// Dollars paid or received before fees.
    pub amount: String,
    /// The taker's fee.
    pub fee: String,
    /// The continuity of the book.
    pub epoch: u64,
    /// Milliseconds from the exchange's statement of the book to the look.
    pub age_ms: i64,
}

/// One on-chain action of an opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionView {
    /// `split`, `merge`, `convert` or `redeem`.
    pub kind: &'static str,
    /// Sets, in shares.
    pub amount: String,
    /// What the transaction costs, dollars.
    pub cost: String,
}

/// Which opportunities.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpportunityQuery {
    /// Rows of the page, 1 to 500.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// By `found_at` (default), `net`, `edge`, `capital`, `score` or `annualised_return_bips`; what
    /// has none is last.
    pub sort: Option<String>,
    /// `desc`, the newest or the largest first (default), or `asc`.
    pub order: Option<String>,
    /// Only in this market, or with an order in it: its condition id.
    pub market: Option<String>,
    /// `open` (default), `closed` or `all`.
    pub state: Option<String>,
    /// Only one kind.
    pub kind: Option<String>,
}

/// List opportunities
///
/// What is open now, or the latest 500 that closed; the newest first where nobody asks otherwise.
#[utoipa::path(get, path = "/api/v1/opportunities", tag = "opportunities", params(OpportunityQuery),
    responses((status = 200, description = "A page of opportunities", body = Page<OpportunityView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 403, description = "Host or origin not served", body = ProblemBody)))]
pub async fn list(
    state: web::Data<WebState>,
    query: web::Query<OpportunityQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::read(query.sort.as_deref(), query.order.as_deref(), &SORTS)?;
    let board = &state.opportunities;
    let mut rows = match query.state.as_deref().unwrap_or("open") {
        "open" => board.open(),
        "closed" => board.closed(),
        "all" => board.open().into_iter().chain(board.closed()).collect(),
        other => return Err(not_one_of("state", other, "open, closed or all")),
    };
    if let Some(wanted) = query.kind.as_deref() {
        let kind = OpportunityKind::ALL.into_iter().find(|kind| kind.code() == wanted);
        let kind = kind.ok_or_else(|| not_one_of("kind", wanted, "the kinds of opportunities"))?;
        rows.retain(|record| record.id.kind == kind);
    }
    if let Some(market) = query.market.as_deref() {
        let market = ConditionId::parse(market)
            .map_err(|why| Problem::BadParameter { name: "market".into(), why: why.to_string() })?;
        rows.retain(|record| is_in(record, market));
    }
    let listing = state.listing.get();
    let page = PageQuery { sorted, limit: query.limit, cursor: query.cursor.clone() };
    let page = page.cut(
        rows,
        |record| (place(record, sorted), record.id.to_string()),
        |record| view(&record, &listing),
    )?;
    Ok(HttpResponse::Ok().json(page))
}

/// Read one opportunity
#[utoipa::path(get, path = "/api/v1/opportunities/{id}", tag = "opportunities",
    params(("id" = String, Path, description = "Its name, as in the list")),
    responses((status = 200, description = "The opportunity", body = OpportunityView),
              (status = 403, description = "Host or origin not served", body = ProblemBody),
              (status = 404, description = "Not open and not lately closed", body = ProblemBody)))]
pub async fn read(
    state: web::Data<WebState>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let records = state.opportunities.open().into_iter().chain(state.opportunities.closed());
    let record =
        records.into_iter().find(|record| record.id.to_string() == *id).ok_or_else(|| {
            Problem::NotFound { what: "opportunity", name: id.chars().take(120).collect() }
        })?;
    Ok(HttpResponse::Ok().json(view(&record, &state.listing.get())))
}

fn not_one_of(name: &str, given: &str, known: &str) -> Problem {
    let given: String = given.chars().take(40).collect();
    Problem::BadParameter { name: name.into(), why: format!("{given:?} is none of {known}") }
}

fn is_in(record: &OpportunityRecord, market: ConditionId) -> bool {
    let found = &record.opportunity;
    found.subject == Subject::Market(market) || found.legs.iter().any(|leg| leg.condition == market)
}

/// What an opportunity is sorted by.
fn place(record: &OpportunityRecord, sorted: Sorted) -> i64 {
    let found = &record.opportunity;
    let none = match sorted.direction {
        Direction::Falling => i64::MIN,
        Direction::Rising => i64::MAX,
    };
    match sorted.by {
        "net" => found.net.micros(),
        "edge" => net_per_set(found).micros(),
        "capital" => found.capital.micros(),
        "score" => i64::from(found.score.total),
        "annualised_return_bips" => found.annual_return_bips.unwrap_or(none),
        _ => record.id.since.0,
    }
}

/// An opportunity as JSON shows it; titles come from what the catalogue knows.
#[must_use]
pub fn view(record: &OpportunityRecord, listing: &Listing) -> OpportunityView {
    let found = &record.opportunity;
    let (condition_id, group_id) = match &found.subject {
        Subject::Market(condition) => (Some(condition.to_string()), None),
        Subject::Group(group) => (None, Some(group.to_string())),
    };
    OpportunityView {
        id: record.id.to_string(),
        kind: found.kind.code(),
        state: if record.closed.is_some() { "closed" } else { "open" },
        title: title(&found.subject, listing),
        condition_id,
        group_id,
        found_at: record.id.since.to_rfc3339(),
        seen_at: record.seen_at.to_rfc3339(),
        closed_at: record.closed.map(|(at, _)| at.to_rfc3339()),
        closed_reason: record.closed.map(|(_, why)| closed_reason(why)),
        size: found.size.to_string(),
        edge: net_per_set(found).to_string(),
        gross: found.gross.to_string(),
        fees: found.fees().to_string(),
        chain_cost: found.chain_cost.to_string(),
        net: found.net.to_string(),
        capital: found.capital.to_string(),
        lockup_seconds: found.lock_up.map(|span| span.seconds()),
        annualised_return_bips: found.annual_return_bips,
        score: score_view(found),
        legs: found.legs.iter().map(|leg| leg_view(leg, listing, found.examined_at)).collect(),
        actions: found.actions.iter().map(action_view).collect(),
    }
}

/// Net profit a set in dollars, cut.
fn net_per_set(found: &Opportunity) -> Usd {
    let numerator = i128::from(found.net.micros()) * i128::from(MICROS);
    Usd::from_micros(divide(numerator, i128::from(found.size.micros()), Rounding::Down))
}

fn title(subject: &Subject, listing: &Listing) -> String {
    let known = match subject {
        Subject::Market(condition) => listing.markets.get(condition).map(|m| m.title.to_string()),
        Subject::Group(group) => listing.groups.get(group).map(|g| g.title.to_string()),
    };
    known.unwrap_or_else(|| subject.to_string())
}

fn closed_reason(why: CloseCause) -> ClosedReasonView {
    let text = match why {
        CloseCause::Missed(reason) => reason.text(),
        CloseCause::Vanished => "It is no longer looked at.",
        CloseCause::Distrusted => "A book it rested on is no longer trusted.",
        CloseCause::Expired => "No look confirmed it for too long.",
    };
    ClosedReasonView { code: why.code(), text }
}

fn score_view(found: &Opportunity) -> ScoreView {
    let parts = found.score.parts;
    ScoreView {
        total: found.score.total,
        deviation: parts.deviation,
        liquidity: parts.liquidity,
        fees: parts.fees,
        slippage: parts.slippage,
        time: parts.resolution,
    }
}

fn leg_view(leg: &Leg, listing: &Listing, examined_at: UnixMillis) -> LegView {
    let market = listing.markets.get(&leg.condition);
    let outcome = market.and_then(|market| market.outcomes.get(leg.outcome.get()));
    LegView {
        token_id: leg.token.to_string(),
        condition_id: leg.condition.to_string(),
        title: market.map_or_else(String::new, |market| market.title.to_string()),
        outcome: outcome.map_or_else(String::new, |outcome| outcome.name.to_string()),
        side: match leg.side {
            Side::Buy => "buy",
            Side::Sell => "sell",
        },
        size: leg.size.to_string(),
        limit_price: leg.limit.to_string(),
        average_price: leg.average.to_string(),
        levels: leg.levels,
        amount: leg.value.to_string(),
        fee: leg.fee.to_string(),
        epoch: leg.epoch.0,
        age_ms: leg.age(examined_at).0,
    }
}

fn action_view(action: &ChainAction) -> ActionView {
    ActionView {
        kind: match action.kind {
            ChainActionKind::Split => "split",
            ChainActionKind::Merge => "merge",
            ChainActionKind::Convert => "convert",
            ChainActionKind::Redeem => "redeem",
            ChainActionKind::Transfer => "transfer",
        },
        amount: action.amount.to_string(),
        cost: action.cost.to_string(),
    }
}
