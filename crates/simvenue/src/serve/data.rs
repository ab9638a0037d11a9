//! The Data API, second version.

use actix_web::{HttpResponse, Responder, web};

use super::query::Query;
use super::{Refused, json};
use crate::crowd;
use crate::venue::Shared;
use crate::wire::data;
use crate::wire::frames::{self, Trade};

const PAGE_MAX: usize = 1_000;
const PAGE_USUAL: usize = 100;
const CONDITIONS_MAX: usize = 20;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/v2/trades", web::get().to(trades))
        .route("/v2/positions", web::get().to(positions))
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

/// Newest first. A cursor names the transaction after which the page begins.
async fn trades(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let conditions = match conditions(&query) {
        Ok(conditions) => conditions,
        Err(refused) => return *refused,
    };
    let limit = limit(&query);
    let (user, side) = (query.first("user"), query.first("side"));
    let range = Range::of(&query);
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
            && side.is_none_or(|side| side == frames::side_text(trade.side))
            && range.holds(trade);
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

/// When trades were made, and for how much at least.
struct Range {
    from_s: i64,
    to_s: i64,
    dollars_min: i64,
}

impl Range {
    fn of(query: &Query) -> Self {
        let is_cash = query.first("filter_type").is_none_or(|it| it.eq_ignore_ascii_case("cash"));
        let dollars = query.number("filter_amount").filter(|_| is_cash);
        Self {
            from_s: query.number("start").unwrap_or(0),
            to_s: query.number("end").unwrap_or(i64::MAX),
            dollars_min: dollars.unwrap_or(0),
        }
    }
    fn holds(&self, trade: &Trade) -> bool {
        let value = trade.size.at(trade.price, domain::Rounding::Down);
        (self.from_s..=self.to_s).contains(&(trade.stamp.0 / 1_000))
            && value >= domain::Usd::from_whole(self.dollars_min)
    }
}

/// What the people of the crowd held before the venue was started: all of it settled.
async fn positions(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(user) = query.first("user") else {
        return refuse("user is required", "user");
    };
    let past = crowd::past(user);
    let count = match query.first("status") {
        Some("CLOSED") => past.map_or(0, |past| past.won),
        Some("REDEEMABLE_LOST") => past.map_or(0, |past| past.lost),
        Some("OPEN" | "REDEEMABLE" | "MERGEABLE") => 0,
        _ => return refuse("unknown status", "status"),
    };
    let is_won = query.first("status") == Some("CLOSED");
    let limit = limit(&query);
    let begin = query.number("cursor").and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
    let end = count.min(begin + limit as u64);
    let first_s = shared.now_ms() / 1_000 - past.map_or(0, |past| past.days) * 86_400;
    let rows: Vec<String> =
        (begin..end).map(|number| data::position(user, number, is_won, first_s)).collect();
    let next = (end < count).then(|| end.to_string());
    json(data::envelope(&rows, limit, next.as_deref()))
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
