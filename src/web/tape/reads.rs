//! Pages of trades and whales, one whale, one wallet, and the record of the classes.

use actix_web::{HttpResponse, web};
use domain::{AccountAddress, ConditionId, Side, Usd};
use serde::Deserialize;
use store::{Newness, PAGE_ROWS_MAX, Store, TapeSort, TradeFilter, WhaleFilter, WhaleRow, Word};
use utoipa::IntoParams;

use super::shape::{RecordView, TradeView, WalletView, WhaleDetailView, WhaleView};
use crate::web::decimal;
use crate::web::listing::Sorted;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::Rows;
use crate::web::trading::{Refusal, WorkerStore};

const LIMIT_DEFAULT: u64 = 100;
/// Trades shown with their whale.
const TRADES_OF_WHALE_MAX: u64 = 100;
/// Events that the record looks back on.
const RECORD_EVENTS_MAX: u64 = 20_000;
/// What trades and whales are sorted by, the usual one first.
pub const SORTS: [&str; 2] = ["at", "value_usd"];
/// How a whale shows.
pub const KINDS: [&str; 2] = ["large_print", "accumulation"];
/// Kinds, by new wallets and by others.
pub const CLASSES: [&str; 4] =
    ["large_print", "accumulation", "fresh_large_print", "fresh_accumulation"];

/// Which trades.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TradeQuery {
    /// Only of this wallet.
    pub wallet: Option<String>,
    /// Only in this market: its condition id.
    pub market: Option<String>,
    /// Only `buy` or `sell`.
    pub side: Option<String>,
    /// Only of so many dollars at least.
    pub usd_min: Option<String>,
    /// By `at` (default) or `value_usd`.
    pub sort: Option<String>,
    /// `desc`, the newest or the largest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which whales.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhaleQuery {
    /// Only `large_print` or `accumulation`.
    pub kind: Option<String>,
    /// Only wallets that were known to be new, or only those that were not.
    pub fresh: Option<bool>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only of this wallet.
    pub wallet: Option<String>,
    /// Only in this market: its condition id.
    pub market: Option<String>,
    /// Only of so many dollars at least.
    pub usd_min: Option<String>,
    /// By `at` (default) or `value_usd`.
    pub sort: Option<String>,
    /// `desc`, the newest or the largest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List large trades
///
/// What others traded, the newest first: each trade once, from three sources.
#[utoipa::path(get, path = "/api/v1/trades", tag = "whales", params(TradeQuery),
    responses((status = 200, description = "A page of trades", body = Rows<TradeView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn trades(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<TradeQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::read(query.sort.as_deref(), query.order.as_deref(), &SORTS)?;
    let filter = TradeFilter {
        sort: tape_sort(sorted),
        order: sorted.direction,
        wallet: wallet_of(query.wallet.as_deref())?,
        condition: market_of(query.market.as_deref())?,
        side: side_of(query.side.as_deref())?,
        value_usd_min: usd_of(query.usd_min.as_deref())?,
        ..TradeFilter::default()
    };
    let (cursor, limit) = (sorted.cursor(query.cursor.as_deref())?, limit_of(query.limit)?);
    let store = store.get(&state.store).await?;
    let page = store.trades().page(&filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(TradeView::from).collect(),
        next_cursor: sorted.next(page.next),
    }))
}

