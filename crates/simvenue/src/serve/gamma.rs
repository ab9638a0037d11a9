//! Gamma: what is listed.

use actix_web::{HttpResponse, Responder, web};

use super::query::Query;
use super::{Refused, json};
use crate::universe::{Event, Listing, MarketIndex, Version};
use crate::venue::Shared;
use crate::wire::gamma::{self, Parts};
use crate::world::World;

/// A larger `limit` counts as this one, without an error.
const PAGE_MAX: usize = 100;
const PAGE_USUAL: usize = 20;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/markets/keyset", web::get().to(markets))
        .route("/events/keyset", web::get().to(events))
        .route("/markets/slug/{slug}", web::get().to(market_by_slug))
        .route("/markets/{id}", web::get().to(market))
        .route("/tags", web::get().to(tags))
        .route("/tags/slug/{slug}", web::get().to(tag));
}

fn not_found() -> HttpResponse {
    let body = r#"{"type":"not found error","error":"id not found"}"#;
    HttpResponse::NotFound().content_type("application/json").body(body)
}

fn bad_cursor() -> HttpResponse {
    let body = r#"{"type":"validation error","error":"invalid after_cursor"}"#;
    HttpResponse::UnprocessableEntity().content_type("application/json").body(body)
}

fn limit(query: &Query) -> usize {
    let asked = query.number("limit").and_then(|it| usize::try_from(it).ok());
    asked.filter(|it| *it > 0).unwrap_or(PAGE_USUAL).min(PAGE_MAX)
}

/// A cursor is opaque; inside it is the last id of the page, in hexadecimal text.
fn cursor(last_id: u64) -> String {
    hex::encode(format!("after:{last_id}"))
}

fn after(query: &Query) -> Result<u64, Refused> {
    let Some(text) = query.first("after_cursor") else { return Ok(0) };
    let bytes = hex::decode(text).map_err(|_| Box::new(bad_cursor()))?;
    let text = String::from_utf8(bytes).map_err(|_| Box::new(bad_cursor()))?;
    text.strip_prefix("after:").and_then(|id| id.parse().ok()).ok_or_else(|| Box::new(bad_cursor()))
}

fn page(key: &str, objects: &[String], next: Option<u64>) -> HttpResponse {
    let next = next.map(|id| format!(",\"next_cursor\":\"{}\"", cursor(id))).unwrap_or_default();
    json(format!("{{\"{key}\":[{}]{next}}}", objects.join(",")))
}

/// Filters that both lists know.
struct Common<'a> {
    closed: bool,
    tag: Option<&'a str>,
    version: Option<&'a str>,
}

impl<'a> Common<'a> {
    /// Without `closed`, the lists hold what is open.
    fn of(query: &'a Query) -> Self {
        Self {
            closed: query.flag("closed").unwrap_or(false),
            tag: query.first("tag_id"),
            version: query.first("version"),
        }
    }
    fn admits(&self, world: &World, market: MarketIndex, listing: &Listing) -> bool {
        world.is_open(market) != self.closed
            && self.version.is_none_or(|version| version == listing.version.text())
    }
    fn admits_event(&self, world: &World, event: &Event) -> bool {
        self.tag.is_none_or(|tag| has_tag(world, event, tag))
    }
}

fn has_tag(world: &World, event: &Event, id: &str) -> bool {
    let tags = &world.universe().tags;
    event.tags.iter().filter_map(|at| tags.get(*at)).any(|tag| tag.id == id)
}

