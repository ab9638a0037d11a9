//! What goes wrong for accounts, on demand.

use std::time::Duration;

use awc::http::Method;
use domain::Usd;
use serde_json::{Value, json};
use simvenue::{Fault, WalletKind};

use crate::client::{all_markets, get, post, tokens};
use crate::orders::{best_cents, plain_market, still_venue};
use crate::settlement::{cash, event, listen, sound, spend, states, tokio_sleep};
use crate::trader::{Trader, Wish, limit};

#[actix_web::test]
async fn a_lost_reply_hides_an_order_that_was_taken_once() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let (mut cut, mut failed) = (0, 0);
    for _ in 0..12 {
        venue.inject(Fault::LoseReplies { count: 1 }).unwrap();
        let (id, body) = trader.sign(&limit(&token, "BUY", 2, 500));
        match trader.post(&body).await {
            None => cut += 1,
            Some((status, _)) => {
                assert_eq!(status, 500);
                failed += 1;
            }
        }
        let order = trader.get(&format!("/data/order/{id}")).await;
        assert_eq!(order["status"], "LIVE", "it is there");
        let (status, again) = trader.post(&body).await.unwrap();
        assert_eq!(status, 400);
        assert_eq!(again["error"], format!("order {id} is invalid. Duplicated."));
    }
    assert!(cut > 0 && failed > 0, "{cut} were cut and {failed} failed");
    let account = &sound(&venue).accounts[0];
    assert_eq!((account.orders_accepted, account.duplicates_refused), (12, 12));
    assert_eq!(account.open_orders.len(), 12);
}

#[actix_web::test]
async fn an_order_held_back_is_neither_filled_nor_cancellable_until_it_goes_on() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let ask = best_cents(&venue, &token, "asks").await;
    venue.inject(Fault::DelayMatching { count: 1, for_ms: 2_000 }).unwrap();
    let mut socket = listen(&venue, &trader).await;
    let (id, _, answer) = trader.place(&spend(&token, ask, 500)).await;
    assert_eq!((&answer["status"], &answer["makingAmount"]), (&json!("delayed"), &json!("")));
    assert_eq!(trader.get(&format!("/data/order/{id}")).await["status"], "DELAYED");
    let (_, done) = trader.delete("/order", &json!({ "orderID": id })).await;
    assert_eq!(done["canceled"], json!([]));
    let refused = trader.refused(&limit(&token, "BUY", 2, 480_000)).await;
    assert!(refused.starts_with("not enough balance"), "the dollars are promised");
    let trade = event(&mut socket, "trade").await["id"].as_str().unwrap().to_owned();
    assert_eq!(states(&mut socket, &trade).await.last().unwrap(), "CONFIRMED");
    assert_eq!(trader.get(&format!("/data/order/{id}")).await["status"], "MATCHED");
    sound(&venue);
}

#[actix_web::test]
async fn markets_with_a_taker_delay_hold_marketable_orders() {
    let venue = still_venue();
    let clob = venue.endpoints().clob;
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut seen = (false, false);
    for market in all_markets(&venue).await {
        let condition = market["conditionId"].as_str().unwrap();
        let (_, compact) = get(format!("{clob}/clob-markets/{condition}")).await;
        if market["version"] != "v1" || !compact["nr"].is_null() || compact["mts"] != 0.01 {
            continue;
        }
        let token = tokens(&market)[0].clone();
        let (held, answered_late) = (!compact["sd"].is_null(), !compact["itode"].is_null());
        if (!held && !answered_late) || (held && seen.0) || (answered_late && seen.1) {
            continue;
        }
        let ask = best_cents(&venue, &token, "asks").await;
        let (id, status, answer) = trader.place(&spend(&token, ask, 200)).await;
        if answer["error"] == "the market is not yet ready to process new orders" {
            continue;
        }
        assert_eq!(status, 200, "{answer}");
        if held {
            assert_eq!(answer["status"], "delayed", "{answer}");
            tokio_sleep(2_500).await;
            assert_eq!(trader.get(&format!("/data/order/{id}")).await["status"], "MATCHED");
            seen.0 = true;
        } else {
            assert_eq!(answer["status"], "matched", "answered after the hold");
            seen.1 = true;
        }
    }
    assert!(seen.0, "some market of the small world holds orders back: {seen:?}");
}

