//! What everything was worth over time.

use actix_web::{HttpResponse, web};
use domain::{DurationMillis, UnixMillis, Usd};
use serde::{Deserialize, Serialize};
use store::EquityRow;
use utoipa::{IntoParams, ToSchema};

use super::{Span, points};
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::{Refusal, WorkerStore};

const DAY: DurationMillis = DurationMillis(86_400_000);
/// The longest span, and a little more than what is kept.
const DAYS_MAX: i64 = 400;

/// Which span, and how many points of it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// From this moment on, RFC 3339; a day before `to` where left out.
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// Before this moment, RFC 3339; now where left out. At most 400 days after `from`.
    #[param(format = DateTime)]
    pub to: Option<String>,
    /// How many points at most, 1 to 500; 500 where left out. Of each so long part of the span, the last.
    #[param(minimum = 1, maximum = 500)]
    pub points: Option<u64>,
}

impl SpanQuery {
    /// The span and the number of points.
    ///
    /// # Errors
    /// One of them cannot be used.
    pub fn read(&self, now: UnixMillis) -> Result<(Span, u64), Problem> {
        let span = Span::read(&self.from, &self.to, now, DAY)?;
        Ok((span.at_most(DurationMillis(DAYS_MAX * DAY.0))?, points(self.points)?))
    }
}

/// What everything was worth over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EquityView {
    /// When the first mark was made that is kept; null before that. Marks are kept for 396 days.
    pub since: Option<String>,
    /// Oldest first.
    pub data: Vec<EquityPointView>,
}

/// What everything was worth at one moment, as it was written down then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EquityPointView {
    /// When.
    pub at: String,
    /// Dollars and everything held, at the best bids.
    pub equity_usd: String,
    /// What was earned since the beginning, after all costs.
    pub net_usd: String,
    /// How far it was below the peak that the limit of the drawdown counts from; never below zero.
    pub drawdown_usd: String,
}

impl From<EquityRow> for EquityPointView {
    fn from(row: EquityRow) -> Self {
        let drawdown = row.peak.checked_sub(row.equity).unwrap_or(Usd::ZERO).max(Usd::ZERO);
        Self {
            at: row.at.to_rfc3339(),
            equity_usd: row.equity.to_string(),
            net_usd: row.net.to_string(),
            drawdown_usd: drawdown.to_string(),
        }
    }
}

/// Read the equity over time
///
/// From the marks that are written down once a minute while trading is compared with the venue; a time
/// without marks has no points.
#[utoipa::path(get, path = "/api/v1/equity", tag = "trading", params(SpanQuery),
    responses((status = 200, description = "The points", body = EquityView),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn equity(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<SpanQuery>,
) -> Result<HttpResponse, Problem> {
    let (span, points) = query.read(state.clock.now())?;
    let store = store.get(&state.trading()?.store).await?;
    let money = store.money();
    let since = money.equity_since().await.map_err(|error| Refusal::store_down(&error))?;
    let rows = money.equity(span.from, span.to, points).await;
    let rows = rows.map_err(|error| Refusal::store_down(&error))?;
    let data = rows.into_iter().map(EquityPointView::from).collect();
    Ok(HttpResponse::Ok().json(EquityView { since: since.map(UnixMillis::to_rfc3339), data }))
}