async fn markets(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let after = match after(&query) {
        Ok(after) => after,
        Err(refused) => return *refused,
    };
    let common = Common::of(&query);
    let conditions = query.all("condition_ids");
    let tokens = query.all("clob_token_ids");
    let positions = query.all("position_ids");
    let (ids, slugs) = (query.all("id"), query.all("slug"));
    let parts = Parts { event: true, tags: query.flag("include_tag").unwrap_or(false) };
    let limit = limit(&query);
    let state = shared.state.lock();
    let world = &state.world;
    let named = |listing: &Listing| {
        let holds = |asked: &[&str], version: Version| {
            let traded = listing.version == version;
            asked.is_empty()
                || traded && asked.iter().any(|id| listing.tokens.iter().any(|it| it == id))
        };
        let of_condition = |id: &&str| {
            listing.condition == *id || id.len() == 64 && listing.condition.starts_with(*id)
        };
        (conditions.is_empty() || conditions.iter().any(of_condition))
            && holds(&tokens, Version::V1)
            && holds(&positions, Version::V2)
            && (ids.is_empty() || ids.contains(&listing.id.to_string().as_str()))
            && (slugs.is_empty() || slugs.contains(&listing.slug.as_str()))
    };
    // Ids rise with the index, so the list is already in order.
    let mut found = world.universe().listings.iter().enumerate().filter(|(market, listing)| {
        listing.id > after
            && common.admits(world, *market, listing)
            && named(listing)
            && world.universe().event_of(listing).is_some_and(|it| common.admits_event(world, it))
    });
    let mut objects = Vec::new();
    let mut last = 0;
    for (market, listing) in found.by_ref().take(limit) {
        if let Some(quote) = world.quote(market) {
            objects.push(gamma::market(world.universe(), listing, &quote, parts));
            last = listing.id;
        }
    }
    let more = found.next().is_some();
    page("markets", &objects, more.then_some(last))
}

async fn events(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let after = match after(&query) {
        Ok(after) => after,
        Err(refused) => return *refused,
    };
    let common = Common::of(&query);
    let excluded = query.all("exclude_tag_id");
    let (ids, slugs) = (query.all("id"), query.all("slug"));
    let tag_slug = query.first("tag_slug");
    let limit = limit(&query);
    let state = shared.state.lock();
    let world = &state.world;
    let tags = &world.universe().tags;
    let mut found = world.universe().events.iter().filter(|event| {
        let slugged = |slug: &str| {
            event.tags.iter().filter_map(|at| tags.get(*at)).any(|tag| tag.slug == slug)
        };
        event.id > after
            && common.admits_event(world, event)
            && tag_slug.is_none_or(slugged)
            && !excluded.iter().any(|tag| has_tag(world, event, tag))
            && (ids.is_empty() || ids.contains(&event.id.to_string().as_str()))
            && (slugs.is_empty() || slugs.contains(&event.slug.as_str()))
            && event.markets.iter().any(|market| {
                let listing = world.listing(*market);
                listing.is_some_and(|listing| common.admits(world, *market, listing))
            })
    });
    let mut objects = Vec::new();
    let mut last = 0;
    for event in found.by_ref().take(limit) {
        objects.push(event_object(world, event));
        last = event.id;
    }
    let more = found.next().is_some();
    page("events", &objects, more.then_some(last))
}

fn event_object(world: &World, event: &Event) -> String {
    let markets: Vec<String> = event
        .markets
        .iter()
        .filter_map(|market| market_object(world, *market, Parts::default()))
        .collect();
    gamma::event_object(world.universe(), event, Some(&markets))
}

fn market_object(world: &World, market: MarketIndex, parts: Parts) -> Option<String> {
    let (listing, quote) = (world.listing(market)?, world.quote(market)?);
    Some(gamma::market(world.universe(), listing, &quote, parts))
}

async fn market(shared: web::Data<Shared>, id: web::Path<String>, query: Query) -> impl Responder {
    one_market(&shared, &query, |listing| listing.id.to_string() == *id)
}

async fn market_by_slug(
    shared: web::Data<Shared>,
    slug: web::Path<String>,
    query: Query,
) -> impl Responder {
    one_market(&shared, &query, |listing| listing.slug == *slug)
}

fn one_market(shared: &Shared, query: &Query, is_it: impl Fn(&Listing) -> bool) -> HttpResponse {
    let parts = Parts { event: true, tags: query.flag("include_tag").unwrap_or(false) };
    let state = shared.state.lock();
    let market = state.world.universe().listings.iter().position(is_it);
    let object = market.and_then(|market| market_object(&state.world, market, parts));
    object.map_or_else(not_found, json)
}

async fn tags(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let offset = query.number("offset").and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
    let state = shared.state.lock();
    let all = &state.world.universe().tags;
    let objects: Vec<String> =
        all.iter().skip(offset).take(limit(&query)).map(gamma::tag).collect();
    json(format!("[{}]", objects.join(",")))
}

async fn tag(shared: web::Data<Shared>, slug: web::Path<String>) -> impl Responder {
    let state = shared.state.lock();
    let found = state.world.universe().tags.iter().find(|tag| tag.slug == *slug);
    found.map_or_else(not_found, |tag| json(gamma::tag(tag)))
}
