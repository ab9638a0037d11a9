//! The market socket and RTDS.

use std::time::Duration;

use serde_json::{Value, json};
use simvenue::{RateLimits, SimOptions, SimVenue};

use crate::client::{Socket, all_markets, catalogue, same_shape, sample, tokens, venue};

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

async fn crowd_tokens(venue: &simvenue::RunningVenue) -> Vec<String> {
    let markets = all_markets(venue).await;
    let first = markets.iter().filter(|it| it["version"] == "v1");
    first.flat_map(tokens).take(200).collect()
}

#[actix_web::test]
async fn a_subscription_begins_with_one_array_of_books_and_goes_on_with_changes() {
    let venue = venue();
    let tokens = crowd_tokens(&venue).await;
    let mut socket = Socket::open(&venue.endpoints().market_socket).await;
    socket.send("PING").await;
    assert_eq!(socket.text().await.unwrap(), "PONG");
    socket.subscribe(&tokens).await;
    let first = socket.text().await.unwrap();
    let books = parse(&first);
    assert_eq!(books.as_array().unwrap().len(), tokens.len());
    assert!(first.starts_with("[{\"market\":\"0x"), "compact, market first");
    let change = socket.find(|text| text.contains("price_change")).await;
    assert!(change.contains("\", \"price_changes\":[{\"asset_id\":\""), "{change}");
    assert!(change.ends_with(", \"event_type\":\"price_change\"}"), "{change}");
    assert_eq!(parse(&change)["price_changes"].as_array().unwrap().len(), 2, "both tokens");
    let best = socket.find(|text| text.contains("\"best_bid_ask\"")).await;
    let trade = socket.find(|text| text.contains("\"last_trade_price\", ")).await;
    if let (Some(a), Some(b), Some(c)) = (
        sample("ws_market_price_change.json"),
        sample("ws_market_best_bid_ask.json"),
        sample("ws_market_last_trade_price.json"),
    ) {
        same_shape(&parse(&change), &a, "price_change");
        same_shape(&parse(&change)["price_changes"][0], &a["price_changes"][0], "entry");
        same_shape(&parse(&best), &b, "best_bid_ask");
        let mut real = c;
        real["transaction_hash"] = json!("");
        same_shape(&parse(&trade), &real, "last_trade_price");
    }
}

#[actix_web::test]
async fn assets_come_and_go_on_an_open_socket_and_each_return_brings_a_snapshot() {
    let venue = venue();
    let tokens = crowd_tokens(&venue).await;
    let mut socket = Socket::open(&venue.endpoints().market_socket).await;
    socket.subscribe(&tokens[..2]).await;
    assert!(socket.text().await.unwrap().starts_with('['));
    for _ in 0..2 {
        let add = json!({"operation": "subscribe", "assets_ids": [tokens[4]]});
        socket.send(add).await;
        let array = socket.find(|text| text.starts_with('[')).await;
        assert_eq!(parse(&array)[0]["asset_id"], tokens[4].as_str());
    }
    socket.send(json!({"operation": "unsubscribe", "assets_ids": tokens[..5]})).await;
    socket.send("PING").await;
    socket.find(|text| text == "PONG").await;
    let late = socket.text_within(Duration::from_secs(2)).await;
    assert!(late.is_none_or(|text| !text.contains("price_change")));
}

#[actix_web::test]
async fn more_than_five_hundred_assets_on_one_connection_get_no_snapshots() {
    let Some(catalogue) = catalogue() else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = SimOptions {
        limits: RateLimits::Off,
        catalogue: Some(catalogue),
        markets: 500,
        ..SimOptions::default()
    };
    let venue = SimVenue::start(options).unwrap();
    let markets = all_markets(&venue).await;
    let ids = markets.iter().filter(|it| it["version"] == "v1").flat_map(tokens);
    let ids: Vec<String> = ids.skip(300).take(501).collect();
    assert_eq!(ids.len(), 501);
    let mut socket = Socket::open(&venue.endpoints().market_socket).await;
    socket.subscribe(&ids).await;
    socket.send("PING").await;
    assert_eq!(socket.text().await.unwrap(), "PONG", "still markets, and no snapshot");
    let mut socket = Socket::open(&venue.endpoints().market_socket).await;
    socket.subscribe(&ids[..500]).await;
    assert!(socket.text().await.unwrap().starts_with('['));
}

#[actix_web::test]
async fn rtds_tells_of_matched_orders_with_their_wallets() {
    let venue = venue();
    let mut socket = Socket::open(&venue.endpoints().rtds).await;
    socket
        .send(json!({"action": "subscribe",
            "subscriptions": [{"topic": "activity", "type": "orders_matched", "filters": ""}]}))
        .await;
    let frame = parse(&socket.text().await.unwrap());
    assert_eq!((&frame["topic"], &frame["type"]), (&json!("activity"), &json!("orders_matched")));
    assert_eq!(frame["payload"]["proxyWallet"].as_str().unwrap().len(), 42);
    assert!(frame["connection_id"].is_string() && frame["payload"]["price"].is_number());
}
