//! `GET /api/v1/markets` and `GET /api/v1/markets/{condition_id}`.

use actix_web::{HttpResponse, web};
use actors::books::{MarketTouch, OutcomeTouch};
use domain::{ConditionId, EventGroup, Market, MarketState, UnixMillis};
use serde::{Deserialize, Serialize};
use store::Direction;
use utoipa::{IntoParams, ToSchema};

use crate::web::api::page::{Page, PageQuery};
use crate::web::listing::Sorted;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;

/// What markets are sorted by, the usual one first.
pub const SORTS: [&str; 3] = ["volume_24h", "liquidity", "ends_at"];

/// A market with what is known of its books.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketView {
    /// The venue's key, `0x` and 64 digits.
    pub condition_id: String,
    /// The part of its address that people know.
    pub slug: String,
    /// The part of its event's address that people know; null where it is in none.
    pub event_slug: Option<String>,
    /// The question. Text from the venue: not to be trusted.
    pub title: String,
    /// The group it belongs to.
    pub group: Option<GroupView>,
    /// Both outcomes, YES first.
    pub outcomes: Vec<OutcomeView>,
    /// `open`, `paused` or `closed`.
    pub state: &'static str,
    /// Traded in 24 hours, dollars.
    pub volume_24h: String,
    /// Resting in the book, dollars.
    pub liquidity: String,
    /// When it is scheduled to end, RFC 3339.
    pub ends_at: Option<String>,
    /// The grid of its prices.
    pub tick_size: String,
    /// The smallest order, shares.
    pub order_size_min: String,
    /// The taker's fee; null where it is not known.
    pub fee: Option<FeeView>,
    /// Why the last look at it yielded nothing; null where it is not watched or yielded something.
    pub why: Option<WhyView>,
}

/// A market with its rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketWithRules {
    /// The market.
    #[serde(flatten)]
    pub market: MarketView,
    /// What decides how it ends, in the venue's words, at most 16 KiB; null where there are none, or
    /// the venue does not tell them in time. Text from the venue: not to be trusted.
    pub rules: Option<String>,
}

/// The group of a market.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupView {
    /// The venue's key.
    pub id: String,
    /// Its title. Text from the venue: not to be trusted.
    pub title: String,
    /// Exactly one of its markets pays.
    pub neg_risk: bool,
    /// It has an open "Other".
    pub augmented: bool,
}

/// One outcome of a market.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeView {
    /// What is traded.
    pub token_id: String,
    /// Its name. Text from the venue: not to be trusted.
    pub name: String,
    /// The highest price somebody pays.
    pub best_bid: Option<String>,
    /// The lowest price somebody asks.
    pub best_ask: Option<String>,
    /// `unwatched`, `waiting`, `trusted`, `suspect` or `stale`.
    pub trust: &'static str,
    /// Why it is suspect or stale.
    pub trust_cause: Option<&'static str>,
    /// Snapshots that its book was built from.
    pub epoch: u64,
    /// Milliseconds since the exchange last stated it.
    pub age_ms: Option<i64>,
}

/// A taker's fee: `shares x rate x (p (1 - p))^exponent`.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeView {
    /// The rate.
    pub rate: String,
    /// The exponent.
    pub exponent: u32,
}

/// A reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyView {
    /// A stable name.
    pub code: &'static str,
    /// One sentence.
    pub text: &'static str,
}

/// Which markets.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MarketQuery {
    /// By `volume_24h` (default), `liquidity` or `ends_at`; who has no end is last.
    pub sort: Option<String>,
    /// `desc`, the largest or the latest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only markets whose title or slug contains this, at most 100 characters.
    pub q: Option<String>,
    /// Only markets whose books are watched live, or only those that are not.
    pub watched: Option<bool>,
    /// Only markets of this group.
    pub group: Option<String>,
}

/// List markets
///
/// Every market that is known, the most traded first where nobody asks otherwise.
#[utoipa::path(get, path = "/api/v1/markets", tag = "markets", params(MarketQuery),
    responses((status = 200, description = "A page of markets", body = Page<MarketView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 403, description = "Host or origin not served", body = ProblemBody)))]
pub async fn list(
    state: web::Data<WebState>,
    query: web::Query<MarketQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::read(query.sort.as_deref(), query.order.as_deref(), &SORTS)?;
    let needle = query.q.as_deref().unwrap_or("");
    if needle.chars().count() > 100 {
        return Err(Problem::BadParameter {
            name: "q".into(),
            why: "it is longer than 100 characters".into(),
        });
    }
    let needle = needle.trim().to_lowercase();
    let listing = state.listing.get();
    let rows: Vec<_> = listing
        .markets
        .values()
        .filter(|market| {
            let watched =
                query.watched.is_none_or(|want| want == state.touches.knows(&market.condition));
            let group = query
                .group
                .as_deref()
                .is_none_or(|want| market.group.as_ref().is_some_and(|group| &*group.0 == want));
            watched && group && matches_text(market, &needle)
        })
        .collect();
    let page = PageQuery { sorted, limit: query.limit, cursor: query.cursor.clone() };
    let now = state.clock.now();
    let page = page.cut(
        rows,
        |market| (place(market, sorted), market.condition),
        |market| {
            let group = market.group.as_ref().and_then(|id| listing.groups.get(id));
            view(
                market,
                group.map(AsRef::as_ref),
                state.touches.get(&market.condition).as_ref(),
                now,
            )
        },
    )?;
    Ok(HttpResponse::Ok().json(page))
}

