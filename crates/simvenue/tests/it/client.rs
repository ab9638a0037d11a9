//! A plain client, and what the tests share.

use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::rt::time::timeout;
use awc::Client;
use awc::error::WsProtocolError;
use awc::http::StatusCode;
use awc::ws::{Frame, Message};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde_json::Value;
use simvenue::{RateLimits, RunningVenue, SimOptions, SimVenue};

/// Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn venue() -> RunningVenue {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let limits = RateLimits::Off;
    SimVenue::start(SimOptions { limits, ..SimOptions::default() }).unwrap()
}

pub(crate) async fn get(url: String) -> (StatusCode, Value) {
    let mut response = Client::default().get(&url).send().await.unwrap();
    let body = response.body().limit(8 << 20).await.unwrap();
    (response.status(), serde_json::from_slice(&body).unwrap())
}

pub(crate) async fn post(url: String, body: &Value) -> (StatusCode, Value) {
    let mut response = Client::default().post(&url).send_json(body).await.unwrap();
    let body = response.body().limit(16 << 20).await.unwrap();
    (response.status(), serde_json::from_slice(&body).unwrap())
}

/// Every market, page by page.
pub(crate) async fn all_markets(venue: &RunningVenue) -> Vec<Value> {
    let gamma = venue.endpoints().gamma;
    let mut markets = Vec::new();
    let mut cursor = String::new();
    for _ in 0..100 {
        let (_, page) = get(format!("{gamma}/markets/keyset?limit=500{cursor}")).await;
        let rows = page["markets"].as_array().unwrap();
        assert!(rows.len() <= 100, "the limit is clamped");
        markets.extend(rows.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&after_cursor={next}"),
            None => return markets,
        }
    }
    panic!("the pages never end");
}

/// The large file of Gamma objects; `None`, loudly, where the folder is absent.
pub(crate) fn catalogue() -> Option<PathBuf> {
    let usual = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("RECORDINGS_DIR").map_or(usual, PathBuf::from);
    let file = folder.join("gamma_active_2026_03/markets.jsonl.gz");
    if file.exists() {
        return Some(file);
    }
    let required = std::env::var("DUTCHBOOK_REQUIRE_ALL").is_ok_and(|it| it == "1");
    assert!(!required, "no catalogue at {}", file.display());
    eprintln!("SKIPPED: no catalogue at {}; set RECORDINGS_DIR", file.display());
    None
}

/// Both token ids of a market of the first protocol.
pub(crate) fn tokens(market: &Value) -> Vec<String> {
    serde_json::from_str(market["clobTokenIds"].as_str().unwrap()).unwrap()
}

/// A sample of a real payload; `None`, loudly, where the folder is absent.
pub(crate) fn sample(name: &str) -> Option<Value> {
    let usual = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/samples");
    let folder = std::env::var_os("SAMPLES_DIR").map_or(usual, PathBuf::from);
    match std::fs::read_to_string(folder.join(name)) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            let required = std::env::var("DUTCHBOOK_REQUIRE_ALL").is_ok_and(|it| it == "1");
            assert!(!required, "sample {name}: {error}");
            eprintln!("SKIPPED: no sample {name} ({error}); set SAMPLES_DIR");
            None
        }
    }
}

/// Every key of `ours` is one of the sample's, and of the same JSON type.
pub(crate) fn same_shape(ours: &Value, sample: &Value, at: &str) {
    for (key, value) in ours.as_object().unwrap() {
        let real = sample.get(key).unwrap_or_else(|| panic!("{at}: no real payload has {key}"));
        let kind = |value: &Value| match value {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::String(_) => 3,
            Value::Array(_) => 4,
            Value::Object(_) => 5,
        };
        let comparable = !value.is_null() && !real.is_null();
        assert!(!comparable || kind(value) == kind(real), "{at}: {key} is {value}, real {real}");
    }
}

/// One end of a web socket.
pub(crate) struct Socket {
    sink: Pin<Box<dyn Sink<Message, Error = WsProtocolError>>>,
    stream: Pin<Box<dyn Stream<Item = Result<Frame, WsProtocolError>>>>,
}

impl Socket {
    pub(crate) async fn open(url: &str) -> Self {
        let request = Client::default().ws(url).max_frame_size(32 << 20);
        let (_, framed) = request.connect().await.unwrap();
        let (sink, stream) = framed.split();
        Self { sink: Box::pin(sink), stream: Box::pin(stream) }
    }
    pub(crate) async fn send(&mut self, text: impl ToString) {
        self.sink.send(Message::Text(text.to_string().into())).await.unwrap();
    }
    /// The next text; `None` where the other end is gone.
    pub(crate) async fn text(&mut self) -> Option<String> {
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("a frame in time")? {
                Ok(Frame::Text(bytes)) => return String::from_utf8(bytes.to_vec()).ok(),
                Ok(Frame::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
    /// Whether a text comes within `wait`.
    pub(crate) async fn text_within(&mut self, wait: Duration) -> Option<String> {
        timeout(wait, self.text()).await.ok().flatten()
    }
    /// The next text that `fits`.
    pub(crate) async fn find(&mut self, fits: impl Fn(&str) -> bool) -> String {
        let patience = Instant::now() + PATIENCE;
        while Instant::now() < patience {
            let text = self.text().await.expect("the socket stays open");
            if fits(&text) {
                return text;
            }
        }
        panic!("no fitting frame came in time");
    }
    pub(crate) async fn subscribe(&mut self, tokens: &[String]) {
        let request = serde_json::json!({
            "type": "market", "assets_ids": tokens, "custom_feature_enabled": true
        });
        self.send(request).await;
    }
}
