//! Questions: lists to their end, one order, balances, keys, clocks, and the heartbeat's answers.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use domain::{
    ConditionId, DurationMillis, Lifetime, Price, Shares, Side, TokenId, UnixMillis, Usd,
};
use ethers_core::types::U256;
use polymarket::account::PrivateKey;
use polymarket::clob::private::{
    ApiKeyError, ApiKeys, Asset, BeatAnswer, Heartbeat, OrderLookup, OrderStatus, Scope,
    TradingClient, VenueClock, ViewRefusal,
};
use polymarket::http::{ProtocolBreach, VenueError};

use super::{API_KEY, Asked, KEY, NOW, SECRET, id, identity, quick, scene};
use crate::support::{answer, raw_server};

fn order(byte: u8) -> String {
    format!(
        r#"{{"id":"{}","status":"ORDER_STATUS_LIVE","owner":"{API_KEY}","side":"buy",
            "market":"0x{}","asset_id":"5","original_size":"10.0","size_matched":"2.5",
            "price":"0.45","associate_trades":null,"created_at":1705322096,
            "expiration":"1705708800","order_type":"gtd"}}"#,
        id(byte),
        "07".repeat(32)
    )
}

fn page(records: &[String], next: &str) -> Vec<u8> {
    let records = records.join(",");
    answer("200 OK", "", &format!(r#"{{"data":[{records}],"next_cursor":"{next}"}}"#))
}

#[actix_rt::test]
async fn open_orders_are_read_to_the_last_page_and_every_request_is_signed() {
    let (client, requests) =
        scene(vec![page(&[order(1)], "Mg=="), page(&[order(2)], "Mw=="), page(&[], "LTE=")]);
    let scope = Scope { market: Some(ConditionId::from_bytes([7; 32])), token: None };
    let listing = client.open_orders(scope).await.unwrap();
    assert_eq!(listing.refused, []);
    let [first, second] = &listing.records[..] else { panic!("{:?}", listing.records) };
    assert_eq!((first.id, second.id), (id(1), id(2)));
    assert_eq!((first.side, first.status.clone()), (Side::Buy, OrderStatus::Live));
    assert_eq!(first.price, Price::from_cents(45).unwrap());
    assert_eq!(first.remaining(), Shares::from_micros(7_500_000));
    let expires_at = UnixMillis(1_705_708_800_000);
    assert_eq!(first.lifetime, Some(Lifetime::GoodTilDate { expires_at }));
    let asked: Vec<_> = requests.try_iter().map(|request| Asked::read(&request)).collect();
    let market = format!("0x{}", "07".repeat(32));
    assert_eq!(asked[0].target, format!("/data/orders?market={market}"));
    assert_eq!(asked[2].target, format!("/data/orders?market={market}&next_cursor=Mw%3D%3D"));
    assert!(asked.iter().all(|asked| asked.header("poly_signature").is_some()));
}

#[actix_rt::test]
async fn a_list_that_runs_in_circles_or_breaks_is_an_error_and_never_a_short_list() {
    let circle = vec![page(&[order(1)], "Mg=="), page(&[order(2)], "Mg==")];
    let (client, _requests) = scene(circle);
    let error = client.open_orders(Scope::default()).await.unwrap_err();
    assert_eq!(error, VenueError::Protocol(ProtocolBreach::PageRepeated));
    let (client, _requests) =
        scene(vec![page(&[order(1)], "Mg=="), answer("401 Unauthorized", "", "{}")]);
    let error = client.open_orders(Scope::default()).await.unwrap_err();
    assert!(matches!(error, VenueError::Status { code: 401, .. }));
    let (client, _requests) = scene(vec![answer("200 OK", "", "{}")]);
    let error = client.open_orders(Scope::default()).await.unwrap_err();
    assert!(matches!(error, VenueError::Decode { .. }), "a page without data is no empty page");
}

#[actix_rt::test]
async fn a_record_that_cannot_be_read_is_handed_over_with_its_reason() {
    let bad = order(2).replace("\"0.45\"", "\"free\"");
    let (client, _requests) = scene(vec![page(&[order(1), bad, "7".to_owned()], "LTE=")]);
    let listing = client.open_orders(Scope::default()).await.unwrap();
    assert_eq!(listing.records.len(), 1);
    let reasons: Vec<_> = listing.refused.iter().map(|refused| refused.why).collect();
    assert_eq!(reasons, [ViewRefusal::Price, ViewRefusal::NotARecord]);
    assert_eq!(listing.refused[0].id.as_str(), id(2).to_string());
}

#[actix_rt::test]
async fn a_question_survives_failures_that_pass_and_is_signed_anew_each_time() {
    let (address, requests) = raw_server(vec![
        answer("500 Internal Server Error", "", ""),
        answer("425 Too Early", "", ""),
        page(&[order(1)], "LTE="),
    ]);
    let ticks = Rc::new(Cell::new(NOW));
    let clock = {
        let ticks = Rc::clone(&ticks);
        VenueClock::new(move || {
            ticks.set(ticks.get().plus(DurationMillis(1_000)));
            ticks.get()
        })
    };
    let http = quick(address).connect().unwrap();
    let client = TradingClient::new(http, identity(KEY), clock);
    assert_eq!(client.open_orders(Scope::default()).await.unwrap().records.len(), 1);
    let stamps: Vec<_> = requests
        .try_iter()
        .map(|request| Asked::read(&request).header("poly_timestamp").unwrap().to_owned())
        .collect();
    assert_eq!(stamps, ["1795000001", "1795000002", "1795000003"]);
}

#[actix_rt::test]
async fn an_order_is_looked_up_in_both_places_before_it_counts_as_unknown() {
    let (client, requests) = scene(vec![answer("200 OK", "", &order(1))]);
    let found = client.order(id(1)).await.unwrap();
    assert!(matches!(found, OrderLookup::Found(order) if order.id == id(1)));
    assert_eq!(requests.try_iter().count(), 1);
    for nothing in
        [answer("404 Not Found", "", ""), answer("200 OK", "", ""), answer("200 OK", "", "null")]
    {
        let (client, _requests) = scene(vec![nothing.clone(), page(&[order(1)], "LTE=")]);
        let found = client.order(id(1)).await.unwrap();
        assert!(matches!(found, OrderLookup::Found(_)), "the list by id knows it");
        let (client, requests) = scene(vec![nothing, page(&[order(2)], "LTE=")]);
        assert_eq!(client.order(id(1)).await, Ok(OrderLookup::NotFound));
        let last = Asked::read(&requests.try_iter().last().unwrap());
        assert_eq!(last.target, format!("/data/orders?id={}", id(1)));
    }
}

#[actix_rt::test]
async fn an_order_that_is_there_and_unreadable_or_another_one_is_not_unknown() {
    let spoilt = order(1).replace("\"0.45\"", "\"?\"");
    let (client, _requests) = scene(vec![answer("200 OK", "", &spoilt)]);
    assert!(matches!(client.order(id(1)).await, Err(VenueError::Decode { .. })));
    let (client, _requests) = scene(vec![answer("404 Not Found", "", ""), page(&[spoilt], "LTE=")]);
    assert!(matches!(client.order(id(1)).await, Err(VenueError::Decode { .. })));
    let (client, _requests) = scene(vec![answer("200 OK", "", &order(2))]);
    let other = Err(VenueError::Protocol(ProtocolBreach::NotAskedFor));
    assert_eq!(client.order(id(1)).await, other);
    let (client, _requests) = scene(vec![
        answer("404 Not Found", "", ""),
        answer("500 Oh", "", ""),
        answer("500 Oh", "", ""),
        answer("500 Oh", "", ""),
        answer("500 Oh", "", ""),
    ]);
    assert!(client.order(id(1)).await.is_err(), "half an answer is none");
}

#[actix_rt::test]
async fn trades_are_asked_for_from_one_second_before() {
    let (client, requests) = scene(vec![page(&[], "LTE=")]);
    let after = UnixMillis(1_705_322_096_999);
    assert!(client.trades_after(after, Scope::default()).await.unwrap().records.is_empty());
    let asked = Asked::read(&requests.recv_timeout(Duration::from_secs(10)).unwrap());
    assert_eq!(asked.target, "/data/trades?after=1705322095");
}

#[actix_rt::test]
async fn balances_are_whole_millionths_and_allowances_may_be_endless() {
    let endless = U256::MAX.to_string();
    let told = format!(
        r#"{{"balance":"1500000","allowances":{{"0x{}":"{endless}","0x{}":""}}}}"#,
        "11".repeat(20),
        "22".repeat(20)
    );
    let bad = |balance: &str| answer("200 OK", "", &format!(r#"{{"balance":{balance}}}"#));
    let (client, requests) = scene(vec![
        answer("200 OK", "", &told),
        answer("200 OK", "", r#"{"balance":0,"allowances":{}}"#),
        answer("200 OK", "", "\"\""),
        bad("\"1.5\""),
        bad("-1"),
        bad("\"\""),
    ]);
    let cash = client.collateral().await.unwrap();
    assert_eq!(cash.balance, Usd::from_micros(1_500_000));
    let allowances: Vec<_> = cash.allowances.values().copied().collect();
    assert_eq!(allowances, [U256::MAX, U256::zero()]);
    let token = TokenId::from_words([0, 0, 0, 9]);
    let held = client.holding(Asset::ConditionalV2(token)).await.unwrap();
    assert_eq!(held.balance, Shares::ZERO);
    client.refresh(Asset::Conditional(token)).await.unwrap();
    for _ in 0..3 {
        assert!(matches!(client.collateral().await, Err(VenueError::Decode { .. })));
    }
    let targets: Vec<_> = requests.try_iter().map(|request| Asked::read(&request).target).collect();
    assert_eq!(
        targets[..3],
        [
            "/balance-allowance?asset_type=COLLATERAL&signature_type=0",
            "/balance-allowance?asset_type=CONDITIONAL-V2&token_id=9&signature_type=0",
            "/balance-allowance/update?asset_type=CONDITIONAL&token_id=9&signature_type=0",
        ]
    );
}

#[actix_rt::test]
async fn an_account_is_closed_only_unless_the_venue_plainly_denies_it() {
    let told = |body: &str| answer("200 OK", "", body);
    let (client, _requests) =
        scene(vec![told(r#"{"closed_only":false}"#), told(r#"{"closed_only":true}"#), told("{}")]);
    for want in [false, true, true] {
        assert_eq!(client.closed_only().await, Ok(want));
    }
}

#[actix_rt::test]
async fn keys_are_made_or_found_where_they_exist_or_may_have_been_made() {
    let credentials =
        format!(r#"{{"apiKey":"{API_KEY}","secret":"{SECRET}","passphrase":"p4ss"}}"#);
    let key = PrivateKey::parse(KEY).unwrap();
    let keys =
        |address| ApiKeys::new(quick(address).connect().unwrap(), VenueClock::new(|| NOW), 137);
    for first in [
        answer("400 Bad Request", "", r#"{"error":"Could not create api key"}"#),
        answer("500 Internal Server Error", "", ""),
        vec![],
    ] {
        let (address, requests) = raw_server(vec![first, answer("200 OK", "", &credentials)]);
        let made = keys(address).create_or_derive(&key, 3).await.unwrap();
        assert_eq!(made.key(), API_KEY);
        let asked: Vec<_> = requests.try_iter().map(|request| Asked::read(&request)).collect();
        assert_eq!((&*asked[0].method, &*asked[0].target), ("POST", "/auth/api-key"));
        assert_eq!((&*asked[1].method, &*asked[1].target), ("GET", "/auth/derive-api-key"));
        assert_eq!(asked[0].header("poly_nonce"), Some("3"));
        assert_eq!(asked[0].header("content-length"), Some("0"));
        assert_eq!(asked[1].header("poly_timestamp"), Some("1795000000"));
    }
    let (address, requests) = raw_server(vec![answer("401 Unauthorized", "", "{}")]);
    let error = keys(address).create_or_derive(&key, 0).await.unwrap_err();
    assert!(matches!(error, ApiKeyError::Venue(VenueError::Status { code: 401, .. })));
    assert_eq!(requests.try_iter().count(), 1);
    let (address, _requests) =
        raw_server(vec![answer("200 OK", "", &credentials.replace(API_KEY, "me"))]);
    let error = keys(address).derive(&key, 0).await.unwrap_err();
    assert!(matches!(error, ApiKeyError::Credentials(_)), "{error:?}");
}

#[actix_rt::test]
async fn the_skew_is_the_least_that_explains_the_venues_clock() {
    let (client, requests) = scene(vec![
        answer("200 OK", "", "1795000000"),
        answer("200 OK", "", "1795000007"),
        answer("500 Oh", "", ""),
        answer("500 Oh", "", ""),
        answer("500 Oh", "", ""),
        answer("500 Oh", "", ""),
        page(&[], "LTE="),
    ]);
    assert_eq!(client.measure_skew().await, Ok(DurationMillis(0)));
    assert_eq!(client.measure_skew().await, Ok(DurationMillis(7_000)));
    assert!(client.measure_skew().await.is_err());
    client.open_orders(Scope::default()).await.unwrap();
    let last = Asked::read(&requests.try_iter().last().unwrap());
    assert_eq!(last.header("poly_timestamp"), Some("1795000007"), "a failed look changes nothing");
}

#[actix_rt::test]
async fn heartbeats_count_are_corrected_or_are_missed() {
    let mut heart = Heartbeat::started(Instant::now());
    let beat = heart.take_due(Instant::now()).unwrap();
    for (status, body, want) in [
        ("200 OK", r#"{"heartbeat_id":"a","error":null}"#, Ok("a")),
        ("400 Bad Request", r#"{"error_msg":"Invalid Heartbeat ID","heartbeat_id":"b"}"#, Err("b")),
        ("400 Bad Request", r#"{"error":"Invalid Heartbeat ID","heartbeat_id":"c"}"#, Err("c")),
    ] {
        let (client, requests) = scene(vec![answer(status, "", body)]);
        let want = match want {
            Ok(next) => BeatAnswer::Accepted { next: next.to_owned() },
            Err(expected) => BeatAnswer::WrongId { expected: expected.to_owned() },
        };
        assert_eq!(client.heartbeat(&beat).await, want);
        let asked = Asked::read(&requests.recv_timeout(Duration::from_secs(10)).unwrap());
        assert_eq!((&*asked.target, &*asked.body), ("/v1/heartbeats", r#"{"heartbeat_id":""}"#));
    }
    for raw in [
        answer("200 OK", "", "{}"),
        answer("200 OK", "", r#"{"status":"ok"}"#),
        answer("400 Bad Request", "", r#"{"error":"no"}"#),
        answer("500 Oh", "", r#"{"heartbeat_id":"x"}"#),
        answer("503 Oh", "", ""),
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"heartbeat_id\":\"a\"".to_vec(),
        vec![],
    ] {
        let (client, _requests) = scene(vec![raw]);
        let answer = client.heartbeat(&beat).await;
        assert!(matches!(answer, BeatAnswer::Missed(_)), "{answer:?}");
    }
}