/// Read one market
///
/// With its rules, which are asked of the venue when somebody looks and kept for an hour.
#[utoipa::path(get, path = "/api/v1/markets/{condition_id}", tag = "markets",
    params(("condition_id" = String, Path, description = "`0x` and 64 hexadecimal digits")),
    responses((status = 200, description = "The market", body = MarketWithRules),
              (status = 400, description = "Not a condition id", body = ProblemBody),
              (status = 403, description = "Host or origin not served", body = ProblemBody),
              (status = 404, description = "No such market", body = ProblemBody)))]
pub async fn read(
    state: web::Data<WebState>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let condition = ConditionId::parse(&id).map_err(|why| Problem::BadParameter {
        name: "condition_id".into(),
        why: why.to_string(),
    })?;
    let listing = state.listing.get();
    let market = listing
        .markets
        .get(&condition)
        .ok_or_else(|| Problem::NotFound { what: "market", name: condition.to_string() })?;
    let group = market.group.as_ref().and_then(|id| listing.groups.get(id));
    let touch = state.touches.get(&condition);
    let now = state.clock.now();
    let market = view(market, group.map(AsRef::as_ref), touch.as_ref(), now);
    let rules = state.rules.read(condition, now).await;
    Ok(HttpResponse::Ok().json(MarketWithRules { market, rules }))
}

fn matches_text(market: &Market, needle: &str) -> bool {
    needle.is_empty()
        || market.title.to_lowercase().contains(needle)
        || market.slug.to_lowercase().contains(needle)
}

/// What a market is sorted by.
fn place(market: &Market, sorted: Sorted) -> i64 {
    match (sorted.by, sorted.direction) {
        ("liquidity", _) => market.liquidity.micros(),
        ("ends_at", Direction::Falling) => market.ends_at.map_or(i64::MIN, |end| end.0),
        ("ends_at", Direction::Rising) => market.ends_at.map_or(i64::MAX, |end| end.0),
        _ => market.volume_24h.micros(),
    }
}

fn view(
    market: &Market,
    group: Option<&EventGroup>,
    touch: Option<&MarketTouch>,
    now: UnixMillis,
) -> MarketView {
    let outcomes = market.outcomes.iter().enumerate().map(|(at, outcome)| {
        let touch = touch.and_then(|touch| touch.outcomes.get(at));
        outcome_view(outcome, touch, now)
    });
    MarketView {
        condition_id: market.condition.to_string(),
        slug: market.slug.to_string(),
        event_slug: group.map(|group| group.slug.to_string()),
        title: market.title.to_string(),
        group: group.map(|group| GroupView {
            id: group.id.to_string(),
            title: group.title.to_string(),
            neg_risk: group.neg_risk,
            augmented: group.augmented,
        }),
        outcomes: outcomes.collect(),
        state: match market.state {
            MarketState::Open => "open",
            MarketState::Paused => "paused",
            MarketState::Closed { .. } => "closed",
        },
        volume_24h: market.volume_24h.to_string(),
        liquidity: market.liquidity.to_string(),
        ends_at: market.ends_at.map(UnixMillis::to_rfc3339),
        tick_size: market.tick.to_string(),
        order_size_min: market.order_size_min.to_string(),
        fee: market.fee.terms().map(|terms| FeeView {
            rate: domain::decimal::format_scaled(i64::from(terms.rate_ppm()), 6),
            exponent: terms.exponent(),
        }),
        why: touch
            .and_then(|touch| touch.why)
            .map(|reason| WhyView { code: reason.code(), text: reason.text() }),
    }
}

fn outcome_view(
    outcome: &domain::Outcome,
    touch: Option<&OutcomeTouch>,
    now: UnixMillis,
) -> OutcomeView {
    OutcomeView {
        token_id: outcome.token.to_string(),
        name: outcome.name.to_string(),
        best_bid: touch.and_then(|t| t.touch.bid).map(|price| price.to_string()),
        best_ask: touch.and_then(|t| t.touch.ask).map(|price| price.to_string()),
        trust: touch.map_or("unwatched", |t| t.trust_code()),
        trust_cause: touch.and_then(OutcomeTouch::trust_cause),
        epoch: touch.map_or(0, |t| t.epoch.0),
        age_ms: touch.filter(|t| t.stated_at.0 > 0).map(|t| now.since(t.stated_at).0.max(0)),
    }
}
