//! What a process answers that watches the market for others: whether it lives, and what it holds.

use actix_web::{HttpResponse, web};
use actors::feed_relay::Standing;
use actors::shared::Shared;
use serde_json::json;

/// Routes of such a process, on how it stands.
pub fn configure(service: &mut web::ServiceConfig, standing: &Shared<Standing>) {
    service
        .app_data(web::Data::new(standing.clone()))
        .route("/health/live", web::get().to(|| async { "watching the market\n" }))
        .route("/health/ready", web::get().to(ready))
        .default_service(web::to(elsewhere));
}

async fn ready(standing: web::Data<Shared<Standing>>) -> HttpResponse {
    match &*standing.get() {
        Standing::Holding { shards, of } => {
            HttpResponse::Ok().json(json!({ "ready": true, "shards": shards, "of": of }))
        }
        Standing::Starting => not_ready("Redis was not reached yet"),
        Standing::CutOff(why) => not_ready(why),
    }
}

fn not_ready(why: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable().json(json!({ "ready": false, "missing": [why] }))
}

async fn elsewhere() -> HttpResponse {
    HttpResponse::NotFound().content_type("application/problem+json").json(json!({
        "type": "about:blank#feed_process",
        "title": "This process watches the market",
        "status": 404,
        "code": "feed_process",
        "detail": "it has no page and no API, only /health/live and /health/ready",
        "hint": "Ask a process with the role web or decide.",
    }))
}
