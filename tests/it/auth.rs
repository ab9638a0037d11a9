//! Signing in by the link that is printed at start, and tokens that come and go while it runs.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use awc::http::Method;
use futures_util::future::Either;
use futures_util::{SinkExt as _, Stream, StreamExt as _};
use serde_json::{Value, json};

use crate::service::{Service, TOKEN, admin};

const LONG: Duration = Duration::from_secs(40);

/// What comes from a live socket.
trait Heard: Stream<Item = Result<awc::ws::Frame, awc::error::WsProtocolError>> + Unpin {}
impl<S: Stream<Item = Result<awc::ws::Frame, awc::error::WsProtocolError>> + Unpin> Heard for S {}

/// What a browser keeps and sends.
#[derive(Default)]
struct Browser {
    address: String,
    cookie: Option<String>,
    bearer: Option<String>,
}

struct Said {
    status: u16,
    body: Value,
    set_cookie: Option<String>,
    headers: awc::http::header::HeaderMap,
}

impl Browser {
    fn at(service: &Service) -> Self {
        Self { address: service.address.clone(), ..Self::default() }
    }
    /// As a page of the service's own asks.
    async fn ask(&self, method: Method, path: &str, body: Value) -> Said {
        let origin = Some(self.address.clone());
        self.ask_from(origin, method, path, body).await
    }
    async fn ask_from(
        &self,
        origin: Option<String>,
        method: Method,
        path: &str,
        body: Value,
    ) -> Said {
        let url = format!("{}{path}", self.address);
        let mut request = awc::Client::default().request(method, url).timeout(LONG);
        for (name, value) in [("Origin", &origin), ("Cookie", &self.cookie)] {
            if let Some(value) = value {
                request = request.insert_header((name, value.as_str()));
            }
        }
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        let mut answer = request.send_json(&body).await.unwrap();
        let bytes = answer.body().await.unwrap();
        let headers = answer.headers().clone();
        let text = |name: &str| headers.get(name).map(|it| it.to_str().unwrap().to_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Said { status: answer.status().as_u16(), body, set_cookie: text("Set-Cookie"), headers }
    }
    /// Opens the live socket.
    async fn listen(&self) -> impl Heard + use<> {
        let url = format!("{}/ws", self.address.replace("http://", "ws://"));
        let mut request = awc::Client::default().ws(url).origin(self.address.as_str());
        if let Some(cookie) = &self.cookie {
            request = request.set_header("Cookie", cookie.as_str());
        }
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        request.connect().await.unwrap().1
    }
    async fn sign_in(&mut self, proof: Value) -> Said {
        let said = self.ask(Method::POST, "/api/v1/session", proof).await;
        let pair = said.set_cookie.as_ref().and_then(|it| it.split(';').next());
        self.cookie = pair.map(str::to_owned);
        said
    }
}

fn key(link: &str) -> Value {
    json!({ "key": link.split_once("/#/login?key=").unwrap().1 })
}

/// The program, as somebody at this machine runs it who has no token.
fn dutchbook(service: &Service, arguments: &[&str]) -> Output {
    let folder = format!("store.data_dir={}", service.folder().display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
    command.args(arguments).args(["--set", &folder]);
    command.env_remove("DUTCHBOOK_TOKEN").env_remove("DATABASE_URL").output().unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Waits for the end of a socket, which must say why.
async fn ends_by_policy(socket: &mut impl Heard) {
    let closed = async {
        loop {
            let frame = socket.next().await.unwrap().unwrap();
            if let awc::ws::Frame::Close(reason) = frame {
                return reason.unwrap();
            }
        }
    };
    let reason = actix_rt::time::timeout(LONG, closed).await.unwrap();
    assert_eq!(reason.code, awc::ws::CloseCode::Policy);
    assert!(reason.description.unwrap().contains("no longer in force"));
}

#[actix_rt::test]
async fn the_link_signs_one_browser_in_once_and_signing_out_is_the_end_of_it() {
    let service = Service::start(21);
    let mut browser = Browser::at(&service);
    let read = async |browser: &Browser| {
        browser.ask(Method::GET, "/api/v1/markets?limit=1", Value::Null).await.status
    };
    assert_eq!(read(&browser).await, 401);
    assert!(service.link.starts_with(&service.address), "{}", service.link);

    let foreign = Some("http://evil.example".to_owned());
    let said = browser.ask_from(foreign, Method::POST, "/api/v1/session", key(&service.link)).await;
    assert_eq!((said.status, said.set_cookie), (403, None), "another site cannot use it up");
    let said = browser.sign_in(key(&service.link)).await;
    let (principal, role) = (&said.body["principal"], &said.body["role"]);
    assert_eq!((said.status, principal, role), (201, &json!("link"), &json!("admin")));
    let set = said.set_cookie.unwrap();
    let rest = "; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200";
    assert!(set.starts_with("dutchbook_session=") && set.ends_with(rest), "{set}");

    assert_eq!(read(&browser).await, 200);
    let who = browser.ask(Method::GET, "/api/v1/session", Value::Null).await;
    assert_eq!((who.status, &who.body["expires_at"]), (200, &said.body["expires_at"]));
    assert_eq!(who.headers.get("X-Frame-Options").unwrap(), "DENY");
    let policy = who.headers.get("Content-Security-Policy").unwrap().to_str().unwrap();
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let halt = browser.ask_from(None, Method::POST, "/api/v1/halt", json!({})).await;
    assert_eq!((halt.status, &halt.body["code"]), (403, &json!("wrong_origin")));

    let second = Browser::at(&service).sign_in(key(&service.link)).await;
    let code = &second.body["code"];
    assert_eq!((second.status, code), (401, &json!("link_used_or_unknown")), "it works once");
    let unknown = Browser::at(&service).sign_in(json!({ "token": "guess" })).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (401, &json!("unauthorized")));

    let mut socket = browser.listen().await;
    let said = browser.ask(Method::DELETE, "/api/v1/session", Value::Null).await;
    assert_eq!(said.status, 204);
    ends_by_policy(&mut socket).await;
    assert!(said.set_cookie.unwrap().contains("Max-Age=0"));
    assert_eq!(read(&browser).await, 401, "the old cookie is worth nothing");
}

#[actix_rt::test]
async fn whoever_runs_the_service_is_let_in_by_it_without_a_token_and_gets_another_link() {
    let mut service = Service::start(22);
    let ask = |arguments: &[&str]| {
        dutchbook(&service, &[arguments, &["--url", &service.address]].concat())
    };
    let link = out(&ask(&["link"]));
    assert_ne!(link, service.link);
    assert_eq!(Browser::at(&service).sign_in(key(&link)).await.status, 201);
    service.until("/api/v1/risk", LONG, |risk| risk["reconciled"] == true).await;
    out(&ask(&["halt", "a test"]));
    let elsewhere = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(["link", "--url", &service.address])
        .env_remove("DUTCHBOOK_TOKEN")
        .current_dir(service.folder().parent().unwrap())
        .output()
        .unwrap();
    assert_eq!(elsewhere.status.code(), Some(5), "who does not have the file is refused");

    let names = |service: &Service| {
        let files = std::fs::read_dir(service.folder()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("local-access")).count()
    };
    assert_eq!(names(&service), 1);
    service.terminate();
    assert_eq!(names(&service), 0, "the way in is gone with the service");
}

#[actix_rt::test]
async fn a_token_is_let_in_with_its_role_within_seconds_and_not_after_it_is_revoked() {
    let service = Service::start(23);
    service.until("/health/ready", LONG, |view| view["ready"] == true).await;
    let token = out(&dutchbook(&service, &["token", "create", "bot", "--role", "viewer"]));
    let program = Browser { bearer: Some(token.clone()), ..Browser::at(&service) };
    let status_becomes = async |browser: &Browser, wanted: u16| {
        let since = Instant::now();
        loop {
            let said = browser.ask(Method::GET, "/api/v1/session", Value::Null).await;
            if said.status == wanted {
                return said.body;
            }
            assert!(since.elapsed() < LONG, "{} did not become {wanted}", said.status);
            actix_rt::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let who = status_becomes(&program, 200).await;
    assert_eq!(who, json!({ "principal": "bot", "role": "viewer", "expires_at": null }));
    let mut browser = Browser::at(&service);
    assert_eq!(browser.sign_in(json!({ "token": token })).await.body["role"], "viewer");
    for one in [&program, &browser] {
        let refused = one.ask(Method::POST, "/api/v1/halt", json!({})).await;
        assert_eq!((refused.status, &refused.body["code"]), (403, &json!("forbidden")));
        assert_eq!(refused.body["hint"], "This needs the role operator.");
    }
    let (mut by_token, mut by_cookie) = (program.listen().await, browser.listen().await);
    out(&dutchbook(&service, &["token", "revoke", "bot"]));
    ends_by_policy(&mut by_token).await;
    ends_by_policy(&mut by_cookie).await;
    status_becomes(&program, 401).await;
    status_becomes(&browser, 401).await;
}

#[actix_rt::test]
async fn older_front_ends_hear_what_anybody_may_and_nothing_of_our_trading() {
    let service = Service::start(25);
    service.until("/health/ready", LONG, |view| view["ready"] == true).await;
    let at_the_page = service.address.replace("http://", "ws://");
    for path in ["/", "/ws"] {
        let nobody = awc::Client::default().ws(format!("{at_the_page}{path}")).connect().await;
        assert!(nobody.is_err(), "{path} needs somebody");
    }
    let (_, mut old) = awc::Client::default().ws(&service.socket).connect().await.unwrap();
    let wish = json!({ "type": "subscribe", "topics": ["trading", "order", "health"] });
    old.send(awc::ws::Message::Text(wish.to_string().into())).await.unwrap();
    let (_, mut own) = admin(TOKEN).ws(format!("{at_the_page}/ws")).connect().await.unwrap();
    let mut heard = std::collections::BTreeMap::<String, u32>::new();
    let mut ours = 0;
    // What is told of trading comes several times a second, and health every other.
    while ours < 20 || heard.get("health").copied().unwrap_or_default() < 3 {
        let next = async { futures_util::future::select(old.next(), own.next()).await };
        match actix_rt::time::timeout(LONG, next).await.unwrap() {
            Either::Left((frame, _)) => {
                *heard.entry(kind_of(frame.unwrap().unwrap())).or_default() += 1;
            }
            Either::Right((frame, _)) => {
                let kind = kind_of(frame.unwrap().unwrap());
                ours += u32::from(["trading", "order", "decision"].contains(&kind.as_str()));
            }
        }
    }
    heard.remove("");
    for kind in heard.keys() {
        let allowed = ["hello", "health", "market_update", "whale_trade"];
        assert!(allowed.contains(&kind.as_str()), "{heard:?}");
    }
    assert!(heard.contains_key("hello") && heard.contains_key("market_update"), "{heard:?}");
}

/// The type of a frame; empty for what is no text.
fn kind_of(frame: awc::ws::Frame) -> String {
    let awc::ws::Frame::Text(text) = frame else { return String::new() };
    let frame: Value = serde_json::from_slice(&text).unwrap();
    frame["type"].as_str().unwrap().to_owned()
}

#[actix_rt::test]
async fn whoever_asks_too_often_is_told_when_to_come_again() {
    let service = Service::start_with(24, &["web.requests_per_second_max=1"]);
    let nobody = Browser::at(&service);
    for _ in 0..200 {
        let said = nobody.ask(Method::GET, "/api/v1/markets", Value::Null).await;
        if said.status == 429 {
            assert_eq!(said.body["code"], "rate_limited");
            let wait: u64 =
                said.headers.get("Retry-After").unwrap().to_str().unwrap().parse().unwrap();
            assert!((1..=5).contains(&wait), "{wait}");
            let (status, _) = service.get("/api/v1/session").await;
            assert_eq!(status, 200, "somebody who is known is not held up by it");
            return;
        }
        assert_eq!(said.status, 401);
    }
    unreachable!("nobody was told to wait");
}
