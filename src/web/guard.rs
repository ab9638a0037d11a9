//! Who may ask: the checks that come before every handler.
//!
//! A page of another site can make a browser send requests to a loopback address, by a form, by a
//! socket, or by a name that resolves to 127.0.0.1. So each request must name a host that this
//! service is, and if it says which page it comes from, that page must be ours. Then it must come
//! from somebody: by a token, or by the cookie of a session. A cookie comes with whatever a browser
//! sends, so what changes something by a cookie must say from which page it comes.

use std::collections::BTreeSet;
use std::net::IpAddr;

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN, UPGRADE};
use actix_web::{HttpMessage, HttpRequest};
use domain::{DurationMillis, UnixMillis};

use crate::web::auth::access::{Access, Shown};
use crate::web::auth::rate::Whose;
use crate::web::auth::{Digest, Principal, Role};
use crate::web::problem::Problem;

/// The name of the session's cookie.
pub const SESSION_COOKIE: &str = "dutchbook_session";

/// Which hosts are answered, and who is let in.
pub struct Guard {
    hosts: BTreeSet<String>,
    access: Access,
    free_socket_port: Option<u16>,
    proxies: Vec<IpAddr>,
    page: Option<String>,
}

/// Where a request comes from and by whom; kept with the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// By whom, where anybody known.
    pub principal: Option<Principal>,
    /// From which address; `None` where that is not known.
    pub peer: Option<IpAddr>,
    /// The address of the page as whoever asks knows it: scheme and host.
    pub site: String,
}

/// A request for this host and of its own page; who sent it, another process says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// From which address; `None` where that is not known.
    pub peer: Option<IpAddr>,
    /// The host that was asked for.
    pub host: String,
    /// `http` or `https`.
    pub scheme: &'static str,
}

/// How a request came here.
struct Path {
    peer: Option<IpAddr>,
    host: String,
    scheme: Scheme,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Path {
    fn site(&self) -> String {
        format!("{}://{}", self.scheme.word(), self.host)
    }
}

/// What an address of ours needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Nothing.
    Free,
    /// Nothing from this machine, and somebody from elsewhere.
    FreeHere,
    /// Somebody.
    Somebody,
    /// Somebody who may change things; which, the handler says.
    SomebodyWhoChanges,
}

