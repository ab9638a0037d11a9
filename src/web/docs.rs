//! `/api/docs`: the API's description as a page. Everything it needs is built into the program.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};

const PAGE: &str = include_str!("docs/page.html");
const SCRIPT: &str = include_str!("docs/page.js");
const STYLE: &str = include_str!("docs/page.css");

/// The page and what it is made of.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/api/docs", web::get().to(serve))
        .route("/api/docs/page.js", web::get().to(script))
        .route("/api/docs/page.css", web::get().to(style));
}

/// Read this description as a page
#[utoipa::path(get, path = "/api/docs", tag = "service",
    responses((status = 200, description = "The page", body = String,
               content_type = "text/html", example = "<!doctype html>")))]
pub async fn serve() -> HttpResponse {
    file("text/html; charset=utf-8", PAGE)
}

async fn script() -> HttpResponse {
    file("text/javascript; charset=utf-8", SCRIPT)
}

async fn style() -> HttpResponse {
    file("text/css; charset=utf-8", STYLE)
}

fn file(kind: &str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(text)
}
