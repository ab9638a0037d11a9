//! Who may ask: the checks that come before every handler.
//!
//! A page of another site can make a browser send requests to a loopback address, by a form, by a
//! socket, or by a name that resolves to 127.0.0.1. So each request must name a host that this
//! service is, and if it says which page it comes from, that page must be ours.

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HOST, ORIGIN};
use subtle::ConstantTimeEq;

use crate::web::problem::Problem;

/// Which hosts are answered, and which token is the admin's.
pub struct Guard {
    hosts: BTreeSet<String>,
    token: AdminToken,
    reading: Reading,
}

/// Who may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Everybody on this machine: the service listens on loopback only.
    Local,
    /// Only who has the token: the service can be reached from elsewhere.
    TokenOnly,
}

/// The admin's bearer token. It cannot be printed.
pub struct AdminToken(String);

impl AdminToken {
    /// From its text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }
    fn matches(&self, given: &str) -> bool {
        bool::from(self.0.as_bytes().ct_eq(given.as_bytes()))
    }
}

impl Guard {
    /// Answers requests for `hosts` (names without a port, lower case), loopback names included.
    #[must_use]
    pub fn new(
        hosts: impl IntoIterator<Item = String>,
        token: AdminToken,
        reading: Reading,
    ) -> Self {
        let mut names: BTreeSet<String> =
            ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned).into_iter().collect();
        names.extend(hosts.into_iter().map(|host| host.to_ascii_lowercase()));
        Self { hosts: names, token, reading }
    }
    /// The check for every request.
    ///
    /// # Errors
    /// A host or an origin that is not ours, or no token where reading needs one.
    pub fn admit(&self, request: &HttpRequest) -> Result<(), Problem> {
        let host = header(request, HOST.as_str()).unwrap_or_default();
        if !self.hosts.contains(&without_port(host)) {
            return Err(Problem::WrongHost(printable(host)));
        }
        if let Some(origin) = header(request, ORIGIN.as_str()) {
            let ours = origin.split_once("://").is_some_and(|(_, o)| o.eq_ignore_ascii_case(host));
            if !ours {
                return Err(Problem::WrongOrigin(printable(origin)));
            }
        }
        match self.reading {
            Reading::Local => Ok(()),
            Reading::TokenOnly => self.require_admin(request),
        }
    }
    /// The check for requests that change something.
    ///
    /// # Errors
    /// No token, or not the admin's.
    pub fn require_admin(&self, request: &HttpRequest) -> Result<(), Problem> {
        let given = header(request, AUTHORIZATION.as_str()).and_then(|h| h.strip_prefix("Bearer "));
        match given {
            Some(token) if self.token.matches(token.trim()) => Ok(()),
            _ => Err(Problem::Unauthorized),
        }
    }
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
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn guard(reading: Reading) -> Guard {
        Guard::new(["desk.example".to_owned()], AdminToken::new("t".repeat(32)), reading)
    }
    fn request(headers: &[(&'static str, &str)]) -> HttpRequest {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        request.to_http_request()
    }

    #[test]
    fn only_requests_for_our_own_hosts_are_answered() {
        let guard = guard(Reading::Local);
        for host in ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "desk.example"] {
            assert_eq!(guard.admit(&request(&[("Host", host)])), Ok(()), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:80@evil"] {
            assert!(guard.admit(&request(&[("Host", host)])).is_err(), "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_is_refused_even_with_our_host() {
        let guard = guard(Reading::Local);
        let from =
            |origin: &str| guard.admit(&request(&[("Host", "localhost:8080"), ("Origin", origin)]));
        assert_eq!(from("http://localhost:8080"), Ok(()));
        for origin in ["http://evil.example", "null", "http://localhost:9", "http://localhost"] {
            assert!(matches!(from(origin), Err(Problem::WrongOrigin(_))), "{origin}");
        }
    }

    #[test]
    fn changes_need_the_token_and_so_does_reading_from_elsewhere() {
        let right = format!("Bearer {}", "t".repeat(32));
        let with = |value: &str| request(&[("Host", "localhost"), ("Authorization", value)]);
        let open = guard(Reading::Local);
        assert_eq!(open.require_admin(&with(&right)), Ok(()));
        assert_eq!(open.require_admin(&with("Bearer wrong")), Err(Problem::Unauthorized));
        assert_eq!(
            open.require_admin(&request(&[("Host", "localhost")])),
            Err(Problem::Unauthorized)
        );
        let closed = guard(Reading::TokenOnly);
        assert_eq!(closed.admit(&request(&[("Host", "localhost")])), Err(Problem::Unauthorized));
        assert_eq!(closed.admit(&with(&right)), Ok(()));
    }
}
