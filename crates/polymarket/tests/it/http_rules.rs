//! Statuses, waits, limits and ways out.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use polymarket::clob::ClobClient;
use polymarket::http::{Group, Proxy, Request, VenueError};

use crate::support::{answer, raw_server, read_request, settings, settings_once};

const VERSION: &str = r#"{"version":2}"#;

fn clob(settings: &polymarket::http::Settings) -> ClobClient {
    ClobClient::new(settings.connect().unwrap())
}

#[actix_rt::test]
async fn failures_that_pass_are_survived() {
    let (address, requests) = raw_server(vec![
        answer("425 Too Early", "", ""),
        answer("503 Service Unavailable", "", "{}"),
        answer("429 Too Many Requests", "Retry-After: 0\r\n", ""),
        answer("200 OK", "", VERSION),
    ]);
    assert_eq!(clob(&settings(address)).version().await, Ok(2));
    assert_eq!(requests.try_iter().count(), 4);
}

#[actix_rt::test]
async fn a_refusal_is_not_repeated_and_says_what_the_venue_said() {
    let body = r#"{"error":"Payload exceeds the limit"}"#;
    let (address, requests) = raw_server(vec![answer("400 Bad Request", "", body)]);
    let error = clob(&settings(address)).version().await.unwrap_err();
    assert!(matches!(&error, VenueError::Status { code: 400, excerpt, .. }
        if excerpt.as_str() == body));
    assert_eq!(requests.try_iter().count(), 1);
}

#[actix_rt::test]
async fn attempts_end() {
    let script = (0..10).map(|_| answer("500 Internal Server Error", "", "no")).collect();
    let (address, requests) = raw_server(script);
    let error = clob(&settings(address)).version().await.unwrap_err();
    assert!(matches!(error, VenueError::Status { code: 500, .. }));
    assert_eq!(requests.try_iter().count(), 4);
}

#[actix_rt::test]
async fn the_venues_wait_is_kept() {
    let (address, _requests) = raw_server(vec![
        answer("425 Too Early", "Retry-After: 1\r\n", ""),
        answer("200 OK", "", VERSION),
    ]);
    let begin = Instant::now();
    assert_eq!(clob(&settings(address)).version().await, Ok(2));
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[actix_rt::test]
async fn a_wait_beyond_our_patience_is_handed_to_the_caller() {
    let (address, _requests) =
        raw_server(vec![answer("429 Too Many Requests", "Retry-After: 3600\r\n", "")]);
    let error = clob(&settings(address)).version().await.unwrap_err();
    let retry_after = Some(Duration::from_secs(3_600));
    assert_eq!(error, VenueError::RateLimited { retry_after });
}

#[actix_rt::test]
async fn a_server_that_never_answers_costs_one_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = settings_once(listener.local_addr().unwrap());
    settings.request_timeout = Duration::from_millis(100);
    let error = clob(&settings).version().await.unwrap_err();
    assert_eq!(error, VenueError::Timeout { after: Duration::from_millis(100) });
}

#[actix_rt::test]
async fn a_server_that_stops_in_the_middle_of_a_body_costs_one_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = settings_once(listener.local_addr().unwrap());
    settings.request_timeout = Duration::from_millis(200);
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").unwrap();
        let _ = stream.read_to_end(&mut vec![]);
    });
    let error = clob(&settings).version().await.unwrap_err();
    assert_eq!(error, VenueError::Timeout { after: Duration::from_millis(200) });
    server.join().unwrap();
}

#[actix_rt::test]
async fn a_body_beyond_the_limit_is_an_error_with_and_without_a_stated_length() {
    let body = format!("\"{}\"", "x".repeat(2_000));
    let stated = answer("200 OK", "", &body);
    let unstated =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d2\r\n{body}\r\n0\r\n\r\n");
    let (address, _requests) = raw_server(vec![stated, unstated.into_bytes()]);
    let mut settings = settings_once(address);
    settings.body_bytes_max = 1_000;
    for _ in 0..2 {
        let error = clob(&settings).version().await.unwrap_err();
        assert_eq!(error, VenueError::TooLarge { limit: 1_000 });
    }
}

