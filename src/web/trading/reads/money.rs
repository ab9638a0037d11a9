//! Orders, matches, the ledger and results.

use actix_web::{HttpResponse, web};
use domain::DurationMillis;
use serde::Deserialize;
use store::{FillFilter, Label, LedgerFilter, LedgerPhase, OrderFilter, PageCursor, ResultBy};
use utoipa::IntoParams;

use super::{limit, market, moment, one_of, order_id, reference, strategy, words};
use crate::web::listing::Sorted;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::{
    FillView, LedgerEntryView, Names, ORDER_STATES, OrderView, OrderWithFills, ResultView,
    ResultsView, Rows,
};
use crate::web::trading::{Refusal, WorkerStore};

/// Matches that are shown with their order; the list of matches has all.
const FILLS_MAX: u64 = 500;
/// How far back results reach where nobody says so.
const RESULTS_DAYS: i64 = 30;
/// What an entry of the ledger is caused by.
pub const CAUSES: [&str; 5] = ["trade", "chain", "deposit", "withdrawal", "adjustment"];
/// By what results are added up, the usual one first.
pub const RESULTS_BY: [&str; 4] = ["day", "strategy", "market", "group"];
const DAY: DurationMillis = DurationMillis(86_400_000);

/// Which orders.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Only of this strategy.
    pub strategy: Option<String>,
    /// Only of this plan.
    pub plan: Option<String>,
    /// Only in this market: its condition id.
    pub market: Option<String>,
    /// Only `open` or `ended` ones, or those in one state.
    pub state: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which matches.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FillQuery {
    /// Only of this strategy.
    pub strategy: Option<String>,
    /// Only in this market: its condition id.
    pub market: Option<String>,
    /// Only of this order.
    pub order_id: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// Only of this strategy.
    pub strategy: Option<String>,
    /// Only in this market: its condition id.
    pub market: Option<String>,
    /// Only `provisional`, `final` or `reversal` ones.
    pub phase: Option<String>,
    /// Only caused by this: `trade`, `chain`, `deposit`, `withdrawal` or `adjustment`.
    pub cause: Option<String>,
    /// Only caused by this trade or transaction.
    pub reference: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which results.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ResultQuery {
    /// `day` (default), `strategy`, `market` or `group`.
    pub by: Option<String>,
    /// From days that begin at this moment or later, RFC 3339; 30 days ago where left out.
    pub from: Option<String>,
    /// To days that begin before this moment, RFC 3339; now where left out.
    pub to: Option<String>,
}

/// List orders
///
/// Every order ever signed, the newest first.
#[utoipa::path(get, path = "/api/v1/orders", tag = "trading", params(OrderQuery),
    responses((status = 200, description = "A page of orders", body = Rows<OrderView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn orders(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<OrderQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let filter = OrderFilter {
        order: sorted.direction,
        states: order_states(query.state.as_deref())?,
        strategy: strategy(query.strategy.as_deref())?,
        plan_id: reference("plan", query.plan)?,
        condition: market(query.market.as_deref())?,
    };
    let (cursor, limit) = (sorted.cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let store = store.get(&state.trading()?.store).await?;
    let page = store.money().orders(&filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    let names = Names(state.listing.get());
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(|row| OrderView::of_row(row, &names)).collect(),
        next_cursor: sorted.next(page.next),
    }))
}

fn order_states(given: Option<&str>) -> Result<Vec<store::Word>, Problem> {
    let of = |open: bool| {
        words(
            ORDER_STATES.iter().filter(|(_, _, is_open)| *is_open == open).map(|(word, ..)| *word),
        )
    };
    match given {
        None => Ok(Vec::new()),
        Some("open") => Ok(of(true)),
        Some("ended") => Ok(of(false)),
        Some(given) => {
            let mut known = vec!["open", "ended"];
            known.extend(ORDER_STATES.iter().map(|(word, ..)| *word));
            Ok(words([one_of("state", given, &known)?]))
        }
    }
}

/// Read one order with its matches
#[utoipa::path(get, path = "/api/v1/orders/{order_id}", tag = "trading",
    params(("order_id" = String, Path, description = "`0x` and 64 hexadecimal digits")),
    responses((status = 200, description = "The order", body = OrderWithFills),
              (status = 400, description = "Not an order id", body = ProblemBody),
              (status = 404, description = "No such order", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn order(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = order_id("order_id", &id)?;
    let store = store.get(&state.trading()?.store).await?;
    let row = store.money().order(id).await.map_err(|error| Refusal::store_down(&error))?;
    let row = row.ok_or_else(|| Problem::NotFound { what: "order", name: id.to_string() })?;
    let filter = FillFilter { order_id: Some(id), ..FillFilter::default() };
    let fills = store.money().fills(&filter, None, FILLS_MAX).await;
    let fills = fills.map_err(|error| Refusal::store_down(&error))?;
    let names = Names(state.listing.get());
    Ok(HttpResponse::Ok().json(OrderWithFills {
        order: OrderView::of_row(row, &names),
        fills: fills.rows.into_iter().map(|row| FillView::of_row(row, &names)).collect(),
    }))
}

/// List matches
///
/// Our part of every trade, the newest first.
#[utoipa::path(get, path = "/api/v1/fills", tag = "trading", params(FillQuery),
    responses((status = 200, description = "A page of matches", body = Rows<FillView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn fills(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<FillQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let filter = FillFilter {
        order: sorted.direction,
        order_id: query.order_id.as_deref().map(|id| order_id("order_id", id)).transpose()?,
        strategy: strategy(query.strategy.as_deref())?,
        condition: market(query.market.as_deref())?,
    };
    let (cursor, limit) = (sorted.cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let store = store.get(&state.trading()?.store).await?;
    let page = store.money().fills(&filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    let names = Names(state.listing.get());
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(|row| FillView::of_row(row, &names)).collect(),
        next_cursor: sorted.next(page.next),
    }))
}

/// List the ledger's entries
///
/// What moved between which accounts, and why, the newest first.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "trading", params(LedgerQuery),
    responses((status = 200, description = "A page of entries", body = Rows<LedgerEntryView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn ledger(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<LedgerQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let phases = [LedgerPhase::Provisional, LedgerPhase::Final, LedgerPhase::Reversal];
    let phase = match query.phase.as_deref() {
        None => None,
        Some(given) => {
            let word = one_of("phase", given, &phases.map(LedgerPhase::code))?;
            phases.into_iter().find(|phase| phase.code() == word)
        }
    };
    let cause = query.cause.as_deref().map(|given| one_of("cause", given, &CAUSES)).transpose()?;
    let cursor = sorted.cursor(query.cursor.as_deref())?;
    let behind = cursor.map(|cursor| u64::try_from(cursor.place)).transpose();
    let behind = behind.map_err(|_| Problem::OtherCursor)?;
    let filter = LedgerFilter {
        order: sorted.direction,
        cause_kind: cause.and_then(|cause| Label::new(cause).ok()),
        cause_reference: reference("reference", query.reference)?,
        phase,
        strategy: strategy(query.strategy.as_deref())?,
        condition: market(query.market.as_deref())?,
    };
    let limit = limit(query.limit)?;
    let store = store.get(&state.trading()?.store).await?;
    let page = store.money().ledger(&filter, behind, limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(LedgerEntryView::from).collect(),
        next_cursor: sorted.next(page.next.map(entry_cursor)),
    }))
}

/// Entries are numbered in the order in which they were booked.
fn entry_cursor(number: u64) -> PageCursor {
    PageCursor { place: i64::try_from(number).unwrap_or(i64::MAX), id: number.to_string() }
}

/// Add results up
///
/// What was earned and spent by day, strategy, market or group; at most 500 sums.
#[utoipa::path(get, path = "/api/v1/results", tag = "trading", params(ResultQuery),
    responses((status = 200, description = "The sums", body = ResultsView),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn results(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<ResultQuery>,
) -> Result<HttpResponse, Problem> {
    let word = one_of("by", query.by.as_deref().unwrap_or("day"), &RESULTS_BY)?;
    let by = match word {
        "strategy" => ResultBy::Strategy,
        "market" => ResultBy::Market,
        "group" => ResultBy::Group,
        _ => ResultBy::Day,
    };
    let now = state.clock.now();
    let to = moment("to", query.to.as_deref())?.unwrap_or_else(|| now.plus(DAY));
    let from = moment("from", query.from.as_deref())?
        .unwrap_or_else(|| now.plus(DurationMillis(-RESULTS_DAYS * DAY.0)));
    let store = store.get(&state.trading()?.store).await?;
    let sums = store.money().results(by, from, to).await;
    let sums = sums.map_err(|error| Refusal::store_down(&error))?;
    let names = Names(state.listing.get());
    let data = sums.into_iter().map(|sum| ResultView::new(sum, by, &names)).collect();
    Ok(HttpResponse::Ok().json(ResultsView { by: word, data }))
}
