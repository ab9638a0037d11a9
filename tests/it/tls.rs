//! The service with a certificate of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use crate::service::Service;

const LONG: Duration = Duration::from_secs(40);

pub(crate) fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

/// Settings with the certificate, and with a key of this mode in that folder.
fn settings(folder: &Path, mode: u32) -> [String; 2] {
    use std::os::unix::fs::PermissionsExt;
    let key = folder.join("key.pem");
    std::fs::copy(fixture("key.pem"), &key).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    let certificate = fixture("certificate.pem");
    [
        format!("web.tls_certificate_file={}", certificate.display()),
        format!("web.tls_key_file={}", key.display()),
    ]
}

/// Trusts the certificate and nothing else, and speaks the newest of these that the service knows.
pub(crate) fn client(protocols: &[&[u8]]) -> awc::Client {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("certificate.pem")).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots);
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let connector = awc::Connector::new().rustls_0_23(Arc::new(config));
    awc::Client::builder().connector(connector).timeout(LONG).finish()
}

#[actix_rt::test]
async fn with_a_certificate_everything_is_said_over_tls_and_the_cookie_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), 0o600);
    let service = Service::start_with(26, &settings.each_ref().map(String::as_str));
    assert!(service.address.starts_with("https://127.0.0.1:"), "{}", service.address);
    let (page, key) = service.link.split_once("/#/login?key=").unwrap();
    assert_eq!(page, service.address);
    let (client, since) = (client(&[b"http/1.1"]), Instant::now());
    let signed_in = loop {
        let request = client.post(format!("{page}/api/v1/session"));
        match request.send_json(&json!({ "key": key })).await {
            Ok(answer) => break answer,
            Err(error) => assert!(since.elapsed() < LONG, "{error}"),
        }
        actix_rt::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(signed_in.status(), 201);
    let cookie = signed_in.headers().get("Set-Cookie").unwrap().to_str().unwrap();
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let who = client.get(format!("{page}/api/v1/session")).insert_header(("Cookie", pair));
    let who: Value = who.send().await.unwrap().json().await.unwrap();
    assert_eq!(who["principal"], "link");
    let plain = page.replace("https://", "http://");
    let answer = awc::Client::default().get(format!("{plain}/health/live")).send().await;
    assert!(answer.is_err(), "nothing is said without TLS");
}

#[actix_rt::test]
async fn a_host_that_is_said_by_http_2_alone_is_checked_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), 0o600);
    let service = Service::start_with(29, &settings.each_ref().map(String::as_str));
    let (client, since) = (client(&[b"h2"]), Instant::now());
    let port = service.address.rsplit(':').next().unwrap();
    // This client sends no Host over HTTP/2, as no browser does.
    let here = std::net::SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
    let ask =
        |host: &str| client.get(format!("https://{host}:{port}/openapi.json")).address(here).send();
    let answer = loop {
        match ask("localhost").await {
            Ok(answer) => break answer,
            Err(error) => assert!(since.elapsed() < LONG, "{error}"),
        }
        actix_rt::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!((answer.status().as_u16(), answer.version()), (200, awc::http::Version::HTTP_2));
    // The certificate is good for this way of writing it, and the service has no such name.
    let mut answer = ask("localhost.").await.unwrap();
    let said: Value = answer.json().await.unwrap();
    assert_eq!((answer.status().as_u16(), &said["code"]), (403, &json!("wrong_host")), "{said:#}");
}

#[actix_rt::test]
async fn a_process_that_watches_the_market_says_how_it_stands_over_tls_too() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), 0o600);
    // Neither the venue nor Redis is there: it says so.
    let mut feed = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(["demo", "--json", "--port", "0", "--venue", "127.0.0.1:1", "--log", "error"])
        .args(["--seconds", "60", "--set", "cluster.role=feed"])
        .args(["--set", "cluster.redis_url=redis://127.0.0.1:1"])
        .args(["--set", &format!("store.data_dir={}", folder.path().display())])
        .args(settings.iter().flat_map(|setting| ["--set", setting]))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(feed.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let address = said["address"].as_str().unwrap();
    assert!(address.starts_with("https://127.0.0.1:"), "{address}");
    let (client, since) = (client(&[b"http/1.1"]), Instant::now());
    let mut answer = loop {
        match client.get(format!("{address}/health/ready")).send().await {
            Ok(answer) => break answer,
            Err(error) => assert!(since.elapsed() < LONG, "{error}"),
        }
        actix_rt::time::sleep(Duration::from_millis(100)).await;
    };
    let said: Value = answer.json().await.unwrap();
    assert_eq!((answer.status().as_u16(), &said["ready"]), (503, &json!(false)), "{said:#}");
    feed.kill().unwrap();
    feed.wait().unwrap();
}

#[test]
fn a_key_that_others_may_read_is_refused_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), 0o644);
    let said = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(["demo", "--json", "--port", "0", "--seconds", "5", "--set", "web.ws_port=0"])
        .args(["--set", &format!("store.data_dir={}", folder.path().display())])
        .args(settings.iter().flat_map(|setting| ["--set", setting]))
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&said.stderr);
    assert_eq!((said.status.code(), said.stdout.len()), (Some(3), 0), "{told}");
    assert!(told.contains("chmod 600"), "{told}");
}