impl Guard {
    /// Answers requests for `hosts` (names without a port), loopback names included.
    #[must_use]
    pub fn new(hosts: impl IntoIterator<Item = String>, access: Access) -> Self {
        let mut names: BTreeSet<String> =
            ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned).into_iter().collect();
        names.extend(hosts.into_iter().map(|host| host.to_ascii_lowercase()));
        Self { hosts: names, access, free_socket_port: None, proxies: Vec::new(), page: None }
    }
    /// At the root of this port of loopback the live socket needs nobody.
    #[must_use]
    pub const fn with_free_socket(mut self, port: Option<u16>) -> Self {
        self.free_socket_port = port;
        self
    }
    /// Believes what these proxies say of who asks, and how.
    #[must_use]
    pub fn with_proxies(mut self, proxies: Vec<IpAddr>) -> Self {
        self.proxies = proxies;
        self
    }
    /// People know the page by this address, however a request came here.
    #[must_use]
    pub fn with_page(mut self, address: &str) -> Self {
        self.page = (!address.is_empty()).then(|| address.to_owned());
        self
    }
    /// The address by which people know the page, where somebody has set it.
    #[must_use]
    pub fn page(&self) -> Option<&str> {
        self.page.as_deref()
    }
    /// Who is let in.
    #[must_use]
    pub const fn access(&self) -> &Access {
        &self.access
    }
    /// The check for every request.
    ///
    /// # Errors
    /// A host or an origin that is not ours, too many requests, or nobody known where somebody must
    /// be.
    pub fn admit(&self, request: &HttpRequest, now: UnixMillis) -> Result<Admitted, Problem> {
        let path = self.path_of(request)?;
        let origin = self.check_origin(request, &path.host)?;
        let shown = shown(request);
        let principal = shown.and_then(|shown| self.access.who(shown, now));
        let (peer, site) = (path.peer, path.site());
        let need = self.need(request);
        if request.path() != LIVENESS {
            let known = shown.filter(|_| principal.is_some());
            let whose = match (known, peer) {
                (Some(shown), _) => Whose::Known(shown),
                (None, Some(peer)) => Whose::peer(peer),
                (None, None) => Whose::Everybody,
            };
            self.access.count(whose, now).map_err(too_many)?;
        }
        let is_here = peer.is_some_and(|peer| peer.is_loopback());
        match (&principal, need) {
            (_, Need::Free) => {}
            (None, Need::FreeHere) if is_here => {}
            (None, Need::FreeHere | Need::Somebody | Need::SomebodyWhoChanges) => {
                return Err(Problem::Unauthorized);
            }
            (Some(_), Need::FreeHere | Need::Somebody) => {}
            (Some(principal), Need::SomebodyWhoChanges) if principal.role < Role::Operator => {
                return Err(Problem::Forbidden { has: principal.role, needs: needed(request) });
            }
            (Some(_), Need::SomebodyWhoChanges) => {}
        }
        let by_cookie = matches!(shown, Some(Shown::Cookie(_)));
        if by_cookie && origin == Page::Unsaid && (changes(request) || upgrades(request)) {
            return Err(Problem::NoOrigin);
        }
        Ok(Admitted { principal, peer, site })
    }
    /// The part of the check that needs to know nobody: whether the host and the page are ours.
    ///
    /// # Errors
    /// They are not; or a socket is opened by a cookie, and from which page is not said.
    pub fn arrive(&self, request: &HttpRequest) -> Result<Arrived, Problem> {
        let path = self.path_of(request)?;
        let page = self.check_origin(request, &path.host)?;
        let by_cookie = matches!(shown(request), Some(Shown::Cookie(_)));
        if by_cookie && page == Page::Unsaid && upgrades(request) {
            return Err(Problem::NoOrigin);
        }
        let Path { peer, host, scheme } = path;
        Ok(Arrived { peer, host, scheme: scheme.word() })
    }
    /// Whether this is answered to somebody at `peer` of whom nothing is known.
    #[must_use]
    pub fn answers_anybody(&self, request: &HttpRequest, peer: Option<IpAddr>) -> bool {
        match self.need(request) {
            Need::Free => true,
            Need::FreeHere => peer.is_some_and(|peer| peer.is_loopback()),
            Need::Somebody | Need::SomebodyWhoChanges => false,
        }
    }
    /// How a request came here. Only a proxy that is named is believed; without TLS nobody else is
    /// answered who is not on this machine.
    fn path_of(&self, request: &HttpRequest) -> Result<Path, Problem> {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        // HTTP/2 has the host in the address.
        let authority = request.uri().authority().map(|authority| authority.as_str());
        let host = header(request, HOST.as_str()).or(authority).unwrap_or_default();
        let scheme = if request.app_config().secure() { Scheme::Https } else { Scheme::Http };
        let by_proxy = peer.is_some_and(|peer| self.proxies.contains(&peer));
        if !by_proxy {
            let is_far = peer.is_some_and(|peer| !peer.is_loopback());
            if is_far && scheme == Scheme::Http && request.path() != LIVENESS {
                return Err(Problem::NotByProxy);
            }
            return Ok(Path { peer, host: host.to_owned(), scheme });
        }
        let forwarded = |name: &str| header(request, name).map(str::trim);
        let scheme = match forwarded("X-Forwarded-Proto") {
            Some(word) if word.eq_ignore_ascii_case("https") => Scheme::Https,
            _ => scheme,
        };
        let host = forwarded("X-Forwarded-Host").unwrap_or(host).to_owned();
        // The last one that no proxy of ours is; what stands before it, anybody could have written.
        let chain = request.headers().get_all("X-Forwarded-For").filter_map(|it| it.to_str().ok());
        let hops: Vec<_> = chain.flat_map(|line| line.split(',')).collect();
        let hops = hops.into_iter().rev().map(|hop| hop.trim().parse::<IpAddr>().ok());
        let mut hops = hops.map(|hop| hop.map(|hop| hop.to_canonical()));
        let peer = hops.find(|hop| hop.is_none_or(|hop| !self.proxies.contains(&hop))).flatten();
        Ok(Path { peer, host, scheme })
    }
    fn check_origin(&self, request: &HttpRequest, host: &str) -> Result<Page, Problem> {
        if !self.hosts.contains(&without_port(host)) {
            return Err(Problem::WrongHost(printable(host)));
        }
        if !request.headers().contains_key(ORIGIN) {
            return Ok(Page::Unsaid);
        }
        let origin = header(request, ORIGIN.as_str()).unwrap_or_default();
        let ours = origin.split_once("://").is_some_and(|(_, o)| o.eq_ignore_ascii_case(host));
        if ours { Ok(Page::Ours) } else { Err(Problem::WrongOrigin(printable(origin))) }
    }
    fn need(&self, request: &HttpRequest) -> Need {
        let path = request.path();
        if path == SESSION && !reads(request) {
            return Need::Free;
        }
        if path == "/api/docs" || path.starts_with("/api/docs/") {
            return Need::FreeHere;
        }
        if path == "/api" || path.starts_with("/api/") {
            return if reads(request) { Need::Somebody } else { Need::SomebodyWhoChanges };
        }
        match path {
            "/ws" => Need::Somebody,
            "/" if upgrades(request) => {
                let port = request.app_config().local_addr().port();
                let is_free = self.free_socket_port == Some(port);
                if is_free { Need::FreeHere } else { Need::Somebody }
            }
            "/health/ready" | "/metrics" | "/openapi.json" => Need::FreeHere,
            _ if reads(request) => Need::Free,
            _ => Need::SomebodyWhoChanges,
        }
    }
}

