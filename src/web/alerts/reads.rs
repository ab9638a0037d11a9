//! `GET /api/v1/alerts`, `GET /api/v1/alerts/{id}` and `GET /api/v1/alerts/channels`.

use actix_web::{HttpResponse, web};
use engine::alert::{AlertKind, Severity};
use serde::Deserialize;
use store::{AlertFilter, DeliveryState, PAGE_ROWS_MAX, Store, StoreError, Word};
use utoipa::IntoParams;

use super::shape::{AlertView, ChannelsView};
use crate::web::listing::Sorted;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::Rows;
use crate::web::trading::{Refusal, RefusalKind, WorkerStore};

const LIMIT_DEFAULT: u64 = 50;

/// Which alerts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertQuery {
    /// Only of this kind, such as `whale` or `risk`.
    pub kind: Option<String>,
    /// Only `info`, `warning` or `critical` ones.
    pub severity: Option<String>,
    /// Only those with a message that is `waiting`, `sent` or `dead`.
    pub state: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl AlertQuery {
    fn filter(&self, sorted: Sorted) -> Result<AlertFilter, Problem> {
        let kinds = AlertKind::ALL.map(AlertKind::as_str);
        let severities = Severity::ALL.map(Severity::as_str);
        let state = self.state.as_deref().map(|text| {
            let known = DeliveryState::parse(text);
            known.ok_or_else(|| bad("state", "it is waiting, sent or dead"))
        });
        Ok(AlertFilter {
            order: sorted.direction,
            kind: one_of("kind", self.kind.as_deref(), &kinds)?,
            severity: one_of("severity", self.severity.as_deref(), &severities)?,
            state: state.transpose()?,
        })
    }
    fn limit(&self) -> Result<u64, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        let fits = (1..=PAGE_ROWS_MAX).contains(&limit);
        fits.then_some(limit)
            .ok_or_else(|| bad("limit", format!("{limit} is not between 1 and {PAGE_ROWS_MAX}")))
    }
}

fn one_of(name: &str, text: Option<&str>, known: &[&str]) -> Result<Option<Word>, Problem> {
    let Some(text) = text else { return Ok(None) };
    if !known.contains(&text) {
        return Err(bad(name, format!("it is one of {}", known.join(", "))));
    }
    Word::new(text).map(Some).map_err(|error| bad(name, error))
}

fn bad(name: &str, why: impl ToString) -> Problem {
    Problem::BadParameter { name: name.to_owned(), why: why.to_string() }
}

fn down(error: StoreError) -> Problem {
    Refusal::store_down(&error).into()
}

async fn open<'a>(state: &WebState, store: &'a WorkerStore) -> Result<&'a Store, Problem> {
    let none = || Refusal::new(RefusalKind::StoreDown, "this run has no database");
    store.get(state.alerts.store.as_ref().ok_or_else(none)?).await
}

/// List alerts
///
/// What people were told, the newest first, with how each message fared. What no channel's rule
/// wants is not listed.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts", params(AlertQuery),
    responses((status = 200, description = "A page of alerts", body = Rows<AlertView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn list(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<AlertQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let (filter, limit) = (query.filter(sorted)?, query.limit()?);
    let cursor = sorted.cursor(query.cursor.as_deref())?;
    let store = open(&state, &store).await?;
    let page = store.alerts().page(&filter, cursor.as_ref(), limit).await.map_err(down)?;
    let ids: Vec<&str> = page.rows.iter().map(|alert| alert.id.as_str()).collect();
    let messages = store.alerts().messages_of(&ids).await.map_err(down)?;
    let view = |alert: &store::AlertRow| {
        AlertView::new(alert, messages.iter().filter(|message| message.alert_id == alert.id))
    };
    let data = page.rows.iter().map(view).collect();
    let next_cursor = sorted.next(page.next);
    Ok(HttpResponse::Ok().json(Rows { data, next_cursor }))
}

/// Read one alert
///
/// With how each of its messages fared.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alerts",
    params(("id" = String, Path, description = "Its key, as in the list")),
    responses((status = 200, description = "The alert", body = AlertView),
              (status = 404, description = "No such alert", body = ProblemBody),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn read(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let store = open(&state, &store).await?;
    let alert = store.alerts().find(&id).await.map_err(down)?;
    let name = || id.chars().take(200).collect();
    let alert = alert.ok_or_else(|| Problem::NotFound { what: "alert", name: name() })?;
    let messages = store.alerts().messages_of(&[&alert.id]).await.map_err(down)?;
    Ok(HttpResponse::Ok().json(AlertView::new(&alert, messages.iter())))
}

/// The channels
///
/// Which are set up and what the others miss, what each sent, what waits, and how many dead letters
/// there are; and the outside watchman.
#[utoipa::path(get, path = "/api/v1/alerts/channels", tag = "alerts",
    responses((status = 200, description = "Every channel", body = ChannelsView),
              (status = 503, description = "No database", body = ProblemBody)))]
pub async fn channels(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
) -> Result<HttpResponse, Problem> {
    let store = open(&state, &store).await?;
    let counts = store.alerts().counts().await.map_err(down)?;
    Ok(HttpResponse::Ok().json(ChannelsView::new(&state.alerts, &counts)))
}
