//! Every fault as a client sees it.

use std::time::{Duration, Instant};

use awc::Client;
use serde_json::Value;
use simvenue::{Fault, Malformed, ParityDirection, SimOptions, SimVenue, Winner};

use crate::client::{Socket, all_markets, get, post, same_shape, sample, tokens, venue};

async fn listening(venue: &simvenue::RunningVenue) -> Socket {
    let markets = all_markets(venue).await;
    let ids: Vec<String> =
        markets.iter().filter(|it| it["version"] == "v1").flat_map(tokens).take(200).collect();
    let mut socket = Socket::open(&venue.endpoints().market_socket).await;
    socket.subscribe(&ids).await;
    socket.text().await.unwrap();
    socket
}

#[actix_web::test]
async fn a_frozen_socket_answers_ping_and_says_nothing_else() {
    let venue = venue();
    let mut socket = listening(&venue).await;
    venue.inject(Fault::Freeze { for_ms: 600_000 }).unwrap();
    socket.send("PING").await;
    socket.find(|text| text == "PONG").await;
    assert_eq!(socket.text_within(Duration::from_secs(2)).await, None);
    let mut fresh = listening(&venue).await;
    assert!(fresh.text().await.is_some(), "a new socket works");
}

#[actix_web::test]
async fn a_disconnect_cuts_the_socket() {
    let venue = venue();
    let mut socket = listening(&venue).await;
    venue.inject(Fault::Disconnect).unwrap();
    while socket.text().await.is_some() {}
}

#[actix_web::test]
async fn duplicated_frames_come_twice_and_reordered_ones_late() {
    let venue = venue();
    let mut socket = listening(&venue).await;
    venue.inject(Fault::DuplicateFrames { count: 50 }).unwrap();
    let mut before = String::new();
    for _ in 0..2_000 {
        let text = socket.text().await.unwrap();
        if text == before {
            break;
        }
        before = text;
    }
    venue.inject(Fault::ReorderFrames { count: 400 }).unwrap();
    let mut stamp = 0;
    let mut backwards = false;
    for _ in 0..2_000 {
        let frame: Value = serde_json::from_str(&socket.text().await.unwrap()).unwrap();
        let at: i64 = frame["timestamp"].as_str().unwrap().parse().unwrap();
        backwards |= at < stamp;
        stamp = at;
        if backwards {
            return;
        }
    }
    panic!("no frame came after a later one");
}

#[actix_web::test]
async fn lost_frames_leave_a_client_with_a_book_the_venue_does_not_have() {
    let venue = venue();
    let mut socket = listening(&venue).await;
    let (_, before) = get(format!("{}/state", venue.endpoints().control)).await;
    venue.inject(Fault::LoseFrames { count: u32::MAX }).unwrap();
    socket.send("PING").await;
    socket.find(|text| text == "PONG").await;
    // What was on its way before may still come.
    while socket.text_within(Duration::from_millis(500)).await.is_some() {}
    assert_eq!(socket.text_within(Duration::from_secs(2)).await, None);
    let (_, after) = get(format!("{}/state", venue.endpoints().control)).await;
    assert!(after["simulated_ms"].as_i64() > before["simulated_ms"].as_i64(), "life goes on");
}

#[actix_web::test]
async fn requests_are_refused_slowed_and_truncated_as_told() {
    let venue = venue();
    let time = format!("{}/version", venue.endpoints().clob);
    let refuse = Fault::RejectRequests { status: 425, retry_after_s: Some(7), for_ms: 60_000 };
    venue.inject(refuse).unwrap();
    let response = Client::default().get(&time).send().await.unwrap();
    assert_eq!(response.status(), 425);
    assert_eq!(response.headers().get("retry-after").unwrap(), "7");
    venue.inject(Fault::RejectRequests { status: 503, retry_after_s: None, for_ms: 0 }).unwrap();
    venue.inject(Fault::SlowReplies { delay_ms: 700, for_ms: 60_000 }).unwrap();
    let began = Instant::now();
    assert_eq!(get(time.clone()).await.0, 200);
    assert!(began.elapsed() >= Duration::from_millis(700));
    venue.inject(Fault::SlowReplies { delay_ms: 0, for_ms: 0 }).unwrap();
    venue.inject(Fault::TruncateBodies { count: 1 }).unwrap();
    let mut response = Client::default().get(&time).send().await.unwrap();
    assert_eq!(response.headers().get("content-length").unwrap(), "13");
    // awc may hand a short body out as if it were whole; shorter than announced it is.
    assert!(response.body().await.map_or(0, |body| body.len()) < 13);
    assert_eq!(get(time).await.1["version"], 2);
}

#[actix_web::test]
async fn malformed_frames_reach_the_client_as_they_are() {
    let venue = venue();
    let mut socket = listening(&venue).await;
    for (kind, mark) in [
        (Malformed::NotJson, "\"0x12, "),
        (Malformed::NanPrice, ":NaN"),
        (Malformed::NegativeSize, "\"-10\""),
        (Malformed::PriceAboveOne, "\"1.7\""),
    ] {
        venue.inject(Fault::MalformedFrame { kind }).unwrap();
        socket.find(|text| text.contains(mark)).await;
    }
    venue.inject(Fault::MalformedFrame { kind: Malformed::Oversized }).unwrap();
    socket.find(|text| text.len() > 10_000_000).await;
}

