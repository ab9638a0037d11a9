//! Whether this process is of use, and its figures.

use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::leader::Clients;
use super::{WebRole, socket};
use crate::web::api::health::ReadyView;
use crate::web::guard::Arrived;
use crate::web::metrics::web_role;
use crate::web::problem::Problem;

/// Is this process of use?
///
/// # Errors
/// Somebody from elsewhere whom nobody knows.
pub async fn ready(
    request: HttpRequest,
    role: web::Data<WebRole>,
    clients: web::Data<Clients>,
) -> Result<HttpResponse, Problem> {
    admit(&request, &role, &clients).await?;
    let missing = role.not_ready();
    let view = ReadyView { ready: missing.is_empty(), missing };
    Ok(if view.ready {
        HttpResponse::Ok().json(view)
    } else {
        HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "1")).json(view)
    })
}

/// The figures, in the text form that Prometheus reads.
///
/// # Errors
/// Somebody from elsewhere whom nobody knows.
pub async fn metrics(
    request: HttpRequest,
    role: web::Data<WebRole>,
    clients: web::Data<Clients>,
) -> Result<HttpResponse, Problem> {
    admit(&request, &role, &clients).await?;
    Ok(web_role::serve(&role))
}

async fn admit(request: &HttpRequest, role: &WebRole, clients: &Clients) -> Result<(), Problem> {
    let peer = request.extensions().get::<Arrived>().and_then(|arrived| arrived.peer);
    if role.guard.answers_anybody(request, peer) {
        return Ok(());
    }
    socket::somebody(request, role, clients).await.map(drop)
}