#[actix_rt::test]
async fn a_redirect_is_not_followed() {
    let (address, requests) =
        raw_server(vec![answer("302 Found", "Location: http://127.0.0.1:1/\r\n", "")]);
    let error = clob(&settings(address)).version().await.unwrap_err();
    assert!(matches!(error, VenueError::Status { code: 302, .. }));
    assert_eq!(requests.try_iter().count(), 1);
}

#[actix_rt::test]
async fn nobody_listening_is_a_connect_error() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = clob(&settings_once(address)).version().await.unwrap_err();
    assert!(matches!(error, VenueError::Connect { .. }), "{error:?}");
}

#[actix_rt::test]
async fn our_own_limit_refuses_before_the_venue_has_to() {
    let (address, _requests) = raw_server(vec![]);
    let mut settings = settings_once(address);
    settings.wait_max = Duration::ZERO;
    while settings.limits.take(Group::Web).is_ok() {}
    let http = settings.clone().connect().unwrap();
    let request = Request::get(Group::Web, &settings.hosts.web, "/api/geoblock");
    let error = http.fetch(&request).await.unwrap_err();
    assert!(matches!(error, VenueError::RateLimited { retry_after: Some(_) }));
}

/// Copies both ways until both sides have ended.
fn join(one: TcpStream, two: TcpStream) {
    let pump = |mut from: TcpStream, mut to: TcpStream| {
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        })
    };
    pump(one.try_clone().unwrap(), two.try_clone().unwrap());
    pump(two, one);
}

#[actix_rt::test]
async fn an_http_proxy_is_asked_for_a_tunnel_with_its_login() {
    let (address, _requests) = raw_server(vec![answer("200 OK", "", VERSION)]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy_port = listener.local_addr().unwrap().port();
    let proxy = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let wish = read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        join(stream, TcpStream::connect(address).unwrap());
        wish
    });
    let mut settings = settings_once(address);
    settings.hosts.clob = "http://venue.invalid:80".to_owned();
    settings.proxy = Proxy::parse(&format!("http://me:secret@127.0.0.1:{proxy_port}")).unwrap();
    assert_eq!(clob(&settings).version().await, Ok(2));
    let wish = proxy.join().unwrap();
    assert!(wish.starts_with("CONNECT venue.invalid:80 HTTP/1.1\r\n"), "{wish}");
    assert!(wish.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"), "{wish}");
}

#[actix_rt::test]
async fn a_proxy_that_refuses_is_a_connect_error() {
    let (address, _requests) = raw_server(vec![answer("407 Login Required", "", "")]);
    let mut settings = settings_once(address);
    settings.proxy = Proxy::parse(&format!("http://{address}")).unwrap();
    settings.hosts.clob = "http://venue.invalid:80".to_owned();
    let error = clob(&settings).version().await.unwrap_err();
    assert!(matches!(&error, VenueError::Connect { why } if why.as_str().contains("407")));
}

#[actix_rt::test]
async fn a_socks5_proxy_is_given_the_name_and_resolves_it() {
    let (address, _requests) = raw_server(vec![answer("200 OK", "", VERSION)]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy_port = listener.local_addr().unwrap().port();
    let proxy = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).unwrap();
        stream.read_exact(&mut vec![0; usize::from(greeting[1])]).unwrap();
        stream.write_all(&[5, 0]).unwrap();
        let mut head = [0; 5];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(head[..4], [5, 1, 0, 3], "connect to a name");
        let mut name = vec![0; usize::from(head[4]) + 2];
        stream.read_exact(&mut name).unwrap();
        stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).unwrap();
        join(stream, TcpStream::connect(address).unwrap());
        name
    });
    let mut settings = settings_once(address);
    settings.hosts.clob = "http://venue.invalid:80".to_owned();
    settings.proxy = Proxy::parse(&format!("socks5h://127.0.0.1:{proxy_port}")).unwrap();
    assert_eq!(clob(&settings).version().await, Ok(2));
    assert_eq!(proxy.join().unwrap(), b"venue.invalid\0P");
}
