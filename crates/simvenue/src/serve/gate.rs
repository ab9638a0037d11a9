//! What every request passes: limits, delays, refusals, truncation.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, SizedStream, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};
use futures_util::stream;

use super::clob_error;
use crate::chaos::Rejection;
use crate::venue::Shared;

const BEFORE_CUT: Duration = Duration::from_millis(50);

/// Counts what comes and goes, and lets it through [`judged`].
pub(super) async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let shared = request.app_data::<web::Data<Shared>>().cloned();
    let (method, pattern) = (request.method().clone(), request.match_pattern());
    let is_signed = request.headers().keys().any(|name| names_a_sender(name.as_str()));
    let response = judged(request, next).await?;
    if let Some(shared) = shared {
        let status = response.status().as_u16();
        shared.requests.lock().count(method.as_str(), pattern.as_deref(), status);
        shared.signed.fetch_add(u64::from(is_signed), Ordering::Relaxed);
    }
    Ok(response)
}

/// Whether a header of this name, in lower case, says who sends a request.
fn names_a_sender(name: &str) -> bool {
    name.starts_with("poly") || name.starts_with("relayer") || name == "authorization"
}

async fn judged(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let path = request.path();
    let exempt = path.starts_with("/sim") || path.starts_with("/ws") || path.starts_with("/rtds");
    let Some(shared) = request.app_data::<web::Data<Shared>>().filter(|_| !exempt) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let verdict = shared.chaos.lock().judge(request.method().as_str(), path, shared.now_ms());
    if verdict.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(verdict.delay_ms)).await;
    }
    if let Some(rejection) = verdict.reject {
        return Ok(request.into_response(refuse(rejection)));
    }
    let response = next.call(request).await?.map_into_boxed_body();
    if !verdict.truncate {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body).await.unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    let announced = bytes.len() as u64;
    // The half must be on its way before the end comes too early and cuts the connection.
    let body = stream::unfold(Some(half), |half| async {
        match half {
            Some(half) => Some((Ok::<_, std::io::Error>(half), None)),
            None => {
                tokio::time::sleep(BEFORE_CUT).await;
                None
            }
        }
    });
    let body = SizedStream::new(announced, Box::pin(body));
    let cut: HttpResponse<BoxBody> = head.set_body(body).map_into_boxed_body();
    Ok(ServiceResponse::new(request, cut))
}

fn refuse(rejection: Rejection) -> HttpResponse {
    let status = StatusCode::from_u16(rejection.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let text = match status.as_u16() {
        425 => "service not ready",
        429 => "Too Many Requests",
        503 => "Trading is currently disabled. Check polymarket.com for updates",
        _ => "Internal server error",
    };
    let mut response = clob_error(status, text);
    if let Some(seconds) = rejection.retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
