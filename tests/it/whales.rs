//! A front end written for the old shapes, and what the API and the command line say of whales.

use std::process::Command;
use std::time::{Duration, Instant};

use awc::ws::Frame;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::service::{Service, TOKEN, admin};

const LONG: Duration = Duration::from_secs(120);

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The crowd trades for a fortune about once a minute; here it does so again and again.
const WHALE_PAUSE: Duration = Duration::from_secs(3);

/// Reads frames of a plain WebSocket client until both old kinds have come.
async fn old_frames(service: &Service, port: u16) -> (Value, Value) {
    let url = format!("ws://127.0.0.1:{port}/");
    let (_, mut socket) = admin(TOKEN).ws(&url).connect().await.unwrap();
    let (mut whale, mut update) = (None, None);
    let (since, mut called) = (Instant::now(), None::<Instant>);
    while whale.is_none() || update.is_none() {
        if since.elapsed() > LONG {
            let (_, system) = service.get("/api/v1/system").await;
            let trades = &system["trades"];
            assert!(since.elapsed() < LONG, "whale {whale:?}, update {update:?}, {trades:#}");
        }
        if whale.is_none() && called.is_none_or(|at| at.elapsed() > WHALE_PAUSE) {
            service.fault(json!({ "fault": "whale" })).await;
            called = Some(Instant::now());
        }
        let next = actix_rt::time::timeout(WHALE_PAUSE, socket.next()).await;
        let Ok(Some(Ok(Frame::Text(text)))) = next else { continue };
        let frame: Value = serde_json::from_slice(&text).unwrap();
        match frame["type"].as_str() {
            Some("whale_trade") => whale = Some(frame),
            Some("market_update") => update = Some(frame),
            _ => {}
        }
    }
    (whale.unwrap(), update.unwrap())
}

#[actix_rt::test]
async fn a_front_end_of_the_old_shapes_hears_of_whales_at_the_root_of_its_port() {
    let port = free_port();
    let ws_port = format!("web.ws_port={port}");
    let service = Service::start_with(7, &[&ws_port]);
    service.until("/health/ready", LONG, |view| view["ready"] == true).await;
    let (whale, update) = old_frames(&service, port).await;
    let data = &whale["data"];
    assert!(data["market"].is_string() && data["timestamp"].is_string(), "{whale:#}");
    assert!(data["side"] == "YES" || data["side"] == "NO", "{whale:#}");
    assert!(data["amount"].as_f64().is_some_and(|amount| amount >= 10_000.0), "{whale:#}");
    assert!(data["price"].as_f64().is_some_and(|price| price > 0.05 && price < 0.95), "{whale:#}");
    let data = &update["data"];
    assert!(data["condition_id"].is_string() && data["title"].is_string(), "{update:#}");
    assert!(data["price"].is_number() && data["volume_24h"].is_number(), "{update:#}");
    assert!(data["timestamp"].is_string(), "{update:#}");

    let id = whale["data"]["id"].as_str().unwrap().to_owned();
    let stored = |page: &Value| {
        page["data"].as_array().is_some_and(|rows| rows.iter().any(|row| row["id"] == id.as_str()))
    };
    service.until("/api/v1/whales", LONG, stored).await;
    let path = format!("/api/v1/whales/{id}");
    let known = |whale: &Value| whale["profile"]["fetched_at"].is_string();
    let whale = service.until(&path, LONG, known).await;
    assert!(!whale["trades"].as_array().unwrap().is_empty(), "{whale:#}");
    assert_eq!(whale["grades"].as_array().map(Vec::len), Some(3));
    assert_eq!(whale["fresh"], whale["profile"]["fresh"], "{whale:#}");
    let wallet = whale["wallet"].as_str().unwrap();
    let (status, of_wallet) = service.get(&format!("/api/v1/wallets/{wallet}")).await;
    assert_eq!((status, &of_wallet["address"]), (200, &whale["wallet"]));
    let trades = format!("/api/v1/trades?wallet={wallet}&usd_min=1000&side=buy");
    let (status, trades) = service.get(&trades).await;
    assert_eq!(status, 200);
    assert!(!trades["data"].as_array().unwrap().is_empty(), "{trades:#}");
    let (_, record) = service.get("/api/v1/whales/record").await;
    assert_eq!(record["classes"].as_array().map(Vec::len), Some(12), "{record:#}");
    assert_eq!(record["classes"][0]["verdict"], "not_enough");
    let (_, system) = service.get("/api/v1/system").await;
    assert_eq!(system["trades"]["state"], "live", "{:#}", system["trades"]);
    for (path, status) in [
        ("/api/v1/whales/nothing", 404),
        ("/api/v1/whales?class=fresh_sharks", 400),
        ("/api/v1/trades?usd_min=much", 400),
        ("/api/v1/wallets/0x1", 400),
    ] {
        assert_eq!(service.get(path).await.0, status, "{path}");
    }
    for argument in [None, Some("--record")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
        command.args(["whales", "--url", &service.address]).args(argument);
        command.env("DUTCHBOOK_TOKEN", TOKEN);
        let said = command.output().unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success() && text.contains("large_print"), "{text}");
    }
}
