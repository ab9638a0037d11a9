//! `GET /api/v1/markets/{condition_id}/prices`: the prices of the first outcome over time.

use actix_web::{HttpResponse, web};
use domain::{ConditionId, Price, Usd};
use serde::Serialize;
use store::PriceRow;
use utoipa::ToSchema;

use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::reads::equity::SpanQuery;
use crate::web::trading::{Refusal, WorkerStore};

/// Millionths of a dollar in half a ten-thousandth.
const HALF_STEP_MICROS: i64 = 50;

/// The prices of a market over time.
#[derive(Debug, Serialize, ToSchema)]
pub struct PricesView {
    /// The venue's key, `0x` and 64 digits.
    pub condition_id: String,
    /// The first outcome, whose prices these are.
    pub token_id: String,
    /// Oldest first. Moments at which nobody bid or asked have no point.
    pub data: Vec<PricePointView>,
}

/// The best prices at one moment.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PricePointView {
    /// When they were seen.
    pub at: String,
    /// The middle of both; the one there is where only one side is there.
    pub price: String,
    /// The highest price somebody paid.
    pub bid: Option<String>,
    /// The lowest price somebody asked.
    pub ask: Option<String>,
}

impl PricePointView {
    /// `None` where nobody bid or asked.
    fn of(row: &PriceRow) -> Option<Self> {
        let (low, high) = match (row.bid, row.ask) {
            (Some(bid), Some(ask)) => (bid, ask),
            (Some(one), None) | (None, Some(one)) => (one, one),
            (None, None) => return None,
        };
        let steps = i64::from(low.ten_thousandths()) + i64::from(high.ten_thousandths());
        let text = |price: Price| price.to_string();
        Some(Self {
            at: row.observed_at.to_rfc3339(),
            price: Usd::from_micros(steps * HALF_STEP_MICROS).to_string(),
            bid: row.bid.map(text),
            ask: row.ask.map(text),
        })
    }
}

/// Read the prices of one market over time
///
/// As they were recorded, thinned to at most so many points.
#[utoipa::path(get, path = "/api/v1/markets/{condition_id}/prices", tag = "markets",
    params(("condition_id" = String, Path, description = "`0x` and 64 hexadecimal digits"),
           SpanQuery),
    responses((status = 200, description = "The points", body = PricesView),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 503, description = "The database does not answer", body = ProblemBody)))]
pub async fn read(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    id: web::Path<String>,
    query: web::Query<SpanQuery>,
) -> Result<HttpResponse, Problem> {
    let condition = ConditionId::parse(&id).map_err(|why| Problem::BadParameter {
        name: "condition_id".into(),
        why: why.to_string(),
    })?;
    let market = state.listing.get().markets.get(&condition).cloned();
    let market =
        market.ok_or_else(|| Problem::NotFound { what: "market", name: condition.to_string() })?;
    let (span, points) = query.read(state.clock.now())?;
    let [first, _] = &market.outcomes;
    let store = store.get(&state.store).await?;
    let rows = store.prices().thinned(first.token, span.from, span.to, points).await;
    let rows = rows.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(PricesView {
        condition_id: condition.to_string(),
        token_id: first.token.to_string(),
        data: rows.iter().filter_map(PricePointView::of).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use domain::{TokenId, UnixMillis};
    use store::Word;

    use super::*;

    #[test]
    fn the_price_is_the_exact_middle_or_the_only_side() {
        let row = |bid: Option<u16>, ask: Option<u16>| PriceRow {
            token: TokenId::from_words([0, 0, 0, 1]),
            observed_at: UnixMillis(1),
            bid: bid.and_then(Price::from_ten_thousandths),
            ask: ask.and_then(Price::from_ten_thousandths),
            source: Word::new("clob_books").unwrap(),
        };
        let price = |bid, ask| PricePointView::of(&row(bid, ask)).map(|point| point.price);
        assert_eq!(price(Some(5_100), Some(5_301)).as_deref(), Some("0.52005"));
        assert_eq!(price(Some(5_100), None).as_deref(), Some("0.51"));
        assert_eq!(price(None, Some(5_300)).as_deref(), Some("0.53"));
        assert_eq!(price(None, None), None);
    }
}
