//! Telegram, Discord, Slack, signed webhooks and the watchman, over HTTP.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use notifiers::{
    Channel, Discord, HttpSettings, Link, Retry, SIGNATURE_HEADER, SecretText, SecretUrl,
    SendError, Slack, TIMESTAMP_HEADER, Telegram, Watchman, Webhook, signature,
};
use parking_lot::Mutex;
use serde_json::Value;

use crate::message;

struct Seen {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Seen {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    fn header(&self, name: &str) -> &str {
        let wanted = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        &self.headers.iter().find(wanted).unwrap().1
    }
}

/// A service that remembers what it was sent, and answers what it was told to.
struct Service {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    handle: ServerHandle,
}

#[derive(Clone)]
struct Reply {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
    wait: Duration,
}

impl Reply {
    fn new(status: u16, body: &'static str) -> Self {
        Self { status, headers: vec![], body, wait: Duration::ZERO }
    }
}

impl Service {
    fn start(reply: Reply) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let shared = web::Data::from(Arc::clone(&seen));
        let server = HttpServer::new(move || {
            let reply = reply.clone();
            App::new().app_data(shared.clone()).default_service(web::to(
                move |request: HttpRequest, body: web::Bytes, seen: web::Data<Mutex<Vec<Seen>>>| {
                    let reply = reply.clone();
                    async move { answer(&request, &body, &seen, reply).await }
                },
            ))
        });
        let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", server.addrs()[0]);
        let server = server.disable_signals().run();
        let handle = server.handle();
        actix_rt::spawn(server);
        Self { address, seen, handle }
    }
    fn url(&self, path: &str) -> SecretUrl {
        SecretUrl::parse(&format!("{}{path}", self.address)).unwrap()
    }
    fn only(&self) -> Seen {
        let mut seen = self.seen.lock();
        assert_eq!(seen.len(), 1);
        seen.remove(0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn answer(
    request: &HttpRequest,
    body: &web::Bytes,
    seen: &Mutex<Vec<Seen>>,
    reply: Reply,
) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    seen.lock().push(Seen {
        path: request.path().to_owned(),
        headers: headers.collect(),
        body: body.to_vec(),
    });
    actix_rt::time::sleep(reply.wait).await;
    let mut response = HttpResponse::build(StatusCode::from_u16(reply.status).unwrap());
    for header in reply.headers {
        response.insert_header(header);
    }
    response.body(reply.body)
}

fn link() -> Link {
    let patience = Duration::from_millis(500);
    Link::new(HttpSettings { connect_timeout: patience, request_timeout: patience }).unwrap()
}

fn telegram(service: &Service) -> Channel {
    let token = SecretText::new("123:hunter2");
    Channel::Telegram(Telegram::new(link(), service.url("/"), token, "-100"))
}

#[actix_rt::test]
async fn telegram_gets_plain_text_and_says_ok() {
    let service = Service::start(Reply::new(200, r#"{"ok":true,"result":{}}"#));
    telegram(&service).send(&message()).await.unwrap();
    let seen = service.only();
    assert_eq!(seen.path, "/bot123:hunter2/sendMessage");
    let body = seen.json();
    assert_eq!((&body["chat_id"], body.get("parse_mode")), (&"-100".into(), None));
    let text = body["text"].as_str().unwrap();
    assert!(text.starts_with(
        "[warning] A whale: <!channel> @\u{2060}everyone **Will it?** Subject: fake\n"
    ));
    assert!(text.contains("wallet: 0xabc") && text.contains("#/whales"), "{text}");
}

#[actix_rt::test]
async fn telegram_says_how_long_to_wait_and_which_chat_is_none() {
    let busy = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":31}}"#;
    let service = Service::start(Reply::new(429, busy));
    let error = telegram(&service).send(&message()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(31)));
    let none = r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#;
    let service = Service::start(Reply::new(400, none));
    let error = telegram(&service).send(&message()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::Never);
    assert!(error.to_string().contains("chat not found") && !error.to_string().contains("hunter2"));
}

#[actix_rt::test]
async fn discord_may_call_nobody() {
    let service = Service::start(Reply::new(204, ""));
    Channel::Discord(Discord::new(link(), service.url("/hook"))).send(&message()).await.unwrap();
    let body = service.only().json();
    assert_eq!(body["allowed_mentions"], serde_json::json!({ "parse": [] }));
    let content = body["content"].as_str().unwrap();
    assert!(content.contains(r"\*\*Will it?\*\*"), "{content}");
    assert!(content.ends_with("\nhttp://127.0.0.1:8080/#/whales"), "{content}");
}

#[actix_rt::test]
async fn slack_may_call_nobody() {
    let service = Service::start(Reply::new(200, "ok"));
    Channel::Slack(Slack::new(link(), service.url("/hook"))).send(&message()).await.unwrap();
    let text = service.only().json()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("&lt;!channel&gt;") && !text.contains('<'), "{text}");
}

#[actix_rt::test]
async fn a_webhook_is_signed_over_its_time_and_body() {
    let service = Service::start(Reply::new(200, ""));
    let secret = SecretText::new("s3cret");
    let hook = Webhook::new(link(), service.url("/in"), secret.clone());
    Channel::Webhook(hook).send(&message()).await.unwrap();
    let seen = service.only();
    let timestamp = seen.header(TIMESTAMP_HEADER);
    assert_eq!(seen.header(SIGNATURE_HEADER), signature(&secret, timestamp, &seen.body));
    let other = SecretText::new("other");
    assert_ne!(seen.header(SIGNATURE_HEADER), signature(&other, timestamp, &seen.body));
    assert_eq!(seen.header("Idempotency-Key"), "whale:1@5");
    assert_eq!(seen.json()["fields"]["wallet"], "0xabc");
}

#[actix_rt::test]
async fn the_signature_is_the_one_that_anybody_computes() {
    // echo -n '1700000000.{}' | openssl dgst -sha256 -hmac key
    let expected = "sha256=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae";
    assert_eq!(signature(&SecretText::new("key"), "1700000000", b"{}"), expected);
}

#[actix_rt::test]
async fn what_may_go_better_is_told_from_what_will_not() {
    for (status, retry) in [
        (500, Retry::Later),
        (503, Retry::Later),
        (301, Retry::Never),
        (403, Retry::Never),
        (404, Retry::Never),
    ] {
        let service = Service::start(Reply::new(status, "no"));
        let hook = Channel::Slack(Slack::new(link(), service.url("/secret-path")));
        let error = hook.send(&message()).await.unwrap_err();
        assert_eq!(error.retry(), retry, "{status}");
        assert!(!error.to_string().contains("secret-path"), "{error}");
    }
}

#[actix_rt::test]
async fn an_answer_that_repeats_the_address_gives_no_secret_away() {
    let service = Service::start(Reply::new(404, "Cannot POST /services/T0/hunter2hunter2"));
    let hook = Channel::Slack(Slack::new(link(), service.url("/services/T0/hunter2hunter2")));
    let error = hook.send(&message()).await.unwrap_err().to_string();
    assert!(error.contains("Cannot POST") && !error.contains("hunter2"), "{error}");
    let service = Service::start(Reply::new(404, "no bot 123:hunter2"));
    let error = telegram(&service).send(&message()).await.unwrap_err().to_string();
    assert!(error.contains("no bot") && !error.contains("hunter2"), "{error}");
}

#[actix_rt::test]
async fn discord_says_in_a_header_how_long_to_wait() {
    let reply = Reply { headers: vec![("Retry-After", "7")], ..Reply::new(429, "{}") };
    let service = Service::start(reply);
    let hook = Channel::Discord(Discord::new(link(), service.url("/hook")));
    let error = hook.send(&message()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
}

#[actix_rt::test]
async fn silence_ends_and_nobody_there_is_said() {
    let reply = Reply { wait: Duration::from_secs(20), ..Reply::new(200, "ok") };
    let service = Service::start(reply);
    let hook = Channel::Slack(Slack::new(link(), service.url("/hook")));
    assert_eq!(hook.send(&message()).await.unwrap_err(), SendError::TimedOut);
    let nobody = SecretUrl::parse("http://127.0.0.1:9/hook").unwrap();
    let error = Channel::Slack(Slack::new(link(), nobody)).send(&message()).await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable(_)), "{error}");
    assert_eq!(error.retry(), Retry::Later);
}

#[actix_rt::test]
async fn the_watchman_is_told_by_fetching_his_address() {
    let service = Service::start(Reply::new(200, "OK"));
    Watchman::new(link(), service.url("/ping/uuid")).all_is_well().await.unwrap();
    assert_eq!(service.only().path, "/ping/uuid");
}
