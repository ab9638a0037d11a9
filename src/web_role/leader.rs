//! Asking the process that decides.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderValue};
use actors::cluster::ClusterBoard;
use awc::error::SendRequestError;
use awc::{Client, ClientRequest, Connector};
use zeroize::Zeroizing;

use crate::web::guard::{Arrived, SESSION_COOKIE};
use crate::web::problem::Problem;
use crate::web::socket::shown::SnapshotView;

/// So long may an answer take to begin.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// So long may the answer take to a question of ours, for which a person waits.
const OWN_ANSWER_MAX: Duration = Duration::from_secs(5);
/// So long may it take to reach the leader.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// Connections of one thread at one time; who asks beyond waits.
const CONNECTIONS_MAX: usize = 128;
/// Shorter than the leader keeps an idle connection open, so that none is used that it just closed.
const IDLE_MAX: Duration = Duration::from_secs(3);
/// A snapshot of more is none.
const SNAPSHOT_BYTES_MAX: usize = 64 << 20;

/// A client of one thread. One that keeps connections would send what changes something on a
/// connection that the other end is about to close; so for that each request has one of its own.
#[derive(Clone)]
pub struct Clients {
    /// For what only reads.
    pub reads: Client,
    /// For what changes something.
    pub changes: Client,
}

impl Clients {
    /// For this thread.
    #[must_use]
    pub fn new() -> Self {
        Self { reads: client(IDLE_MAX), changes: client(Duration::ZERO) }
    }
}

impl Default for Clients {
    fn default() -> Self {
        Self::new()
    }
}

fn client(idle_max: Duration) -> Client {
    let connector =
        Connector::new().timeout(CONNECT_MAX).limit(CONNECTIONS_MAX).conn_keep_alive(idle_max);
    let client = Client::builder().connector(connector).timeout(ANSWER_MAX);
    client.disable_redirects().no_default_headers().finish()
}

/// Says to the leader who asks, and how the request came here. It believes it where
/// `web.trusted_proxies` names this process; on one machine it needs not.
pub fn forwarded(headers: &mut HeaderMap, arrived: &Arrived) {
    let mut put = |name: &'static str, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(actix_web::http::header::HeaderName::from_static(name), value);
        }
    };
    put("x-forwarded-host", &arrived.host);
    put("x-forwarded-proto", arrived.scheme);
    if let Some(peer) = arrived.peer {
        put("x-forwarded-for", &peer.to_string());
    }
    if let Ok(host) = HeaderValue::from_str(&arrived.host) {
        headers.insert(HOST, host);
    }
}

/// What somebody shows, kept as long as they listen. Cannot be printed.
#[derive(Clone)]
pub struct Credential(Kind);

#[derive(Clone)]
enum Kind {
    Authorization(Zeroizing<String>),
    Cookie(Zeroizing<String>),
}

impl Credential {
    /// What a request shows; a token counts before a cookie.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        if let Some(given) = headers.get(AUTHORIZATION) {
            return Some(Self(Kind::Authorization(given.to_str().ok()?.to_owned().into())));
        }
        let lines = headers.get_all(COOKIE).filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';'));
        let ours = |pair: &&str| {
            pair.split_once('=').is_some_and(|(name, _)| name.trim() == SESSION_COOKIE)
        };
        Some(Self(Kind::Cookie(pairs.find(ours)?.trim().to_owned().into())))
    }
    fn show(&self, request: ClientRequest) -> ClientRequest {
        match &self.0 {
            Kind::Authorization(given) => request.insert_header((AUTHORIZATION, given.as_str())),
            Kind::Cookie(pair) => request.insert_header((COOKIE, pair.as_str())),
        }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// Where the leader is.
///
/// # Errors
/// Nobody knows one.
pub fn address(board: &ClusterBoard) -> Result<String, Problem> {
    let leader = board.get().leader;
    let unknown = || Problem::NoLeader("it is not known which one decides".to_owned());
    Ok(leader.ok_or_else(unknown)?.address)
}

/// What the leader says of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They may listen.
    Known,
    /// Nobody knows them.
    Unknown,
}

/// Asks the leader who somebody is.
///
/// # Errors
/// It does not answer, or neither with yes nor with no.
pub async fn who(
    client: &Client,
    board: &ClusterBoard,
    credential: &Credential,
    arrived: &Arrived,
) -> Result<Verdict, Problem> {
    let url = format!("{}/api/v1/session", address(board)?);
    let mut request = credential.show(client.get(url)).timeout(OWN_ANSWER_MAX);
    forwarded(request.headers_mut(), arrived);
    let answer = request.send().await.map_err(|error| away(&error))?;
    match answer.status() {
        StatusCode::OK => Ok(Verdict::Known),
        StatusCode::UNAUTHORIZED => Ok(Verdict::Unknown),
        StatusCode::TOO_MANY_REQUESTS => Err(Problem::RateLimited { retry_after_s: 1 }),
        other => Err(Problem::NoLeader(format!("it answers {}", other.as_u16()))),
    }
}

/// Asks the leader how things stand.
///
/// # Errors
/// It does not answer, or with something else.
pub async fn snapshot(
    client: &Client,
    board: &ClusterBoard,
    credential: &Credential,
    arrived: &Arrived,
    topics: &str,
) -> Result<SnapshotView, Problem> {
    let url = format!("{}/api/v1/socket/snapshot", address(board)?);
    let request = client.get(url).query(&[("topics", topics)]);
    let request = request.map_err(|error| Problem::NoLeader(error.to_string()))?;
    let mut request = credential.show(request).timeout(OWN_ANSWER_MAX);
    forwarded(request.headers_mut(), arrived);
    let answer = request.send().await.map_err(|error| away(&error))?;
    if answer.status() == StatusCode::UNAUTHORIZED {
        return Err(Problem::Unauthorized);
    }
    let mut answer = answer.timeout(OWN_ANSWER_MAX);
    let read = answer.json::<SnapshotView>().limit(SNAPSHOT_BYTES_MAX);
    read.await.map_err(|error| Problem::NoLeader(format!("its snapshot cannot be read: {error}")))
}

/// The leader did not answer what only reads.
pub(super) fn away(error: &SendRequestError) -> Problem {
    Problem::NoLeader(error.to_string())
}
