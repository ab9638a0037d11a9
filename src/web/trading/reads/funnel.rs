//! What was not taken, and why: decisions counted.

use actix_web::{HttpResponse, web};
use domain::DurationMillis;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Span, strategy};
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::{FunnelView, funnel_stages};
use crate::web::trading::{Refusal, WorkerStore};

const DAY: DurationMillis = DurationMillis(86_400_000);
/// The longest span that is counted.
const DAYS_MAX: i64 = 100;

/// Which decisions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FunnelQuery {
    /// Only of this strategy.
    pub strategy: Option<String>,
    /// Made at this moment or later, RFC 3339; a day before `to` where left out.
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// Made before this moment, RFC 3339; now where left out. At most 100 days after `from`.
    #[param(format = DateTime)]
    pub to: Option<String>,
}

/// Count what was not taken
///
/// From everything that was looked at to what was traded. At each stage: how many came, how many went
/// no further for which reason, how many went on. The counts add up exactly: they are of one moment.
#[utoipa::path(get, path = "/api/v1/decisions/summary", tag = "trading", params(FunnelQuery),
    responses((status = 200, description = "The stages", body = FunnelView),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn summary(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<FunnelQuery>,
) -> Result<HttpResponse, Problem> {
    let longest = DurationMillis(DAYS_MAX * DAY.0);
    let span = Span::read(&query.from, &query.to, state.clock.now(), DAY)?.at_most(longest)?;
    let strategy = strategy(query.strategy.as_deref())?;
    let store = store.get(&state.trading()?.store).await?;
    let counts = store.money().decision_counts(span.from, span.to, strategy.as_ref()).await;
    let counts = counts.map_err(|error| Refusal::store_down(&error))?;
    Ok(HttpResponse::Ok().json(FunnelView {
        from: span.from.to_rfc3339(),
        to: span.to.to_rfc3339(),
        stages: funnel_stages(&counts),
    }))
}
