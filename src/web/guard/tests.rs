//! What is let through, and what is not.

use std::net::SocketAddr;

use actix_web::test::TestRequest;

use super::*;
use crate::web::auth::access::SignIn;
use crate::web::auth::rate::Rate;
use crate::web::auth::tokens::Tokens;

const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
const HERE: &str = "127.0.0.1:50000";
const ELSEWHERE: &str = "192.0.2.7:50000";
const PROXY: &str = "192.0.2.1:50000";

fn guard_at(rate: Rate) -> Guard {
    let tokens =
        [("viewer's", Role::Viewer), ("operator's", Role::Operator), ("admin's", Role::Admin)];
    let tokens = tokens.map(|(token, role)| {
        (Digest::of(token), Principal { role, ..Principal::admin(role.name()) })
    });
    Guard::new(["desk.example".to_owned()], Access::new(Tokens::fixed(tokens), rate))
}

fn guard() -> Guard {
    guard_at(Rate { per_second: 1_000, burst: 1_000 })
}

fn request(method: Method, path: &str, headers: &[(&'static str, &str)]) -> HttpRequest {
    request_from(HERE, method, path, headers)
}

fn request_from(
    peer: &str,
    method: Method,
    path: &str,
    headers: &[(&'static str, &str)],
) -> HttpRequest {
    let mut request = TestRequest::with_uri(path).method(method).peer_addr(peer.parse().unwrap());
    if !headers.iter().any(|(name, _)| *name == "Host") {
        request = request.insert_header(("Host", "localhost:8080"));
    }
    for (name, value) in headers {
        request = request.insert_header((*name, *value));
    }
    request.to_http_request()
}

fn page(headers: &[(&'static str, &str)]) -> HttpRequest {
    request(Method::GET, "/", headers)
}

fn session(guard: &Guard) -> String {
    let (key, _) = guard.access().make_key(NOW).unwrap();
    let signed_in = guard.access().sign_in(SignIn::Key(key.digest()), NOW).unwrap();
    format!("other=1; {SESSION_COOKIE}={}", signed_in.unwrap().0.expose())
}

#[test]
fn only_requests_for_our_own_hosts_are_answered() {
    let guard = guard();
    for host in ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "desk.example"] {
        assert!(guard.admit(&page(&[("Host", host)]), NOW).is_ok(), "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:80@evil"] {
        assert!(guard.admit(&page(&[("Host", host)]), NOW).is_err(), "{host}");
    }
}

#[test]
fn a_page_of_another_site_is_refused_even_with_our_host() {
    let guard = guard();
    let from = |origin: &str| guard.admit(&page(&[("Origin", origin)]), NOW);
    assert!(from("http://localhost:8080").is_ok());
    for origin in ["http://evil.example", "null", "http://localhost:9", "http://localhost", "", "ü"]
    {
        assert!(matches!(from(origin), Err(Problem::WrongOrigin(_))), "{origin}");
    }
}

#[test]
fn what_is_told_needs_somebody_and_the_page_itself_does_not() {
    let guard = guard();
    let get = |path: &str, headers| guard.admit(&request(Method::GET, path, headers), NOW);
    for path in ["/", "/assets/x.js", "/health/live", "/health/ready", "/metrics", "/openapi.json"]
    {
        assert!(get(path, &[]).is_ok(), "{path}");
    }
    let bearer = [("Authorization", "Bearer viewer's")];
    for path in ["/api/v1/markets", "/api/v1/session", "/api/v1/nothing", "/api", "/ws"] {
        assert_eq!(get(path, &[]), Err(Problem::Unauthorized), "{path}");
        let by = get(path, &bearer).unwrap().principal.unwrap();
        assert_eq!(by.role, Role::Viewer, "{path}");
    }
    for wrong in ["Bearer wrong", "viewer's", "Basic viewer's", "Bearer", "Bearer  "] {
        let headers = [("Authorization", wrong)];
        let refused = guard.admit(&request(Method::GET, "/api/v1/markets", &headers), NOW);
        assert_eq!(refused, Err(Problem::Unauthorized), "{wrong}");
    }
    assert!(get("/api/v1/markets", &[("Authorization", "bearer viewer's")]).is_ok());
}

#[test]
fn from_elsewhere_only_the_page_and_the_sign_of_life_are_free() {
    let guard = guard().with_proxies(vec![PROXY.parse::<SocketAddr>().unwrap().ip()]);
    let get = |path: &str| {
        let headers = [("X-Forwarded-For", "127.0.0.1, 192.0.2.7")];
        guard.admit(&request_from(PROXY, Method::GET, path, &headers), NOW).map(drop)
    };
    for path in ["/", "/assets/x.js", "/health/live"] {
        assert_eq!(get(path), Ok(()), "{path}");
    }
    for path in ["/health/ready", "/metrics", "/openapi.json", "/api/docs", "/api/v1/markets"] {
        assert_eq!(get(path), Err(Problem::Unauthorized), "{path}");
    }
}

#[test]
fn a_viewer_changes_nothing_whatever_a_handler_would_say() {
    let guard = guard();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        for path in ["/api/v1/halt", "/api/v1/nothing", "/anything"] {
            let by = |token: &str| {
                let value = format!("Bearer {token}");
                let headers = [("Authorization", value.as_str())];
                guard.admit(&request(method.clone(), path, &headers), NOW).map(drop)
            };
            let refused = Problem::Forbidden { has: Role::Viewer, needs: Role::Operator };
            assert_eq!(by("viewer's"), Err(refused), "{method} {path}");
            assert_eq!(by("nobody's"), Err(Problem::Unauthorized), "{method} {path}");
            assert_eq!(by("operator's"), Ok(()), "{method} {path}");
        }
    }
}

#[test]
fn a_cookie_alone_changes_nothing_because_a_browser_sends_it_for_anybody() {
    let guard = guard();
    let cookie = session(&guard);
    let ask = |method: Method, path: &str, more: &[(&'static str, &str)]| {
        let headers = [&[("Cookie", cookie.as_str())], more].concat();
        guard.admit(&request(method, path, &headers), NOW).map(drop)
    };
    let ours = [("Origin", "http://localhost:8080")];
    assert_eq!(ask(Method::GET, "/api/v1/markets", &[]), Ok(()));
    for (method, path) in [(Method::POST, "/api/v1/halt"), (Method::DELETE, "/api/v1/session")] {
        assert_eq!(ask(method.clone(), path, &[]), Err(Problem::NoOrigin), "{path}");
        assert_eq!(ask(method, path, &ours), Ok(()), "{path}");
    }
    let upgrade = [("Upgrade", "websocket")];
    assert_eq!(ask(Method::GET, "/ws", &upgrade), Err(Problem::NoOrigin));
    assert_eq!(ask(Method::GET, "/ws", &[upgrade, ours].concat()), Ok(()));
    let with_token = [("Authorization", "Bearer admin's")];
    assert_eq!(ask(Method::POST, "/api/v1/halt", &with_token), Ok(()), "no browser adds a token");
}

#[test]
fn the_live_socket_at_the_root_needs_somebody_but_at_the_port_of_older_front_ends() {
    let upgrade = [("Upgrade", "websocket")];
    let open = |guard: &Guard, peer: &str| {
        guard.admit(&request_from(peer, Method::GET, "/", &upgrade), NOW).map(drop)
    };
    assert_eq!(open(&guard(), HERE), Err(Problem::Unauthorized));
    let port = page(&[]).app_config().local_addr().port();
    let free = guard().with_free_socket(Some(port));
    assert_eq!(open(&free, HERE), Ok(()));
    assert_eq!(open(&free, ELSEWHERE), Err(Problem::NotByProxy));
    let at_another = guard().with_free_socket(Some(port.wrapping_add(1)));
    assert_eq!(open(&at_another, HERE), Err(Problem::Unauthorized));
}

#[test]
fn without_tls_only_this_machine_and_a_proxy_that_is_named_are_answered() {
    let named = || guard().with_proxies(vec!["192.0.2.1".parse().unwrap()]);
    let forwarded = [
        ("X-Forwarded-For", "203.0.113.9, 198.51.100.3, 192.0.2.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "desk.example"),
        ("Origin", "https://desk.example"),
    ];
    let ask = |guard: &Guard, peer: &str, headers: &[(&'static str, &str)]| {
        guard.admit(&request_from(peer, Method::GET, "/", headers), NOW)
    };
    let by_proxy = ask(&named(), PROXY, &forwarded).unwrap();
    assert_eq!(by_proxy.peer, Some("198.51.100.3".parse().unwrap()), "whom the proxy saw");
    assert_eq!(by_proxy.site, "https://desk.example");
    let silent = ask(&named(), PROXY, &[]).unwrap();
    assert_eq!((silent.peer, silent.site.as_str()), (None, "http://localhost:8080"));
    for guard in [guard(), named()] {
        assert_eq!(ask(&guard, ELSEWHERE, &[]), Err(Problem::NotByProxy));
        let lies = ask(&guard, HERE, &[("X-Forwarded-For", "203.0.113.9")]).unwrap();
        assert_eq!(lies.peer, Some("127.0.0.1".parse().unwrap()), "nobody else is believed");
    }
    let refused = ask(&named(), PROXY, &[("X-Forwarded-Host", "evil.example")]);
    assert!(matches!(refused, Err(Problem::WrongHost(_))), "{refused:?}");
}

#[test]
fn whoever_asks_too_often_waits_and_nobody_else_does() {
    let guard = guard_at(Rate { per_second: 1, burst: 2 });
    let ask = |token: &str, now: UnixMillis| {
        let value = format!("Bearer {token}");
        let headers = [("Authorization", value.as_str())];
        guard.admit(&request(Method::GET, "/api/v1/markets", &headers), now).map(drop)
    };
    assert_eq!((ask("viewer's", NOW), ask("viewer's", NOW)), (Ok(()), Ok(())));
    assert_eq!(ask("viewer's", NOW), Err(Problem::RateLimited { retry_after_s: 1 }));
    assert_eq!(ask("operator's", NOW), Ok(()));
    for _ in 0..2 {
        assert_eq!(ask("guess", NOW), Err(Problem::Unauthorized));
    }
    assert_eq!(ask("guess", NOW), Err(Problem::RateLimited { retry_after_s: 1 }));
    assert!(guard.admit(&request(Method::GET, "/health/live", &[]), NOW).is_ok());
    assert_eq!(ask("viewer's", NOW.plus(DurationMillis(1_000))), Ok(()));
}

#[test]
fn two_sessions_of_one_name_have_a_bucket_each() {
    let guard = guard_at(Rate { per_second: 1, burst: 2 });
    let cookies = [session(&guard), session(&guard)];
    let ask = |cookie: &str| {
        let headers = [("Cookie", cookie)];
        guard.admit(&request(Method::GET, "/api/v1/markets", &headers), NOW)
    };
    assert!(ask(&cookies[0]).is_ok() && ask(&cookies[0]).is_ok());
    assert!(matches!(ask(&cookies[0]), Err(Problem::RateLimited { .. })));
    assert!(ask(&cookies[1]).is_ok(), "another browser of the same person is not held up");
}
