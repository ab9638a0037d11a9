//! The Data API, second version.

use actix_web::{HttpResponse, Responder, web};

use super::query::Query;
use super::{Refused, json};
use crate::venue::Shared;
use crate::wire::{data, frames};

const PAGE_MAX: usize = 1_000;
const PAGE_USUAL: usize = 100;
const CONDITIONS_MAX: usize = 20;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/v2/trades", web::get().to(trades))
        .route("/v2/resolutions", web::get().to(resolutions))
        .route("/v2/prices-history", web::get().to(history));
}

fn refuse(text: &str, parameter: &str) -> HttpResponse {
    let body = data::error(text, "invalid_parameter", parameter);
    HttpResponse::BadRequest().content_type("application/json").body(body)
}

fn limit(query: &Query) -> usize {
    let asked = query.number("limit").and_then(|it| usize::try_from(it).ok());
    asked.filter(|it| *it > 0).unwrap_or(PAGE_USUAL).min(PAGE_MAX)
}

/// The condition ids asked for, under any of their names; an error for too many or short ones.
fn conditions(query: &Query) -> Result<Vec<&str>, Refused> {
    let names = ["condition", "condition_id", "conditionId"];
    let ids: Vec<&str> = names.iter().flat_map(|name| query.all(name)).collect();
    if ids.len() > CONDITIONS_MAX {
        return Err(Box::new(refuse("at most 20 conditions", "condition")));
    }
    if ids.iter().any(|id| id.len() != 66) {
        return Err(Box::new(refuse("a condition has 64 hexadecimal digits", "condition")));
    }
    Ok(ids)
}

/// A cursor names the transaction after which the page begins.
async fn trades(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let conditions = match conditions(&query) {
        Ok(conditions) => conditions,
        Err(refused) => return *refused,
    };
    let limit = limit(&query);
    let (user, side) = (query.first("user"), query.first("side"));
    let state = shared.state.lock();
    let world = &state.world;
    let cursor = query.first("cursor");
    let mut begun = cursor.is_none();
    let mut rows = Vec::new();
    let mut last = None;
    let mut more = false;
    for trade in world.tape() {
        if !begun {
            begun = cursor == Some(trade.transaction.as_str());
            continue;
        }
        let Some(listing) = world.listing(trade.market) else { continue };
        let Some(event) = world.universe().event_of(listing) else { continue };
        let wanted = (conditions.is_empty() || conditions.contains(&listing.condition.as_str()))
            && user.is_none_or(|user| user.eq_ignore_ascii_case(&trade.wallet.address))
            && side.is_none_or(|side| side == frames::side_text(trade.side));
        if !wanted {
            continue;
        }
        if rows.len() == limit {
            more = true;
            break;
        }
        rows.push(frames::data_trade(listing, event, trade));
        last = Some(trade.transaction.as_str());
    }
    if !begun {
        return refuse("the cursor is not known", "cursor");
    }
    json(data::envelope(&rows, limit, last.filter(|_| more)))
}

async fn resolutions(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let conditions = match conditions(&query) {
        Ok(conditions) => conditions,
        Err(refused) => return *refused,
    };
    let state = shared.state.lock();
    let world = &state.world;
    let rows: Vec<String> = conditions
        .into_iter()
        .filter_map(|id| {
            let market = world.universe().find_condition(id)?;
            let (winner, at) = world.resolution(market)?;
            Some(data::resolution(world.listing(market)?, winner, at))
        })
        .collect();
    json(data::envelope(&rows, limit(&query), None))
}

/// Newest page first is not documented: rows are oldest first, one page.
async fn history(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(token) = query.first("token_id") else {
        return refuse("token_id is required", "token_id");
    };
    let now = shared.now_ms() / 1_000;
    let (length, finest) = match query.first("interval") {
        Some("1h") => (3_600, 60),
        Some("6h") => (21_600, 60),
        Some("1d") => (86_400, 60),
        Some("1w") => (604_800, 300),
        Some("1m" | "max" | "all") => (2_592_000, 600),
        Some(_) => return refuse("unknown interval", "interval"),
        None => (0, 60),
    };
    let range = match query.number("start") {
        _ if length > 0 => (now - length, now),
        Some(start) => (start, query.number("end").unwrap_or(now).min(start + 15 * 86_400)),
        None => return refuse("interval or start is required", "interval"),
    };
    let step = query.number("bucket_seconds").unwrap_or(finest);
    if !(finest..=86_400).contains(&step) {
        return refuse("bucket_seconds is out of range", "bucket_seconds");
    }
    let limit = limit(&query);
    let state = shared.state.lock();
    let Some((market, outcome)) = state.world.universe().find_token(token) else {
        return json(data::envelope(&[], limit, None));
    };
    let rows: Vec<String> = state
        .world
        .history(market, outcome, range, step, PAGE_MAX)
        .into_iter()
        .map(|(t, p)| format!("{{\"timestamp\":{t},\"price\":{p},\"resolution_seconds\":{step}}}"))
        .collect();
    json(data::envelope(&rows, limit, None))
}