#[actix_web::test]
async fn windows_refuse_orders_and_let_cancels_through() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let fair = limit(&token, "BUY", 2, 500);
    let for_ms = 60_000;
    let (resting, ..) = trader.place(&fair).await;

    venue.inject(Fault::PostOnlyWindow { for_ms }).unwrap();
    let (_, status, answer) = trader.place(&fair).await;
    assert_eq!((status.as_u16(), &answer["code"]), (503, &json!("post_only_mode")));
    assert!((59..=61).contains(&answer["retry_after_seconds"].as_i64().unwrap()));
    let (_, body) = trader.sign(&fair);
    let (_, items) = trader.ask(Method::POST, "/orders", &json!([body]).to_string()).await.unwrap();
    assert_eq!((&items[0]["success"], &items[0]["orderID"]), (&json!(true), &json!("")));
    assert!(items[0]["errorMsg"].as_str().unwrap().starts_with("post-only mode"));
    let quiet = Wish { post_only: true, ..fair.clone() };
    assert_eq!(trader.place(&quiet).await.2["status"], "live");
    venue.inject(Fault::PostOnlyWindow { for_ms: 0 }).unwrap();

    venue.inject(Fault::CancelOnly { for_ms }).unwrap();
    let (_, status, answer) = trader.place(&quiet).await;
    assert_eq!(status, 503);
    assert!(answer["error"].as_str().unwrap().starts_with("Trading is currently cancel-only"));
    let (_, done) = trader.delete("/order", &json!({ "orderID": resting })).await;
    assert_eq!(done["canceled"], json!([resting]));
    venue.inject(Fault::CancelOnly { for_ms: 0 }).unwrap();

    venue.inject(Fault::RegionBlock { for_ms }).unwrap();
    let (_, status, answer) = trader.place(&fair).await;
    assert_eq!(
        (status.as_u16(), &answer["error"]),
        (403, &json!("Trading restricted in your region"))
    );
    let question = format!("{}/api/geoblock", venue.endpoints().web);
    assert_eq!(get(question.clone()).await.1["blocked"], true);
    venue.inject(Fault::RegionBlock { for_ms: 0 }).unwrap();
    assert_eq!(get(question.clone()).await.1["blocked"], false);

    venue.inject(Fault::ClosedOnly { for_ms }).unwrap();
    assert!(trader.refused(&fair).await.ends_with("address in closed only mode"));
    assert_eq!(trader.get("/auth/ban-status/closed-only").await["closed_only"], true);
    venue.inject(Fault::ClosedOnly { for_ms: 0 }).unwrap();

    venue.inject(Fault::RejectRequests { status: 425, retry_after_s: Some(1), for_ms }).unwrap();
    assert_eq!(trader.place(&fair).await.1, 425);
}

#[actix_web::test]
async fn a_cancel_that_comes_too_late_says_that_the_order_was_filled() {
    let venue = still_venue();
    let tokens = plain_market(&venue).await;
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 1_000).await;
    let mut socket = listen(&venue, &trader).await;
    for token in &tokens {
        venue.inject(Fault::RaceCancels { count: 1 }).unwrap();
        let bid = best_cents(&venue, token, "bids").await;
        let (id, _, answer) = trader.place(&limit(token, "BUY", bid, 700)).await;
        assert_eq!(answer["status"], "live");
        let (_, done) = trader.delete("/order", &json!({ "orderID": id })).await;
        assert_eq!(done["not_canceled"][&id], "Order already matched");
        let trade = event(&mut socket, "trade").await;
        assert_eq!(trade["trader_side"], "MAKER");
        let trade = trade["id"].as_str().unwrap().to_owned();
        assert_eq!(states(&mut socket, &trade).await.last().unwrap(), "CONFIRMED");
        let order = trader.get(&format!("/data/order/{id}")).await;
        assert_eq!((&order["status"], &order["size_matched"]), (&json!("MATCHED"), &json!("7")));
        sound(&venue);
    }
    assert_eq!(venue.audit().accounts[0].cash, cash(&trader).await);
}

#[actix_web::test]
async fn events_of_the_user_socket_are_lost_doubled_and_swapped_as_told() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut socket = listen(&venue, &trader).await;
    let fair = limit(&token, "BUY", 2, 500);
    venue.inject(Fault::LoseUserEvents { count: 1 }).unwrap();
    trader.place(&fair).await;
    venue.inject(Fault::DuplicateUserEvents { count: 1 }).unwrap();
    let (second, ..) = trader.place(&fair).await;
    let (one, two) = (event(&mut socket, "order").await, event(&mut socket, "order").await);
    assert_eq!(one, two);
    assert_eq!(one["id"], second, "the first was lost");
    venue.inject(Fault::ReorderUserEvents { count: 1 }).unwrap();
    let (third, ..) = trader.place(&fair).await;
    let (fourth, ..) = trader.place(&fair).await;
    assert_eq!(event(&mut socket, "order").await["id"], fourth);
    assert_eq!(event(&mut socket, "order").await["id"], third);

    venue.inject(Fault::Freeze { for_ms: 60_000 }).unwrap();
    trader.place(&fair).await;
    assert_eq!(socket.text_within(Duration::from_millis(700)).await, None);
    socket.send("PING").await;
    assert_eq!(socket.text().await.as_deref(), Some("PONG"), "it looks alive");
    let mut other = listen(&venue, &trader).await;
    trader.place(&fair).await;
    event(&mut other, "order").await;
    venue.inject(Fault::Disconnect).unwrap();
    assert_eq!(other.text().await, None);
}