#[actix_web::test]
async fn tick_change_resolution_and_a_new_market_are_told() {
    let venue = venue();
    let markets = all_markets(&venue).await;
    let binary = markets.iter().find(|it| it["negRisk"] == false && it["version"] == "v1").unwrap();
    let market = Some(binary["slug"].as_str().unwrap().to_owned());
    let mut socket = Socket::open(&venue.endpoints().market_socket).await;
    socket.subscribe(&tokens(binary)).await;
    socket.text().await.unwrap();
    venue.inject(Fault::TickChange { market: market.clone() }).unwrap();
    let tick = socket.find(|text| text.contains("tick_size_change")).await;
    venue.inject(Fault::NewMarket).unwrap();
    let new = socket.find(|text| text.contains("\"new_market\"")).await;
    venue.inject(Fault::Resolve { market: market.clone(), yes_wins: Winner::No }).unwrap();
    let resolved = socket.find(|text| text.contains("market_resolved")).await;
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    if let (Some(a), Some(b), Some(mut c)) = (
        sample("ws_market_tick_size_change.json"),
        sample("ws_market_new_market_2026-10-05.json"),
        sample("ws_market_market_resolved.json"),
    ) {
        same_shape(&parse(&tick), &a, "tick");
        same_shape(&parse(&new), &b, "new market");
        c["event_message"] = Value::Null;
        same_shape(&parse(&resolved), &c, "resolved");
    }
    assert_eq!(parse(&resolved)["winning_outcome"], "No");
    let condition = binary["conditionId"].as_str().unwrap();
    let data = venue.endpoints().data;
    let (_, rows) = get(format!("{data}/v2/resolutions?condition={condition}")).await;
    assert_eq!(rows["data"][0]["payouts"], serde_json::json!([0, 1_000_000]));
    let (_, gone) =
        get(format!("{}/markets/keyset?condition_ids={condition}", venue.endpoints().gamma)).await;
    assert!(gone["markets"].as_array().unwrap().is_empty(), "no longer among the open ones");
    let again = Fault::Resolve { market, yes_wins: Winner::No };
    assert!(venue.inject(again).is_err(), "a market ends once");
}

#[actix_web::test]
async fn a_fault_can_be_injected_by_hand_over_http() {
    let venue = venue();
    let control = venue.endpoints().control;
    let fault = serde_json::json!({"fault": "parity", "direction": "cheap", "edge": 400,
        "for_ms": 60_000});
    assert_eq!(post(format!("{control}/fault"), &fault).await.0, 200);
    let typed = Fault::Parity {
        market: None,
        direction: ParityDirection::Cheap,
        edge: 400,
        for_ms: 60_000,
    };
    assert_eq!(serde_json::from_value::<Fault>(fault).unwrap(), typed);
    let (status, _) = post(format!("{control}/fault"), &serde_json::json!({"fault": "x"})).await;
    assert_eq!(status, 400);
}

#[actix_web::test]
async fn an_outage_refuses_connections_and_then_the_venue_is_back_on_its_port() {
    let venue = venue();
    let mut socket = listening(&venue).await;
    venue.inject(Fault::Outage { for_ms: 3_000 }).unwrap();
    while socket.text().await.is_some() {}
    let url = format!("{}/ok", venue.endpoints().clob);
    assert!(Client::default().get(&url).send().await.is_err(), "refused");
    let patience = Instant::now() + Duration::from_secs(30);
    while Client::default().get(&url).send().await.is_err() {
        assert!(Instant::now() < patience, "it comes back");
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
}

#[actix_web::test]
async fn a_stopped_venue_refuses_connections_and_its_port_can_be_used_again() {
    let venue = venue();
    let port = venue.addr().port();
    let url = format!("{}/ok", venue.endpoints().clob);
    assert_eq!(get(url.clone()).await.1, "OK");
    venue.stop();
    assert!(Client::default().get(&url).send().await.is_err());
    let again = SimVenue::start(SimOptions { port, ..SimOptions::default() }).unwrap();
    assert_eq!(get(url).await.1, "OK");
    again.stop();
}

#[actix_web::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let venue = SimVenue::start(SimOptions { speed_percent: 500, ..SimOptions::default() });
    let venue = venue.unwrap();
    let _deaf = listening(&venue).await;
    // More than the system buffers for a socket.
    for _ in 0..3 {
        venue.inject(Fault::MalformedFrame { kind: Malformed::Oversized }).unwrap();
    }
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let (_, state) = get(format!("{}/state", venue.endpoints().control)).await;
        if state["sockets_evicted"].as_u64() > Some(0) {
            return;
        }
        assert!(Instant::now() < patience, "{state}");
        actix_web::rt::time::sleep(Duration::from_millis(200)).await;
    }
}