/// What a viewer is told to need where nothing but this check stands before a change. The handlers
/// say themselves whom they take; a test proves that it is the same.
fn needed(request: &HttpRequest) -> Role {
    const OF_ADMINS: [&str; 6] =
        ["config/", "risk/", "reconcile/", "system/", "session/", "execute/transfer"];
    let path = request.path().strip_prefix("/api/v1/").unwrap_or_default();
    let sets = path.starts_with("strategies/") && path.ends_with("/settings");
    if sets || OF_ADMINS.iter().any(|prefix| path.starts_with(prefix)) {
        Role::Admin
    } else {
        Role::Operator
    }
}

/// Says only that the process answers, so nobody is ever too often for it.
const LIVENESS: &str = "/health/live";
const SESSION: &str = "/api/v1/session";

/// From which page a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Ours,
    Unsaid,
}

/// Whoever sent this request, if they may do what needs this role.
///
/// # Errors
/// Nobody known, or somebody who may not.
pub fn require(request: &HttpRequest, needs: Role) -> Result<Principal, Problem> {
    let extensions = request.extensions();
    let admitted = extensions.get::<Admitted>();
    let principal = admitted.and_then(|admitted| admitted.principal.clone());
    let principal = principal.ok_or(Problem::Unauthorized)?;
    if principal.role < needs {
        return Err(Problem::Forbidden { has: principal.role, needs });
    }
    Ok(principal)
}

/// Who did something, for whoever reads it later: name, role and address.
#[must_use]
pub fn signature(request: &HttpRequest, principal: &Principal) -> String {
    let extensions = request.extensions();
    let peer = extensions.get::<Admitted>().and_then(|admitted| admitted.peer);
    let at = peer.map_or_else(String::new, |peer| format!(" at {peer}"));
    format!("{} ({}){at}", principal.name, principal.role)
}

/// What somebody shows; a token counts before a cookie.
pub(crate) fn shown(request: &HttpRequest) -> Option<Shown> {
    if let Some(given) = header(request, AUTHORIZATION.as_str()) {
        let (scheme, token) = given.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        return is_bearer.then(|| Shown::Token(Digest::of(token)));
    }
    cookie(request).map(Shown::Cookie)
}

/// The session's cookie.
pub(crate) fn cookie(request: &HttpRequest) -> Option<Digest> {
    let lines = request.headers().get_all(COOKIE).filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|it| it.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim() == SESSION_COOKIE)?;
    Some(Digest::of(value))
}

pub(crate) fn too_many(wait: DurationMillis) -> Problem {
    let seconds = wait.0.max(0).unsigned_abs().div_ceil(1_000).max(1);
    Problem::RateLimited { retry_after_s: seconds }
}

fn reads(request: &HttpRequest) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method())
}

fn changes(request: &HttpRequest) -> bool {
    !reads(request)
}

fn upgrades(request: &HttpRequest) -> bool {
    request.headers().contains_key(UPGRADE)
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn without_port(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name.to_ascii_lowercase()
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests;
