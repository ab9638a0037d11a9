//! A process that serves people, and somebody who listens to it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use relay::testing::TestRedis;
use serde_json::Value;

use crate::live_socket::client;
use crate::service::{TOKEN, admin};

/// What a test waits for at most.
pub(crate) const SOON: Duration = Duration::from_secs(90);
/// Kinds of frames that are numbered.
const FACTS: [&str; 9] = [
    "opportunity",
    "decision",
    "order",
    "fill",
    "notice",
    "trade",
    "whale_trade",
    "forecast",
    "alert",
];

/// A running web process. Killed when dropped.
pub(crate) struct Web {
    child: Child,
    pub(crate) address: String,
    client: awc::Client,
}

impl Web {
    /// It knows Redis and nothing else.
    pub(crate) fn start(redis: &TestRedis, name: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut child = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
            .args(["demo", "--json", "--port", "0", "--log", "error"])
            .args(["--set", "web.ws_port=0", "--set", "cluster.role=web"])
            .args(["--set", &format!("cluster.redis_url={}", redis.url())])
            .args(["--set", &format!("cluster.name={name}")])
            .env_remove("DUTCHBOOK_TOKEN")
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let address = said["address"].as_str().unwrap().to_owned();
        Self { child, address, client: admin(TOKEN) }
    }
    pub(crate) fn port(&self) -> u16 {
        self.address.rsplit(':').next().unwrap().parse().unwrap()
    }
    /// The status and the JSON of an address.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let request = self.client.get(format!("{}{path}", self.address)).timeout(SOON);
        answer(request.send().await).await
    }
    /// The same for what changes something.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.address)).timeout(SOON);
        let request = request.insert_header(("Idempotency-Key", key));
        answer(request.send_json(body).await).await
    }
    /// Signs in as a browser does; the cookie.
    pub(crate) async fn sign_in(&self) -> String {
        let request = awc::Client::default().post(format!("{}/api/v1/session", self.address));
        let answer = request.send_json(&serde_json::json!({ "token": TOKEN })).await.unwrap();
        assert_eq!(answer.status(), 201);
        let set = answer.headers().get("Set-Cookie").unwrap().to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }
    /// What is answered to who shows this cookie.
    pub(crate) async fn whoami(&self, cookie: &str) -> u16 {
        let request = awc::Client::default().get(format!("{}/api/v1/session", self.address));
        request.insert_header(("Cookie", cookie)).send().await.unwrap().status().as_u16()
    }
    /// Asks until `holds`.
    pub(crate) async fn until(&self, path: &str, holds: impl Fn(u16, &Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let (status, said) = self.get(path).await;
            if holds(status, &said) {
                return said;
            }
            assert!(begun.elapsed() < SOON, "{path} did not come to hold: {status} {said:#}");
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
    /// A figure without labels.
    pub(crate) async fn figure(&self, name: &str) -> Option<f64> {
        let mut answer = self.client.get(format!("{}/metrics", self.address)).send().await.unwrap();
        let text = String::from_utf8(answer.body().await.unwrap().to_vec()).unwrap();
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }
    /// Reads a figure until it is as it should be.
    pub(crate) async fn until_figure(&self, name: &str, holds: impl Fn(Option<f64>) -> bool) {
        let begun = Instant::now();
        loop {
            let figure = self.figure(name).await;
            if holds(figure) {
                return;
            }
            assert!(begun.elapsed() < SOON, "{name} did not come to hold: {figure:?}");
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
    pub(crate) async fn is_ready(&self) {
        self.until("/health/ready", |status, _| status == 200).await;
    }
    /// SIGTERM, and how it ended.
    pub(crate) async fn terminated(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        let begun = Instant::now();
        while begun.elapsed() < SOON {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            actix_rt::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not end");
    }
    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn answer<S>(
    sent: Result<awc::ClientResponse<S>, awc::error::SendRequestError>,
) -> (u16, Value)
where
    S: futures_util::Stream<Item = Result<actix_web::web::Bytes, awc::error::PayloadError>> + Unpin,
{
    let Ok(mut answer) = sent else { return (0, Value::Null) };
    let body = answer.body().limit(16 << 20).await.unwrap_or_default();
    (answer.status().as_u16(), serde_json::from_slice(&body).unwrap_or_default())
}

/// Somebody who listens.
pub(crate) struct Listener {
    stream: tokio::io::BufReader<tokio::net::TcpStream>,
    pub(crate) hello: Value,
    pub(crate) last_fact: u64,
    hears: Hears,
}

#[derive(PartialEq)]
enum Hears {
    Everything,
    /// What it chose: numbers are left out.
    Topics,
}

/// What a listener hears.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    /// A fact, which has just that number.
    Fact(u64),
    /// Something else.
    Frame(Value),
    /// The connection has ended: with a code, or cut off.
    End(Option<u16>),
}

impl Listener {
    /// Connects; where that is refused, again and again.
    pub(crate) async fn connect(web: &Web, resume: Option<&Listener>) -> Self {
        let resume = resume.map_or_else(String::new, |it| format!("?resume={}", it.place()));
        let begun = Instant::now();
        loop {
            let path = format!("/ws{resume}");
            let (head, stream) = client::upgrade_at(web.port(), &path, None).await;
            if head.starts_with("HTTP/1.1 101") {
                let hears = Hears::Everything;
                let mut it = Self { stream, hello: Value::Null, last_fact: 0, hears };
                let Heard::Frame(hello) = it.next().await else { panic!("no greeting") };
                assert_eq!(hello["type"], "hello");
                it.hello = hello["data"].clone();
                it.last_fact = it.hello["last_fact"].as_u64().unwrap();
                return it;
            }
            assert!(begun.elapsed() < SOON, "{head}");
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
    fn place(&self) -> String {
        format!("{}-{}", self.hello["run"].as_str().unwrap(), self.last_fact)
    }
    /// What comes next. Facts come in order and without gaps, or this fails.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            let frame = actix_rt::time::timeout(SOON, client::frame(&mut self.stream)).await;
            match frame.unwrap() {
                Err(_) => return Heard::End(None),
                Ok((client::CLOSE, payload)) => {
                    let code = payload.first_chunk().map(|bytes| u16::from_be_bytes(*bytes));
                    return Heard::End(code);
                }
                Ok((client::PING, payload)) => {
                    client::send(&mut self.stream, client::PONG, &payload).await;
                }
                Ok((_, payload)) => return self.read(&payload),
            }
        }
    }
    fn read(&mut self, payload: &[u8]) -> Heard {
        let frame: Value = serde_json::from_slice(payload).unwrap();
        if !FACTS.iter().any(|kind| frame["type"] == *kind) {
            return Heard::Frame(frame);
        }
        let seq = frame["seq"].as_u64().unwrap();
        let is_next = match self.hears {
            Hears::Everything => seq == self.last_fact + 1,
            Hears::Topics => seq > self.last_fact,
        };
        assert!(is_next, "{} after {}", frame, self.last_fact);
        self.last_fact = seq;
        Heard::Fact(seq)
    }
    /// Listens until so many facts have come.
    pub(crate) async fn facts(&mut self, count: u64) {
        let wanted = self.last_fact + count;
        while self.last_fact < wanted {
            match self.next().await {
                Heard::End(code) => panic!("it ended with {code:?}"),
                Heard::Frame(frame) => {
                    let is_loss = frame["type"] == "lagged" && self.hears == Hears::Everything;
                    assert!(!is_loss, "{frame}");
                }
                Heard::Fact(_) => {}
            }
        }
    }
    /// From now on numbers may be left out.
    pub(crate) fn chooses(&mut self) -> &mut Self {
        self.hears = Hears::Topics;
        self
    }
    /// Listens until a frame of state of that kind comes.
    pub(crate) async fn state(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Heard::Frame(frame) if frame["type"] == kind => return frame,
                Heard::End(code) => panic!("it ended with {code:?}"),
                _ => {}
            }
        }
    }
    /// Listens until the connection ends; with which code.
    pub(crate) async fn end(&mut self) -> Option<u16> {
        loop {
            if let Heard::End(code) = self.next().await {
                return code;
            }
        }
    }
    /// Chooses topics.
    pub(crate) async fn subscribe(&mut self, topics: &[&str]) {
        let text = serde_json::json!({ "type": "subscribe", "topics": topics }).to_string();
        client::send(&mut self.chooses().stream, client::TEXT, text.as_bytes()).await;
    }
}