/// List whales
///
/// Large trades and large sums in many trades, told last first, with what became of them.
#[utoipa::path(get, path = "/api/v1/whales", tag = "whales", params(WhaleQuery),
    responses((status = 200, description = "A page of whales", body = Rows<WhaleView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn whales(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<WhaleQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::read(query.sort.as_deref(), query.order.as_deref(), &SORTS)?;
    let filter = whale_filter(&query, sorted)?;
    let (cursor, limit) = (sorted.cursor(query.cursor.as_deref())?, limit_of(query.limit)?);
    let store = store.get(&state.store).await?;
    let page = store.whales().page(&filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(Rows {
        data: page.rows.into_iter().map(WhaleView::from).collect(),
        next_cursor: sorted.next(page.next),
    }))
}

/// Read one whale
///
/// With its stored trades and what is known of its wallet.
#[utoipa::path(get, path = "/api/v1/whales/{id}", tag = "whales",
    params(("id" = String, Path, description = "The whale's id")),
    responses((status = 200, description = "The whale", body = WhaleDetailView),
              (status = 404, description = "There is none", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn whale(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let store = store.get(&state.store).await?;
    let found = store.whales().find(&id).await.map_err(|error| Refusal::store_down(&error))?;
    let Some(row) = found else {
        let name = id.chars().take(120).collect();
        return Err(Problem::NotFound { what: "whale", name });
    };
    let trades = trades_of(store, &row).await?;
    let profile = match row.wallet {
        Some(wallet) => profile_of(&state, store, wallet).await?,
        None => None,
    };
    Ok(HttpResponse::Ok().json(WhaleDetailView { whale: row.into(), trades, profile }))
}

/// Read the record of whales
///
/// What each class was worth to those who would have followed, net of fees, with the interval in
/// which the truth lies; and whether there are enough markets to say anything.
#[utoipa::path(get, path = "/api/v1/whales/record", tag = "whales",
    responses((status = 200, description = "Each class at each horizon", body = RecordView),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn record(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
) -> Result<HttpResponse, Problem> {
    let store = store.get(&state.store).await?;
    let rows = store.whales().outcomes(RECORD_EVENTS_MAX).await;
    let rows = rows.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(RecordView::of_rows(&rows)))
}

/// Read one wallet
///
/// How old it is, what it settled and what came of it, and its stored whales and trades.
#[utoipa::path(get, path = "/api/v1/wallets/{address}", tag = "whales",
    params(("address" = String, Path, description = "0x and 40 hexadecimal digits")),
    responses((status = 200, description = "The wallet", body = WalletView),
              (status = 400, description = "Not an address", body = ProblemBody),
              (status = 404, description = "Nothing is known of it", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn wallet(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    address: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let wallet =
        AccountAddress::parse(&address).map_err(|error| bad("address", error.to_string()))?;
    let store = store.get(&state.store).await?;
    match profile_of(&state, store, wallet).await? {
        Some(view) => Ok(HttpResponse::Ok().json(view)),
        None => Err(Problem::NotFound { what: "wallet", name: wallet.to_string() }),
    }
}

async fn trades_of(store: &Store, whale: &WhaleRow) -> Result<Vec<TradeView>, Problem> {
    let filter = TradeFilter {
        wallet: whale.wallet,
        token: Some(whale.token),
        side: Some(whale.side),
        from: Some(whale.first_at),
        to: Some(whale.last_at),
        ..TradeFilter::default()
    };
    let page = store.trades().page(&filter, None, TRADES_OF_WHALE_MAX).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    Ok(page.rows.into_iter().map(TradeView::from).collect())
}

/// What is known of a wallet; nothing where it neither was looked up nor traded.
async fn profile_of(
    state: &WebState,
    store: &Store,
    wallet: AccountAddress,
) -> Result<Option<WalletView>, Problem> {
    let down = |error| Problem::from(Refusal::store_down(&error));
    let row = store.wallets().find(wallet).await.map_err(down)?;
    let of_wallet = TradeFilter { wallet: Some(wallet), ..TradeFilter::default() };
    let trades = store.trades().page(&of_wallet, None, PAGE_ROWS_MAX).await.map_err(down)?;
    let of_wallet = WhaleFilter { wallet: Some(wallet), ..WhaleFilter::default() };
    let whales = store.whales().page(&of_wallet, None, PAGE_ROWS_MAX).await.map_err(down)?;
    if row.is_none() && trades.rows.is_empty() && whales.rows.is_empty() {
        return Ok(None);
    }
    let view = match &row {
        Some(row) => WalletView::of_row(row, state.freshness, state.clock.now()),
        None => WalletView::unknown(wallet),
    };
    let traded: Usd = trades.rows.iter().map(|trade| trade.value).sum();
    Ok(Some(WalletView { whales: whales.rows.len(), trades_usd: traded.to_string(), ..view }))
}

fn tape_sort(sorted: Sorted) -> TapeSort {
    if sorted.by == "value_usd" { TapeSort::Value } else { TapeSort::Time }
}

fn whale_filter(query: &WhaleQuery, sorted: Sorted) -> Result<WhaleFilter, Problem> {
    if let Some(class) = query.class.as_deref().filter(|class| !CLASSES.contains(class)) {
        let given: String = class.chars().take(40).collect();
        return Err(bad("class", format!("{given:?} is none of {}", CLASSES.join(", "))));
    }
    let (class_kind, class_newness) = match query.class.as_deref() {
        None => (None, None),
        Some(class) => match class.strip_prefix("fresh_") {
            Some(kind) => (Some(kind), Some(Newness::New)),
            None => (Some(class), Some(Newness::NotKnownNew)),
        },
    };
    let newness = |fresh| if fresh { Newness::New } else { Newness::NotKnownNew };
    let kind = query.kind.as_deref().or(class_kind);
    if let Some(kind) = kind.filter(|kind| !KINDS.contains(kind)) {
        let given: String = kind.chars().take(40).collect();
        return Err(bad("kind", format!("{given:?} is none of {}", KINDS.join(", "))));
    }
    Ok(WhaleFilter {
        sort: tape_sort(sorted),
        order: sorted.direction,
        kind: kind.and_then(|kind| Word::new(kind).ok()),
        newness: query.fresh.map(newness).or(class_newness),
        wallet: wallet_of(query.wallet.as_deref())?,
        condition: market_of(query.market.as_deref())?,
        value_usd_min: usd_of(query.usd_min.as_deref())?,
    })
}

fn wallet_of(given: Option<&str>) -> Result<Option<AccountAddress>, Problem> {
    let parsed = given.map(AccountAddress::parse).transpose();
    parsed.map_err(|error| bad("wallet", error.to_string()))
}

fn market_of(given: Option<&str>) -> Result<Option<ConditionId>, Problem> {
    let parsed = given.map(ConditionId::parse).transpose();
    parsed.map_err(|error| bad("market", error.to_string()))
}

fn usd_of(given: Option<&str>) -> Result<Option<Usd>, Problem> {
    if given.is_some_and(|text| !decimal::is_plain(text)) {
        return Err(bad("usd_min", decimal::NOT_PLAIN.to_owned()));
    }
    let parsed = given.map(Usd::parse).transpose();
    parsed.map_err(|error| bad("usd_min", error.to_string()))
}

fn side_of(given: Option<&str>) -> Result<Option<Side>, Problem> {
    match given {
        None => Ok(None),
        Some("buy") => Ok(Some(Side::Buy)),
        Some("sell") => Ok(Some(Side::Sell)),
        Some(_) => Err(bad("side", "it is neither buy nor sell".to_owned())),
    }
}

fn limit_of(given: Option<u64>) -> Result<u64, Problem> {
    let limit = given.unwrap_or(LIMIT_DEFAULT);
    if (1..=PAGE_ROWS_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(bad("limit", format!("{limit} is not between 1 and {PAGE_ROWS_MAX}")))
}

fn bad(name: &str, why: String) -> Problem {
    Problem::BadParameter { name: name.to_owned(), why }
}
