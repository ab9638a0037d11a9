//! Can the venue be reached, and does it answer.

use std::{
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::{Duration, Instant},
};

use actix_web::http::Uri;
use polymarket::http::{Group, Http, Request, VenueError};

use super::Finding;
use crate::settings::{Mode, Settings};

/// Looks up and connects to every address; behind a proxy only the proxy is ours to reach.
pub(super) fn reach_all(settings: &Settings) -> Vec<Finding> {
    let venue = &settings.venue;
    let (rpc_url, relayer_url) = settings.chain.urls();
    let mut endpoints = match &venue.proxy_url {
        Some(proxy) => vec![("venue.proxy_url", proxy.expose())],
        None => vec![
            ("venue.gamma_url", venue.gamma_url.as_str()),
            ("venue.clob_url", venue.clob_url.as_str()),
            ("venue.data_url", venue.data_url.as_str()),
            ("venue.market_socket_url", venue.market_socket_url.as_str()),
            ("venue.rtds_url", venue.rtds_url.as_str()),
        ],
    };
    if settings.mode == Mode::Live && venue.proxy_url.is_none() {
        endpoints.extend([
            ("venue.user_socket_url", venue.user_socket_url.as_str()),
            ("chain.rpc_url", rpc_url.as_str()),
            ("chain.relayer_url", relayer_url.as_str()),
        ]);
    }
    let checks = endpoints.into_iter();
    checks.map(|(key, url)| reach(key, url, venue.connect_timeout)).collect()
}

/// Asks each HTTP service a small question, by the way of the service itself: proxy, TLS, time-outs.
pub(super) async fn ask_all(http: &Http) -> Vec<Finding> {
    let hosts = &http.settings().hosts;
    let gamma =
        Request::get(Group::GammaMarkets, &hosts.gamma, "/markets/keyset").with("limit", "1");
    let questions = [
        ("venue.gamma_url", gamma),
        ("venue.clob_url", Request::get(Group::ClobOther, &hosts.clob, "/time")),
        ("venue.data_url", Request::get(Group::DataOther, &hosts.data, "/")),
    ];
    let mut findings = Vec::with_capacity(questions.len());
    for (key, request) in questions {
        let began = Instant::now();
        let answer = http.fetch(&request).await;
        findings.push(judge(key, began.elapsed(), answer.map(|_| ())));
    }
    findings
}

fn judge(key: &str, took: Duration, answer: Result<(), VenueError>) -> Finding {
    let check = format!("answer {key}");
    let measured = format!("TLS and HTTP {} ms", took.as_millis());
    match answer {
        // Any answer below 500 proves that the way is open; 403 is the venue's own refusal.
        Ok(()) => Finding::good(check, measured),
        Err(VenueError::Status { code, .. }) if code < 500 && code != 403 => {
            Finding::good(check, measured)
        }
        Err(VenueError::Status { code: 403, .. }) => Finding::bad(
            check,
            measured,
            "The venue refuses this machine (403), as it does from some countries.",
            "Use the venue from where it is allowed.",
        ),
        Err(error) => Finding::bad(
            check,
            measured,
            format!("No usable answer: {error}."),
            "Look at what the line above for the same address says, then at proxy and firewall.",
        ),
    }
}

fn reach(key: &str, url: &str, timeout: Duration) -> Finding {
    let check = format!("reach {key}");
    let Some((host, port)) = host_and_port(url) else {
        let fix = format!("Correct {key}; `dutchbook config show --origin` says where it is set.");
        return Finding::bad(check, "", "The address has no host.", fix);
    };
    let began = Instant::now();
    let addresses: Vec<SocketAddr> = match (host.as_str(), port).to_socket_addrs() {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            return Finding::bad(
                check,
                "",
                format!("The name {host} cannot be looked up: {error}."),
                "Look at this machine's network and name server; a proxy does the look-up by \
                 itself (DUTCHBOOK__VENUE__PROXY_URL).",
            );
        }
    };
    let looked_up_ms = began.elapsed().as_millis();
    let began = Instant::now();
    // A host may have an address of a kind that this machine cannot use: any one will do.
    let attempts = addresses.iter().map(|address| TcpStream::connect_timeout(address, timeout));
    match first_success(attempts) {
        Ok(_) => Finding::good(
            check,
            format!("name {looked_up_ms} ms, TCP {} ms", began.elapsed().as_millis()),
        ),
        Err(reason) => Finding::bad(
            check,
            format!("name {looked_up_ms} ms"),
            format!("{host}:{port} cannot be connected to: {reason}."),
            "Look at firewall and proxy. Where the venue is blocked, no setting here helps.",
        ),
    }
}

fn first_success<T>(attempts: impl Iterator<Item = std::io::Result<T>>) -> Result<T, String> {
    let mut reason = "the name has no address".to_owned();
    for attempt in attempts {
        match attempt {
            Ok(done) => return Ok(done),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(reason)
}

fn host_and_port(url: &str) -> Option<(String, u16)> {
    let uri: Uri = url.parse().ok()?;
    let port = uri.port_u16().or_else(|| match uri.scheme_str()? {
        "https" | "wss" => Some(443),
        "http" | "ws" => Some(80),
        "socks5" | "socks5h" => Some(1_080),
        _ => None,
    })?;
    // An IPv6 address stands in brackets here and without them everywhere else.
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    Some((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::commands::doctor::Verdict;

    #[test]
    fn host_and_port_come_from_the_address_or_its_scheme() {
        for (url, host, port) in [
            ("https://clob.example", "clob.example", 443),
            ("ws://127.0.0.1:9001/ws", "127.0.0.1", 9_001),
            ("http://[::1]:80", "::1", 80),
            ("socks5://u:p@proxy", "proxy", 1_080),
        ] {
            assert_eq!(host_and_port(url), Some((host.to_owned(), port)), "{url}");
        }
    }

    #[test]
    fn a_listening_port_is_good_and_a_closed_one_says_what_to_do() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let timeout = Duration::from_secs(2);
        assert_eq!(reach("venue.clob_url", &url, timeout).verdict, Verdict::Good);
        // A port that was free a moment ago may be another test's by now; nobody listens at this one.
        let closed = reach("venue.clob_url", "http://127.0.0.1:1", timeout);
        assert!(matches!(closed.verdict, Verdict::Bad { .. }), "{closed:?}");
    }
}
