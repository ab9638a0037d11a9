//! Which address is answered by which handler, and the headers of every answer.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::UPGRADE;
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use actors::fan_out::Interest;

use crate::web::api::{books, cluster, health, markets, opportunities, prices, system};
use crate::web::auth::{Role, session};
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::{
    alerts, assets, commands, config, docs, etag, forecasts, guard, metrics, openapi, past, socket,
    tape, trading,
};

/// The headers of every answer.
#[must_use]
pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", assets::CONTENT_POLICY))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("X-Frame-Options", "DENY"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
}

/// Every route, behind the guard.
pub fn configure(service: &mut web::ServiceConfig) {
    let api = web::scope("/api/v1")
        .wrap(from_fn(etag::tagged))
        .route("/markets", web::get().to(markets::list))
        .route("/markets/{condition_id}", web::get().to(markets::read))
        .route("/markets/{condition_id}/book", web::get().to(books::read))
        .route("/markets/{condition_id}/prices", web::get().to(prices::read))
        .route("/opportunities", web::get().to(opportunities::list))
        .route("/opportunities/{id}", web::get().to(opportunities::read))
        .route("/system", web::get().to(system::read))
        .route("/cluster", web::get().to(cluster::read))
        .route("/socket/snapshot", web::get().to(socket::shown::read))
        .configure(session::configure)
        .configure(trading::configure)
        .configure(tape::configure)
        .configure(forecasts::configure)
        .configure(alerts::configure)
        .configure(commands::configure)
        .configure(config::configure)
        .configure(past::configure)
        .route("/system/actors/{name}/kill", web::post().to(system::kill))
        .default_service(web::to(unknown));
    service.service(
        web::scope("")
            .wrap(from_fn(admit))
            .app_data(web::QueryConfig::default().error_handler(|error, _| {
                let why = error.to_string();
                Problem::BadParameter { name: "query".into(), why }.into()
            }))
            .route("/health/live", web::get().to(health::live))
            .route("/health/ready", web::get().to(health::ready))
            .route("/metrics", web::get().to(metrics::serve))
            .route("/openapi.json", web::get().to(openapi::serve))
            .configure(docs::configure)
            .route("/ws", web::get().to(live_socket))
            .service(api)
            .route("/", web::get().to(root))
            .default_service(web::to(other)),
    );
}

/// Lets a request through, with who sent it, or answers it. A refusal is an answer like any other,
/// so that it gets the headers of every answer.
async fn admit(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let state = request.app_data::<web::Data<WebState>>();
    let admitted = state.map_or(Err(Problem::Unauthorized), |state| {
        state.guard.admit(request.request(), state.clock.now())
    });
    match admitted {
        Ok(admitted) => {
            request.extensions_mut().insert(admitted);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

/// The live socket also answers at the root, where people's front ends expect it.
async fn root(
    request: HttpRequest,
    state: web::Data<WebState>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let upgrade = request.headers().get(UPGRADE);
    if upgrade.is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        // Where older front ends look for it, the guard lets in who is not known.
        return match guard::require(&request, Role::Viewer) {
            Ok(_) => socket::accept(&request, &state, body, Interest::default()),
            Err(_) => socket::accept_unknown(&request, &state, body),
        };
    }
    Ok(assets::serve(request).await)
}

/// Listen
///
/// An upgrade to a WebSocket, on which frames come as JSON: how things stand, and facts numbered by
/// `seq`. docs/api.md lists the kinds.
#[utoipa::path(get, path = "/ws", tag = "service", params(socket::SocketQuery),
    responses((status = 101, description = "The socket is open"),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 401, description = "Nobody known", body = ProblemBody),
              (status = 403, description = "Host or origin not served", body = ProblemBody),
              (status = 426, description = "The request asks for no WebSocket",
               body = ProblemBody),
              (status = 503, description = "Everything is taken", body = ProblemBody)))]
pub(super) async fn live_socket(
    request: HttpRequest,
    state: web::Data<WebState>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    socket::accept(&request, &state, body, Interest::default())
}

/// What is no resource may be a file of the page.
async fn other(request: HttpRequest) -> Result<HttpResponse, Problem> {
    if request.method() == Method::GET {
        return Ok(assets::serve(request).await);
    }
    unknown(request).await
}

async fn unknown(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name: String = request.path().chars().take(100).collect();
    let methods = openapi::methods(request.path());
    if !methods.is_empty() {
        let given = request.method().to_string();
        return Err(Problem::WrongMethod { given, allowed: methods.join(", ") });
    }
    Err(Problem::NotFound { what: "resource", name })
}
