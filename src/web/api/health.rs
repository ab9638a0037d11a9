//! `/health/live` and `/health/ready`, for whoever restarts or routes to the service.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::state::WebState;

/// Whether the service is of use now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadyView {
    /// Everything that is needed is up.
    pub ready: bool,
    /// What is missing.
    pub missing: Vec<String>,
}

/// Is the process alive?
#[utoipa::path(get, path = "/health/live", tag = "health",
    responses((status = 200, description = "The process answers")))]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "alive": true }))
}

/// Is the service of use?
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, description = "Ready", body = ReadyView),
              (status = 503, description = "Not ready, and what is missing", body = ReadyView)))]
pub async fn ready(state: web::Data<WebState>) -> HttpResponse {
    let missing = state.not_ready(state.clock.now());
    let view = ReadyView { ready: missing.is_empty(), missing };
    if view.ready {
        HttpResponse::Ok().json(view)
    } else {
        HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "1")).json(view)
    }
}
