//! Passes requests on to the process that decides, and its answers back.

use std::net::Ipv4Addr;
use std::time::Duration;

use actix_web::http::header::{
    CONNECTION, CONTENT_LENGTH, DATE, HeaderMap, HeaderName, TRANSFER_ENCODING, UPGRADE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use awc::error::{ConnectError, SendRequestError};
use awc::{Client, ClientRequest};

use super::leader::{self, Clients, away};
use super::{WebRole, socket};
use crate::web::guard::Arrived;
use crate::web::problem::Problem;

/// What a request may carry, bytes. Nothing that the API takes is as long.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// What the answer to a change may be, bytes; that to a question is passed on as it comes.
const CHANGE_ANSWER_BYTES_MAX: usize = 4 << 20;
/// So long may an answer take to come, once it has begun.
const BODY_MAX: Duration = Duration::from_secs(60);
/// How often it is looked, while an answer is waited for, whether somebody else leads by now.
const LEADER_LOOK: Duration = Duration::from_millis(100);
/// What is said between two ends of one connection alone.
const HOP_BY_HOP: [&str; 7] = [
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
];

/// Passes a request on.
///
/// # Errors
/// There is no leader, or it does not answer. What changes something is sent once: where its answer
/// is lost, it is said that nobody knows what came of it.
pub async fn pass_on(
    request: HttpRequest,
    role: web::Data<WebRole>,
    clients: web::Data<Clients>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let leader = leader::address(&role.board)?;
    if is_for_this_machine(&request, &role) {
        // The leader may take whoever comes through here for somebody on its own machine.
        socket::somebody(&request, &role, &clients).await?;
    }
    if changes(request.method()) {
        return change(&clients.changes, &leader, &request, body).await;
    }
    let first = copy(&clients.reads, &leader, &request)?.send_body(body.clone());
    let first = tokio::select! {
        first = first => Some(first),
        // Whoever was asked stands still; a question can be asked of the next one.
        () = another_leads(&role, &leader) => None,
    };
    let answer = match first {
        None => {
            let next = leader::address(&role.board)?;
            copy(&clients.reads, &next, &request)?.send_body(body).await
        }
        // A connection that was kept may have been closed just then.
        Some(Err(error))
            if !is_unreached(&error) && !matches!(error, SendRequestError::Timeout) =>
        {
            copy(&clients.reads, &leader, &request)?.send_body(body).await
        }
        Some(other) => other,
    };
    let answer = answer.map_err(|error| away(&error))?;
    let mut response = head(answer.status(), answer.headers());
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let length = answer.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    if let Some(length) = length {
        response.no_chunking(length);
    }
    if answer.status() == StatusCode::NOT_MODIFIED {
        return Ok(response.finish());
    }
    Ok(response.streaming(answer.timeout(BODY_MAX)))
}

/// Until another process leads than the one at `leader`.
async fn another_leads(role: &WebRole, leader: &str) {
    loop {
        tokio::time::sleep(LEADER_LOOK).await;
        if leader::address(&role.board).is_ok_and(|now| now != leader) {
            return;
        }
    }
}

async fn change(
    client: &Client,
    leader: &str,
    request: &HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let lost = |why: &dyn std::fmt::Display| Problem::AnswerLost(why.to_string());
    let sent = copy(client, leader, request)?.force_close().send_body(body).await;
    let answer = sent.map_err(|error| match is_unreached(&error) {
        true => away(&error),
        false => lost(&error),
    })?;
    let mut answer = answer.timeout(BODY_MAX);
    let mut response = head(answer.status(), answer.headers());
    let body = answer.body().limit(CHANGE_ANSWER_BYTES_MAX).await;
    Ok(response.body(body.map_err(|error| lost(&error))?))
}

/// Whether nothing of the request has left. A connection that ends before the answer is told as one
/// that was never made.
const fn is_unreached(error: &SendRequestError) -> bool {
    match error {
        SendRequestError::Url(_) => true,
        SendRequestError::Connect(why) => !matches!(why, ConnectError::Disconnected),
        _ => false,
    }
}

/// Whether it needs nobody on this machine, and comes from another one.
fn is_for_this_machine(request: &HttpRequest, role: &WebRole) -> bool {
    let peer = request.extensions().get::<Arrived>().and_then(|arrived| arrived.peer);
    let here = Some(Ipv4Addr::LOCALHOST.into());
    role.guard.answers_anybody(request, here) && !role.guard.answers_anybody(request, peer)
}

fn changes(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

fn copy(client: &Client, leader: &str, request: &HttpRequest) -> Result<ClientRequest, Problem> {
    let path = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let mut copy = client.request(request.method().clone(), format!("{leader}{path}"));
    copy = copy.no_decompress();
    for (name, value) in request.headers() {
        if passes(name, request.headers()) && name != CONTENT_LENGTH {
            copy = copy.append_header((name.clone(), value.clone()));
        }
    }
    let extensions = request.extensions();
    let arrived = extensions.get::<Arrived>().ok_or(Problem::Unauthorized)?;
    leader::forwarded(copy.headers_mut(), arrived);
    Ok(copy)
}

fn head(status: StatusCode, headers: &HeaderMap) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    for (name, value) in headers {
        if passes(name, headers) && name != DATE && name != CONTENT_LENGTH {
            response.append_header((name.clone(), value.clone()));
        }
    }
    response
}

/// Whether a header goes beyond one connection.
fn passes(name: &HeaderName, headers: &HeaderMap) -> bool {
    let named = |line: &actix_web::http::header::HeaderValue| {
        let Ok(line) = line.to_str() else { return false };
        line.split(',').any(|one| one.trim().eq_ignore_ascii_case(name.as_str()))
    };
    let is_hop = [CONNECTION, TRANSFER_ENCODING, UPGRADE].contains(name)
        || HOP_BY_HOP.contains(&name.as_str())
        || headers.get_all(CONNECTION).any(named);
    !is_hop
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn what_is_said_on_one_connection_is_not_passed_on() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Own"),
            ("x-own", "1"),
            ("te", "trailers"),
            ("etag", "W/\"1\""),
            ("set-cookie", "a=b"),
            ("transfer-encoding", "chunked"),
        ] {
            let name = HeaderName::from_static(name);
            headers.insert(name, HeaderValue::from_static(value));
        }
        let mut passed: Vec<_> =
            headers.keys().filter(|name| passes(name, &headers)).map(HeaderName::as_str).collect();
        passed.sort_unstable();
        assert_eq!(passed, ["etag", "set-cookie"]);
    }
}
