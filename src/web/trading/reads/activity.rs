//! Decisions, wishes and plans.

use actix_web::{HttpResponse, web};
use domain::ConditionId;
use engine::opportunity::OpportunityKind;
use serde::Deserialize;
use store::{About, DecisionFilter, PlanFilter, SignalFilter, Verdict};
use utoipa::IntoParams;

use super::{limit, market, moment, one_of, reference, strategy, words};
use crate::web::listing::{Sorted, subjects};
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::{DecisionView, Names, PlanView, Rows, SignalView};
use crate::web::trading::{Refusal, WorkerStore};

/// How a plan stands.
pub const PLAN_STATES: [&str; 4] = ["open", "done", "nothing", "unbalanced"];

/// Which decisions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DecisionQuery {
    /// Only about this opportunity.
    pub opportunity: Option<String>,
    /// Only of this strategy.
    pub strategy: Option<String>,
    /// Only `approved`, `refused` or `passed`.
    pub verdict: Option<String>,
    /// Only about this market or its group: its condition id.
    pub market: Option<String>,
    /// Only of this wish.
    pub signal: Option<String>,
    /// Only made at this moment or later, RFC 3339.
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// Only made before this moment, RFC 3339.
    #[param(format = DateTime)]
    pub to: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which wishes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActivityQuery {
    /// Only about this market or its group: its condition id.
    pub market: Option<String>,
    /// Only of this strategy.
    pub strategy: Option<String>,
    /// Only from this opportunity.
    pub opportunity: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which plans.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// Only of this strategy.
    pub strategy: Option<String>,
    /// Only from this opportunity.
    pub opportunity: Option<String>,
    /// Only `open`, `done`, `nothing` or `unbalanced` ones.
    pub state: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Why and why not
///
/// What was decided about every opportunity and every wish by hand: each gate with the value it saw
/// and the limit it knows; the newest first.
#[utoipa::path(get, path = "/api/v1/decisions", tag = "trading", params(DecisionQuery),
    responses((status = 200, description = "A page of decisions", body = Rows<DecisionView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn decisions(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<DecisionQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let verdicts = [Verdict::Approved, Verdict::Refused, Verdict::Passed];
    let verdict = match query.verdict.as_deref() {
        None => None,
        Some(given) => {
            let word = one_of("verdict", given, &verdicts.map(Verdict::code))?;
            verdicts.into_iter().find(|verdict| verdict.code() == word)
        }
    };
    let filter = DecisionFilter {
        opportunity_id: reference("opportunity", query.opportunity)?,
        strategy: strategy(query.strategy.as_deref())?,
        verdict,
        signal_id: reference("signal", query.signal)?,
        about: market(query.market.as_deref())?.map(|market| about(&state, market)),
        order: sorted.direction,
        from: moment("from", query.from.as_deref())?,
        to: moment("to", query.to.as_deref())?,
    };
    let (cursor, limit) = (sorted.cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let store = store.get(&state.trading()?.store).await?;
    let page = store.money().decisions(&filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(DecisionView::of_row).collect(),
        next_cursor: sorted.next(page.next),
    }))
}

/// Whatever names the market or its group.
fn about(state: &WebState, market: ConditionId) -> About {
    let subjects = subjects(state, market);
    let kinds = OpportunityKind::ALL.map(OpportunityKind::code);
    let names = subjects.iter().flat_map(|of| kinds.map(|kind| format!("{kind}:{of}:")));
    About { opportunities: names.collect(), subjects }
}

/// List wishes
///
/// What strategies and people wished to trade, the newest first.
#[utoipa::path(get, path = "/api/v1/signals", tag = "trading", params(ActivityQuery),
    responses((status = 200, description = "A page of wishes", body = Rows<SignalView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn signals(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<ActivityQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let market = market(query.market.as_deref())?;
    let filter = SignalFilter {
        strategy: strategy(query.strategy.as_deref())?,
        subjects: market.map(|market| subjects(&state, market)),
        order: sorted.direction,
        opportunity_id: reference("opportunity", query.opportunity)?,
    };
    let (cursor, limit) = (sorted.cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let store = store.get(&state.trading()?.store).await?;
    let page = store.money().signals(&filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    let names = Names(state.listing.get());
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(|row| SignalView::of_row(row, &names)).collect(),
        next_cursor: sorted.next(page.next),
    }))
}

/// List plans
///
/// Approved wishes on their way and how they ended, the newest first.
#[utoipa::path(get, path = "/api/v1/plans", tag = "trading", params(PlanQuery),
    responses((status = 200, description = "A page of plans", body = Rows<PlanView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn plans(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<PlanQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let states = match query.state.as_deref() {
        None => Vec::new(),
        Some(given) => words([one_of("state", given, &PLAN_STATES)?]),
    };
    let filter = PlanFilter {
        order: sorted.direction,
        states,
        strategy: strategy(query.strategy.as_deref())?,
        opportunity_id: reference("opportunity", query.opportunity)?,
    };
    let (cursor, limit) = (sorted.cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let store = store.get(&state.trading()?.store).await?;
    let page = store.money().plans(&filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(PlanView::from).collect(),
        next_cursor: sorted.next(page.next),
    }))
}
