//! What is answered here, and what is passed on.

use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::UPGRADE;
use actix_web::middleware::{Next, from_fn};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::leader::Clients;
use super::pass_on::{BODY_BYTES_MAX, pass_on};
use super::{WebRole, figures, socket};
use crate::web::auth::rate::Whose;
use crate::web::problem::Problem;
use crate::web::{api::health, assets, guard};

/// Says only that the process answers, so nobody is ever too often for it.
const LIVENESS: &str = "/health/live";

/// What is served, by each thread.
pub fn configure(service: &mut web::ServiceConfig, role: &web::Data<WebRole>) {
    service
        .app_data(role.clone())
        .app_data(web::Data::new(Clients::new()))
        .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
        .service(
            web::scope("")
                .wrap(from_fn(arrive))
                .route(LIVENESS, web::get().to(health::live))
                .route("/health/ready", web::get().to(figures::ready))
                .route("/metrics", web::get().to(figures::metrics))
                .route("/ws", web::get().to(socket::accept))
                .route("/", web::get().to(root))
                .service(web::scope("/api").default_service(web::to(pass_on)))
                .route("/openapi.json", web::to(pass_on))
                .default_service(web::to(other)),
        );
}

/// Lets a request through, or answers it. Who sent it is looked at by whoever answers.
async fn arrive(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let role = request.app_data::<web::Data<WebRole>>().map(|role| Arc::clone(role));
    let arrived = match &role {
        None => Err(Problem::Unauthorized),
        Some(role) => role
            .guard
            .arrive(request.request())
            .and_then(|arrived| count(role, request.request(), arrived.peer).map(|()| arrived)),
    };
    match arrived {
        Ok(arrived) => {
            request.extensions_mut().insert(arrived);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

/// Counts what is answered here; the leader counts what it answers.
fn count(
    role: &WebRole,
    request: &HttpRequest,
    peer: Option<std::net::IpAddr>,
) -> Result<(), Problem> {
    let path = request.path();
    if path == LIVENESS || path.starts_with("/api") || path == "/openapi.json" {
        return Ok(());
    }
    let known = guard::shown(request).filter(|shown| role.known.is_fresh(*shown));
    let whose = match (known, peer) {
        (Some(shown), _) => Whose::Known(shown),
        (None, Some(peer)) => Whose::peer(peer),
        (None, None) => Whose::Everybody,
    };
    role.guard.access().count(whose, role.clock.now()).map_err(guard::too_many)
}

/// The live socket also answers at the root, where people's front ends expect it.
async fn root(
    request: HttpRequest,
    role: web::Data<WebRole>,
    clients: web::Data<Clients>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let upgrade = request.headers().get(UPGRADE);
    if upgrade.is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        return socket::accept(request, role, clients, body).await;
    }
    Ok(assets::serve(request).await)
}

/// What is nothing else may be a file of the page.
async fn other(request: HttpRequest) -> Result<HttpResponse, Problem> {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        return Ok(assets::serve(request).await);
    }
    let name = request.path().chars().take(100).collect();
    Err(Problem::NotFound { what: "resource", name })
}