#[actix_web::test]
async fn a_socket_with_bad_credentials_is_closed_and_others_hear_nothing() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let other = Trader::new(&venue, 2, WalletKind::Deposit, 100).await;
    let mut foreign = listen(&venue, &other).await;
    trader.place(&limit(&token, "BUY", 2, 500)).await;
    assert_eq!(foreign.text_within(Duration::from_millis(500)).await, None);
    let mut socket = crate::client::Socket::open(&venue.endpoints().user_socket).await;
    let auth = json!({ "apiKey": trader.api_key, "secret": "AAAA", "passphrase": "x" });
    socket.send(json!({ "type": "user", "auth": auth })).await;
    assert_eq!(socket.text().await, None);
}

#[actix_web::test]
async fn batches_are_taken_up_to_fifteen_and_judged_one_by_one() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut bodies: Vec<Value> =
        (0..15).map(|_| trader.sign(&limit(&token, "BUY", 2, 500)).1).collect();
    bodies[3] = trader.sign(&limit(&token, "BUY", 2, 499)).1;
    let all = json!(bodies).to_string();
    let (status, items) = trader.ask(Method::POST, "/orders", &all).await.unwrap();
    assert_eq!(status, 200);
    for (at, item) in items.as_array().unwrap().iter().enumerate() {
        assert_eq!(item["success"], at != 3, "{at}: {item}");
        assert_eq!(item["errorMsg"].as_str().unwrap().is_empty(), at != 3);
    }
    bodies.push(trader.sign(&limit(&token, "BUY", 2, 500)).1);
    let all = json!(bodies).to_string();
    let (status, answer) = trader.ask(Method::POST, "/orders", &all).await.unwrap();
    assert_eq!(status, 400);
    assert_eq!(answer["error"], "Too many orders in payload: 16, max allowed: 15");

    let open = trader.get("/data/orders").await;
    let ids: Vec<&str> =
        open["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 14);
    let (_, done) =
        trader.delete("/orders", &json!([ids[0], ids[1], format!("0x{}", "0".repeat(64))])).await;
    assert_eq!(done["canceled"], json!([ids[0], ids[1]]));
    assert_eq!(done["not_canceled"].as_object().unwrap().len(), 1);
    let condition = open["data"][0]["market"].as_str().unwrap();
    let (_, done) = trader
        .delete("/cancel-market-orders", &json!({ "market": condition, "asset_id": null }))
        .await;
    assert_eq!(done["canceled"].as_array().unwrap().len(), 12);
    trader.place(&limit(&token, "BUY", 2, 500)).await;
    let (_, done) = trader.delete("/cancel-all", &Value::Null).await;
    assert_eq!(done["canceled"].as_array().unwrap().len(), 1);
    let many = json!(vec![format!("0x{}", "0".repeat(64)); 1_001]);
    assert_eq!(trader.delete("/orders", &many).await.0, 400);
    sound(&venue);
}

#[actix_web::test]
async fn a_market_that_ends_ends_its_orders_and_takes_no_more() {
    let venue = still_venue();
    let tokens = plain_market(&venue).await;
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut socket = listen(&venue, &trader).await;
    let (id, ..) = trader.place(&limit(&tokens[0], "BUY", 2, 500)).await;
    event(&mut socket, "order").await;
    let market = Some(tokens[0].clone());
    venue.inject(Fault::Resolve { market, yes_wins: simvenue::Winner::Yes }).unwrap();
    let told = event(&mut socket, "order").await;
    assert_eq!((&told["id"], &told["status"]), (&json!(id), &json!("CANCELED_MARKET_RESOLVED")));
    let refused = trader.refused(&limit(&tokens[0], "BUY", 2, 500)).await;
    assert!(refused.ends_with("does not exist"), "{refused}");
    sound(&venue);
}

#[actix_web::test]
async fn a_heartbeat_echoes_the_last_id_and_wallets_are_funded_over_http() {
    let venue = still_venue();
    let mut trader = Trader::unfunded(&venue, 1, WalletKind::Deposit);
    trader.sign_in().await;
    let beat = |id: &str| json!({ "heartbeat_id": id }).to_string();
    let (_, first) = trader.ask(Method::POST, "/v1/heartbeats", &beat("")).await.unwrap();
    let id = first["heartbeat_id"].as_str().unwrap();
    let (status, wrong) = trader.ask(Method::POST, "/v1/heartbeats", &beat("x")).await.unwrap();
    assert_eq!((status.as_u16(), &wrong["heartbeat_id"]), (400, &json!(id)));
    assert_eq!(trader.ask(Method::POST, "/v1/heartbeats", &beat(id)).await.unwrap().0, 200);

    let owner = format!("{:?}", ethers_signers::Signer::address(&trader.key));
    let funding = json!({ "owner": owner, "kind": "deposit", "cash": "12.5" });
    let (status, made) = post(format!("{}/provision", venue.endpoints().control), &funding).await;
    assert_eq!((status.as_u16(), &made["signature_type"]), (200, &json!(3)));
    assert_eq!(cash(&trader).await, Usd::from_micros(12_500_000));
    let (_, audit) = get(format!("{}/audit", venue.endpoints().control)).await;
    assert_eq!((&audit["ok"], &audit["accounts"][0]["cash"]), (&json!(true), &json!("12.5")));
    assert_eq!(audit["accounts"][0]["maker"], made["maker"]);
}
