//! The CLOB's public reads.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, Responder, web};
use domain::decimal::format_scaled;
use domain::{Price, Side};
use serde::Deserialize;

use super::query::Query;
use super::{Refused, clob_error, json};
use crate::matching::Outcome;
use crate::universe::{Listing, MarketIndex, Universe};
use crate::venue::Shared;
use crate::wire::clob;
use crate::world::{Quote, World};

/// Tokens of one batch.
const BATCH_MAX: usize = 500;
/// Points of one history.
const HISTORY_MAX: usize = 2_000;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(ok))
        .route("/ok", web::get().to(ok))
        .route("/time", web::get().to(time))
        .route("/version", web::get().to(|| async { json(r#"{"version":2}"#.to_owned()) }))
        .route("/book", web::get().to(book))
        .route("/books", web::post().to(books))
        .route("/price", web::get().to(price))
        .route("/prices", web::post().to(prices))
        .route("/midpoint", web::get().to(midpoint))
        .route("/spread", web::get().to(spread))
        .route("/tick-size", web::get().to(tick_size))
        .route("/neg-risk", web::get().to(neg_risk))
        .route("/fee-rate", web::get().to(fee_rate))
        .route("/markets-by-token/{token}", web::get().to(market_of_token))
        .route("/clob-markets/{condition}", web::get().to(compact_market))
        .route("/markets/{condition}", web::get().to(full_market))
        .route("/prices-history", web::get().to(history));
}

#[derive(Deserialize)]
struct Wanted {
    token_id: String,
    #[serde(default)]
    side: Option<String>,
}

fn bad_request(text: &str) -> HttpResponse {
    clob_error(StatusCode::BAD_REQUEST, text)
}

fn no_book() -> HttpResponse {
    clob_error(StatusCode::NOT_FOUND, "No orderbook exists for the requested token id")
}

fn side(text: Option<&str>) -> Option<Side> {
    match text {
        Some("BUY") => Some(Side::Buy),
        Some("SELL") => Some(Side::Sell),
        _ => None,
    }
}

/// Runs `read` on the token of the query.
fn with_token(
    shared: &Shared,
    query: &Query,
    read: impl FnOnce(&World, MarketIndex, Outcome) -> Option<String>,
) -> HttpResponse {
    let Some(token) = query.first("token_id") else { return bad_request("Invalid token id") };
    let state = shared.state.lock();
    let found = state.world.universe().find_token(token);
    let text = found.and_then(|(market, outcome)| read(&state.world, market, outcome));
    text.map_or_else(no_book, json)
}

fn batch(body: &[u8]) -> Result<Vec<Wanted>, Refused> {
    let wanted: Vec<Wanted> =
        serde_json::from_slice(body).map_err(|_| Box::new(bad_request("Invalid payload")))?;
    if wanted.len() > BATCH_MAX {
        return Err(Box::new(bad_request("Payload exceeds the limit")));
    }
    Ok(wanted)
}

async fn ok() -> impl Responder {
    json("\"OK\"".to_owned())
}

async fn time(shared: web::Data<Shared>) -> impl Responder {
    json((shared.now_ms() / 1_000).to_string())
}

async fn book(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(token) = query.first("token_id") else { return bad_request("Invalid token id") };
    shared.state.lock().world.rest_book(token).map_or_else(no_book, json)
}

/// Unknown tokens are left out, as the venue does.
async fn books(shared: web::Data<Shared>, body: web::Bytes) -> impl Responder {
    let wanted = match batch(&body) {
        Ok(wanted) => wanted,
        Err(refused) => return *refused,
    };
    let state = shared.state.lock();
    let books: Vec<String> =
        wanted.iter().filter_map(|it| state.world.rest_book(&it.token_id)).collect();
    json(format!("[{}]", books.join(",")))
}

/// `BUY` is what a buyer pays: the lowest ask, as the documentation page has it.
fn price_of(world: &World, market: MarketIndex, outcome: Outcome, side: Side) -> Option<Price> {
    let touch = world.touch(market, outcome);
    match side {
        Side::Buy => touch.ask,
        Side::Sell => touch.bid,
    }
}

async fn price(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(side) = side(query.first("side")) else { return bad_request("Invalid side") };
    with_token(&shared, &query, |world, market, outcome| {
        let price = price_of(world, market, outcome, side)?;
        Some(format!("{{\"price\":\"{price}\"}}"))
    })
}

async fn prices(shared: web::Data<Shared>, body: web::Bytes) -> impl Responder {
    let wanted = match batch(&body) {
        Ok(wanted) => wanted,
        Err(refused) => return *refused,
    };
    let state = shared.state.lock();
    let mut entries = Vec::new();
    for it in &wanted {
        let Some(wanted_side) = side(it.side.as_deref()) else {
            return bad_request("Invalid side");
        };
        let found = state.world.universe().find_token(&it.token_id);
        let price = found.and_then(|(market, o)| price_of(&state.world, market, o, wanted_side));
        if let Some(price) = price {
            let name = if wanted_side == Side::Buy { "BUY" } else { "SELL" };
            entries.push(format!("\"{}\":{{\"{name}\":{price}}}", it.token_id));
        }
    }
    json(format!("{{{}}}", entries.join(",")))
}

async fn midpoint(shared: web::Data<Shared>, query: Query) -> impl Responder {
    with_token(&shared, &query, |world, market, outcome| {
        let touch = world.touch(market, outcome);
        let sum = touch.bid?.ten_thousandths() + touch.ask?.ten_thousandths();
        Some(format!("{{\"mid\":\"{}\"}}", format_scaled(i64::from(sum) * 5, 5)))
    })
}

async fn spread(shared: web::Data<Shared>, query: Query) -> impl Responder {
    with_token(&shared, &query, |world, market, outcome| {
        let touch = world.touch(market, outcome);
        let wide = i64::from(touch.ask?.ten_thousandths());
        let spread = wide - i64::from(touch.bid?.ten_thousandths());
        Some(format!("{{\"spread\":\"{}\"}}", format_scaled(spread, 4)))
    })
}

async fn tick_size(shared: web::Data<Shared>, query: Query) -> impl Responder {
    with_token(&shared, &query, |world, market, _| {
        let quote = world.quote(market)?;
        Some(format!("{{\"minimum_tick_size\":{}}}", quote.tick))
    })
}

async fn neg_risk(shared: web::Data<Shared>, query: Query) -> impl Responder {
    with_token(&shared, &query, |world, market, _| {
        let listing = world.listing(market)?;
        Some(format!("{{\"neg_risk\":{}}}", world.universe().is_neg_risk(listing)))
    })
}

/// In the unit of the first protocol, which nothing is charged by.
async fn fee_rate(shared: web::Data<Shared>, query: Query) -> impl Responder {
    with_token(&shared, &query, |_, _, _| Some(r#"{"base_fee":1000}"#.to_owned()))
}

async fn market_of_token(shared: web::Data<Shared>, token: web::Path<String>) -> impl Responder {
    let state = shared.state.lock();
    let universe = state.world.universe();
    let found = universe.find_token(&token);
    let listing = found.and_then(|(market, _)| state.world.listing(market));
    match listing {
        Some(listing) => json(clob::of_token(listing)),
        None => clob_error(StatusCode::NOT_FOUND, "market not found"),
    }
}

/// The condition must have its 64 digits: an unpadded one of the second protocol is not found.
fn with_condition(
    shared: &Shared,
    condition: &str,
    write: fn(&Universe, &Listing, &Quote) -> String,
) -> HttpResponse {
    let state = shared.state.lock();
    let world = &state.world;
    let found = world.universe().find_condition(condition);
    let parts = found.and_then(|market| Some((world.listing(market)?, world.quote(market)?)));
    match parts {
        Some((listing, quote)) => json(write(world.universe(), listing, &quote)),
        None => clob_error(StatusCode::NOT_FOUND, "market not found"),
    }
}

async fn compact_market(shared: web::Data<Shared>, condition: web::Path<String>) -> impl Responder {
    with_condition(&shared, &condition, clob::compact)
}

async fn full_market(shared: web::Data<Shared>, condition: web::Path<String>) -> impl Responder {
    with_condition(&shared, &condition, clob::full)
}

async fn history(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(token) = query.first("market") else { return bad_request("Invalid market") };
    let now = shared.now_ms() / 1_000;
    let length = |interval| match interval {
        "1h" => Some(3_600),
        "6h" => Some(21_600),
        "1d" => Some(86_400),
        "1w" => Some(604_800),
        "1m" | "max" | "all" => Some(2_592_000),
        _ => None,
    };
    let range = match (query.number("startTs"), query.first("interval").map(length)) {
        (Some(start), None) => (start, query.number("endTs").unwrap_or(now)),
        (None, Some(Some(length))) => (now - length, now),
        _ => return bad_request("Invalid filters: use interval or startTs and endTs"),
    };
    let step = query.number("fidelity").unwrap_or(10).clamp(1, 1_440) * 60;
    let state = shared.state.lock();
    let Some((market, outcome)) = state.world.universe().find_token(token) else {
        return json(r#"{"history":[]}"#.to_owned());
    };
    let points: Vec<String> = state
        .world
        .history(market, outcome, range, step, HISTORY_MAX)
        .into_iter()
        .map(|(t, p)| format!("{{\"t\":{t},\"p\":{p}}}"))
        .collect();
    json(format!("{{\"history\":[{}]}}", points.join(",")))
}
