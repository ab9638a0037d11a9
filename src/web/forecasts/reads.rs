//! `GET /api/v1/forecasts`, `GET /api/v1/forecasts/{id}` and `GET /api/v1/swarm`.

use actix_web::{HttpResponse, web};
use actors::swarm::ForecastRecord;
use domain::ConditionId;
use serde::Deserialize;
use store::{ForecastFilter, ForecastState, PAGE_ROWS_MAX, Resolution};
use utoipa::IntoParams;

use super::shape::{AnswerView, ForecastView, ForecastWithAnswers};
use super::swarm_shape::SwarmOverview;
use crate::web::listing::Sorted;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::Rows;
use crate::web::trading::{Refusal, RefusalKind, WorkerStore};

const LIMIT_DEFAULT: u64 = 50;

/// Which forecasts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ForecastQuery {
    /// Only of this market: its condition id.
    pub condition_id: Option<String>,
    /// Only `asking`, `published` or `failed` ones.
    pub state: Option<String>,
    /// Only those whose market has ended (true), or only the others.
    pub resolved: Option<bool>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl ForecastQuery {
    fn filter(&self, sorted: Sorted) -> Result<ForecastFilter, Problem> {
        let condition = self.condition_id.as_deref().map(ConditionId::parse).transpose();
        let state = self.state.as_deref().map(|text| {
            let known = ForecastState::parse(text);
            known.ok_or_else(|| bad("state", "it is asking, published or failed"))
        });
        Ok(ForecastFilter {
            order: sorted.direction,
            condition: condition.map_err(|error| bad("condition_id", error))?,
            state: state.transpose()?,
            resolution: self
                .resolved
                .map(|resolved| if resolved { Resolution::Known } else { Resolution::Open }),
        })
    }
    fn limit(&self) -> Result<u64, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        let fits = (1..=PAGE_ROWS_MAX).contains(&limit);
        fits.then_some(limit)
            .ok_or_else(|| bad("limit", format!("{limit} is not between 1 and {PAGE_ROWS_MAX}")))
    }
}

fn bad(name: &str, why: impl ToString) -> Problem {
    Problem::BadParameter { name: name.to_owned(), why: why.to_string() }
}

fn no_store() -> Problem {
    Refusal::new(RefusalKind::SwarmOff, "no forecast was ever asked for in this run").into()
}

/// List forecasts
///
/// Every question that the swarm was asked, the newest first.
#[utoipa::path(get, path = "/api/v1/forecasts", tag = "forecasts", params(ForecastQuery),
    responses((status = 200, description = "A page of forecasts", body = Rows<ForecastView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn list(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<ForecastQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let (filter, limit) = (query.filter(sorted)?, query.limit()?);
    let cursor = sorted.cursor(query.cursor.as_deref())?;
    let settings = state.swarm.store.as_ref().ok_or_else(no_store)?;
    let page = store.get(settings).await?.forecasts().page(filter, cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Problem::from(Refusal::store_down(&error)))?;
    let view = |row: store::ForecastRow| {
        // What is at hand is newer than what is written down.
        let at_hand = state.swarm.board.find(&row.id);
        let record =
            at_hand.map_or_else(|| ForecastRecord::of_row(row), |record| record.as_ref().clone());
        ForecastView::of(&record)
    };
    let data = page.rows.into_iter().map(view).collect();
    let next_cursor = sorted.next(page.next);
    Ok(HttpResponse::Ok().json(Rows { data, next_cursor }))
}

/// Read one forecast
///
/// With every answer of every model, late ones and failed ones included.
#[utoipa::path(get, path = "/api/v1/forecasts/{id}", tag = "forecasts",
    params(("id" = String, Path, description = "Its name, as in the list")),
    responses((status = 200, description = "The forecast", body = ForecastWithAnswers),
              (status = 404, description = "No such forecast", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn read(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let settings = state.swarm.store.as_ref().ok_or_else(no_store)?;
    let store = store.get(settings).await?;
    let down = |error: store::StoreError| Problem::from(Refusal::store_down(&error));
    let record = match state.swarm.board.find(&id) {
        Some(record) => record.as_ref().clone(),
        None => {
            let row = store.forecasts().find(&id).await.map_err(down)?;
            let name = || id.chars().take(66).collect();
            let row = row.ok_or_else(|| Problem::NotFound { what: "forecast", name: name() })?;
            ForecastRecord::of_row(row)
        }
    };
    let answers = store.forecasts().answers(&[record.id.to_string()]).await.map_err(down)?;
    let answers = answers.into_iter().map(AnswerView::of).collect();
    let forecast = ForecastView::of(&record);
    Ok(HttpResponse::Ok().json(ForecastWithAnswers { forecast, answers }))
}

/// The swarm
///
/// Who is asked, what is known of each, what the day may still cost, and how good the forecasts were.
#[utoipa::path(get, path = "/api/v1/swarm", tag = "forecasts",
    responses((status = 200, description = "The swarm as it stands", body = SwarmOverview)))]
pub async fn swarm(state: web::Data<WebState>) -> HttpResponse {
    HttpResponse::Ok().json(SwarmOverview::of(&state.swarm))
}
