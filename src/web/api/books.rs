//! `GET /api/v1/markets/{condition_id}/book`: the ladders as they are in memory.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use actors::books::{OutcomeBook, TellBooks};
use domain::{ConditionId, Level, Market, Side, UnixMillis};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;

/// How long the books may take to answer.
const ASK_WAIT: Duration = Duration::from_secs(2);
/// Levels of each side that are told.
const LEVELS_MAX: usize = 50;

/// The books of a market.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookView {
    /// The venue's key, `0x` and 64 digits.
    pub condition_id: String,
    /// When the exchange last stated any of it, RFC 3339; null before that.
    pub at: Option<String>,
    /// Both outcomes, YES first.
    pub outcomes: Vec<OutcomeBookView>,
}

/// The book of one outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeBookView {
    /// What is traded.
    pub token_id: String,
    /// Its name. Text from the venue: not to be trusted.
    pub name: String,
    /// `unwatched`, `waiting`, `trusted`, `suspect` or `stale`. What rests is only to be believed
    /// where it is `trusted`.
    pub trust: &'static str,
    /// Milliseconds since the exchange last stated it.
    pub age_ms: Option<i64>,
    /// Snapshots that it was built from.
    pub epoch: u64,
    /// The grid of its prices.
    pub tick_size: String,
    /// Who buys, the highest price first; at most 50.
    pub bids: Vec<LevelView>,
    /// Who sells, the lowest price first; at most 50.
    pub asks: Vec<LevelView>,
}

/// What rests at one price.
#[derive(Debug, Serialize, ToSchema)]
pub struct LevelView {
    /// The price.
    pub price: String,
    /// How many shares.
    pub size_shares: String,
}

/// Read the books of one market
///
/// From memory. A market that is not watched has empty ladders and says so.
#[utoipa::path(get, path = "/api/v1/markets/{condition_id}/book", tag = "markets",
    params(("condition_id" = String, Path, description = "`0x` and 64 hexadecimal digits")),
    responses((status = 200, description = "The books", body = BookView),
              (status = 400, description = "Not a condition id", body = ProblemBody),
              (status = 403, description = "Host or origin not served", body = ProblemBody),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 503, description = "The books do not answer now", body = ProblemBody)))]
pub async fn read(
    state: web::Data<WebState>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let condition = ConditionId::parse(&id).map_err(|why| Problem::BadParameter {
        name: "condition_id".into(),
        why: why.to_string(),
    })?;
    let market = state.listing.get().markets.get(&condition).cloned();
    let market =
        market.ok_or_else(|| Problem::NotFound { what: "market", name: condition.to_string() })?;
    let books = of_market(&state, condition).await?;
    Ok(HttpResponse::Ok().json(view(&market, books.as_deref(), state.clock.now())))
}

/// How the books of a market stand, YES first; `None` where it is not watched.
///
/// # Errors
/// The books do not answer.
pub async fn of_market(
    state: &WebState,
    condition: ConditionId,
) -> Result<Option<Box<[OutcomeBook; 2]>>, Problem> {
    let Some(books) = &state.books else { return Ok(None) };
    let told = books.ask(TellBooks(condition), ASK_WAIT).await;
    told.map_err(|_| Problem::Busy("the books do not answer now"))
}

/// The milliseconds since a book was stated; `None` before its first statement.
#[must_use]
pub fn age_ms(book: &OutcomeBook, now: UnixMillis) -> Option<i64> {
    let stated_at = book.standing.stated_at;
    (stated_at.0 > 0).then(|| now.since(stated_at).0.max(0))
}

fn view(market: &Market, books: Option<&[OutcomeBook; 2]>, now: UnixMillis) -> BookView {
    let stated = books.into_iter().flatten().map(|book| book.standing.stated_at);
    let at = stated.filter(|at| at.0 > 0).max();
    let outcomes = market.outcomes.iter().map(|outcome| {
        let book = books.and_then(|books| books.iter().find(|book| book.token == outcome.token));
        let side = |side| book.map(|book| ladder(book.book.side(side).best_first()));
        OutcomeBookView {
            token_id: outcome.token.to_string(),
            name: outcome.name.to_string(),
            trust: book.map_or("unwatched", |book| book.standing.trust_code()),
            age_ms: book.and_then(|book| age_ms(book, now)),
            epoch: book.map_or(0, |book| book.standing.epoch.0),
            tick_size: market.tick.to_string(),
            bids: side(Side::Buy).unwrap_or_default(),
            asks: side(Side::Sell).unwrap_or_default(),
        }
    });
    BookView {
        condition_id: market.condition.to_string(),
        at: at.map(UnixMillis::to_rfc3339),
        outcomes: outcomes.collect(),
    }
}

fn ladder(levels: impl Iterator<Item = Level>) -> Vec<LevelView> {
    let view = |level: Level| LevelView {
        price: level.price.to_string(),
        size_shares: level.size.to_string(),
    };
    levels.take(LEVELS_MAX).map(view).collect()
}
