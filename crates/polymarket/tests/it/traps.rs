//! What the HTTP client underneath gets wrong, each with its test. (How the database forgets
//! conditions and stores decimals as floats are traps of the store, and tested there.)

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use polymarket::clob::ClobClient;
use polymarket::http::{Group, Http, Request, VenueError};

use crate::support::{raw_server, settings, settings_once};

async fn fetch_json(raw: &[u8]) -> Result<serde_json::Value, VenueError> {
    let (address, _requests) = raw_server(vec![raw.to_vec()]);
    let http = settings_once(address).connect().unwrap();
    let request = Request::get(Group::ClobOther, &http.settings().hosts.clob, "/x");
    http.fetch(&request).await?.decode("thing")
}

fn assert_truncated(answer: &Result<serde_json::Value, VenueError>) {
    assert!(matches!(answer, Err(VenueError::Truncated { .. })), "{answer:?}");
}

/// No test of this binary installs a process-wide TLS provider.
#[actix_rt::test]
async fn a_client_works_where_no_tls_provider_was_installed() {
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    let raw = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\": 1}";
    assert_eq!(fetch_json(raw).await.unwrap()["a"], 1);
}

#[actix_rt::test]
async fn a_body_shorter_than_its_length_is_an_error() {
    let raw = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\": 1}";
    let answer = fetch_json(raw).await;
    assert_eq!(answer, Err(VenueError::Truncated { got: 8, wanted: Some(100) }));
}

#[actix_rt::test]
async fn a_chunked_body_that_ends_inside_a_chunk_is_an_error() {
    let raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"a\": [1, 2, 3";
    assert_truncated(&fetch_json(raw).await);
}

#[actix_rt::test]
async fn a_chunked_body_that_ends_between_chunks_is_an_error() {
    let raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\": 1\r\n";
    assert_truncated(&fetch_json(raw).await);
}

#[actix_rt::test]
async fn a_chunked_number_cannot_be_proven_whole_and_is_an_error() {
    let raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1791\r\n";
    assert_truncated(&fetch_json(raw).await);
}

#[actix_rt::test]
async fn the_clock_proves_its_own_length_when_chunked() {
    let chunked = |digits: &str, end: &str| {
        let length = digits.len();
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked";
        format!("{head}\r\n\r\n{length:x}\r\n{digits}\r\n{end}").into_bytes()
    };
    let script = vec![chunked("179124181", ""), chunked("1791241810", "0\r\n\r\n")];
    let (address, _requests) = raw_server(script);
    let clob = ClobClient::new(settings_once(address).connect().unwrap());
    assert!(matches!(clob.time().await, Err(VenueError::Decode { .. })));
    assert_eq!(clob.time().await.map(|time| time.0), Ok(1_791_241_810_000));
}

#[actix_rt::test]
async fn a_whole_chunked_body_is_read() {
    let raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"a\": 1}\r\n0\r\n\r\n";
    assert_eq!(fetch_json(raw).await.unwrap()["a"], 1);
}

#[actix_rt::test]
async fn a_body_that_only_the_end_of_the_connection_delimits_is_an_error_or_right() {
    let raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"a\": 1}";
    // The client underneath drops it and reports an empty body: that must not pass as an answer.
    match fetch_json(raw).await {
        Ok(value) => assert_eq!(value["a"], 1),
        other => assert_truncated(&other),
    }
    let raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    assert_truncated(&fetch_json(raw).await);
}

#[actix_rt::test]
async fn a_truncated_answer_is_asked_for_again() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"version\":2}".to_vec();
    let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"version\":2}".to_vec();
    let (address, requests) = raw_server(vec![cut, whole]);
    let clob = ClobClient::new(settings(address).connect().unwrap());
    assert_eq!(clob.version().await, Ok(2));
    assert_eq!(requests.try_iter().count(), 2);
}

#[actix_rt::test]
async fn http_1_1_alone_is_offered_under_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let hello = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut acceptor = rustls::server::Acceptor::default();
        loop {
            acceptor.read_tls(&mut stream).unwrap();
            if let Ok(Some(accepted)) = acceptor.accept() {
                let hello = accepted.client_hello();
                return hello.alpn().into_iter().flatten().map(<[u8]>::to_vec).collect::<Vec<_>>();
            }
        }
    });
    let mut settings = settings_once(address);
    settings.hosts.clob = format!("https://localhost:{}", address.port());
    let http: Http = settings.connect().unwrap();
    let request = Request::get(Group::ClobOther, &http.settings().hosts.clob, "/x");
    let error = http.fetch(&request).await.unwrap_err();
    assert!(matches!(error, VenueError::Connect { .. } | VenueError::Broken { .. }), "{error:?}");
    assert_eq!(hello.join().unwrap(), [b"http/1.1".to_vec()]);
}
