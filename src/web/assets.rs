//! The dashboard's files, embedded in the program, and the plain page for a build without them.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "dashboard/dist"]
#[allow_missing = true]
struct Dashboard;

/// What a browser may do with the page: only what comes from here, nothing inline.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

const PLAIN_PAGE: &str = include_str!("plain_page.html");

/// Serves a file of the dashboard, `index.html` for the root.
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let path = match request.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match Dashboard::get(path) {
        Some(file) => file_response(&request, path, &file),
        None if path == "index.html" => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .body(PLAIN_PAGE),
        None => HttpResponse::NotFound().finish(),
    }
}

fn file_response(
    request: &HttpRequest,
    path: &str,
    file: &rust_embed::EmbeddedFile,
) -> HttpResponse {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let known =
        request.headers().get(IF_NONE_MATCH).is_some_and(|h| h.as_bytes() == tag.as_bytes());
    if known {
        return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
    }
    // Built files carry a hash in their name, so they never change; the page itself may.
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    HttpResponse::Ok()
        .insert_header((
            CONTENT_TYPE,
            mime_guess::from_path(path).first_or_octet_stream().to_string(),
        ))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((ETAG, tag))
        .body(file.data.to_vec())
}
