//! Orders of accounts: what is taken, what is refused, and how they end.

use awc::http::Method;
use domain::{Price, TickSize};
use futures_util::future::join_all;
use serde_json::{Value, json};
use simvenue::{CrowdOptions, RateLimits, RunningVenue, SimOptions, SimVenue, WalletKind};

use crate::client::{all_markets, get, tokens};
use crate::trader::{NEG_RISK, POSITIONS, Trader, limit, now_s};

/// A venue whose crowd keeps still, so that books stay as they are.
pub(crate) fn still_venue() -> RunningVenue {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
    let limits = RateLimits::Off;
    SimVenue::start(SimOptions { limits, crowd, ..SimOptions::default() }).unwrap()
}

/// Both tokens of an open binary market of the first protocol on a grid of cents, without delay.
pub(crate) async fn plain_market(venue: &RunningVenue) -> Vec<String> {
    let clob = venue.endpoints().clob;
    for market in all_markets(venue).await {
        if market["negRisk"] == true || market["version"] != "v1" {
            continue;
        }
        let condition = market["conditionId"].as_str().unwrap();
        let (_, compact) = get(format!("{clob}/clob-markets/{condition}")).await;
        let plain = compact["sd"].is_null() && compact["itode"].is_null() && compact["mts"] == 0.01;
        let tokens = tokens(&market);
        let (ask, _) = best(venue, &tokens[0], "asks").await;
        if plain && (3_000..7_000).contains(&ask) && !compact["fd"].is_null() {
            return tokens;
        }
    }
    panic!("no plain market");
}

/// The best level of a side: ten-thousandths and millionths.
pub(crate) async fn best(venue: &RunningVenue, token: &str, side: &str) -> (u64, u64) {
    let (_, book) = get(format!("{}/book?token_id={token}", venue.endpoints().clob)).await;
    let Some(level) = book[side].as_array().and_then(|levels| levels.last()) else { return (0, 0) };
    let price = Price::parse(level["price"].as_str().unwrap()).unwrap();
    let size = domain::Shares::parse(level["size"].as_str().unwrap()).unwrap();
    (u64::from(price.ten_thousandths()), size.micros() as u64)
}

pub(crate) async fn best_cents(venue: &RunningVenue, token: &str, side: &str) -> u64 {
    let (price, _) = best(venue, token, side).await;
    assert!(TickSize::Hundredth.allows(Price::from_ten_thousandths(price as u16).unwrap()));
    price / 100
}

#[actix_web::test]
async fn a_deposit_wallet_and_a_plain_key_rest_orders_read_them_and_cancel_them() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    for (number, kind) in [
        (1, WalletKind::Deposit),
        (2, WalletKind::Eoa),
        (3, WalletKind::Safe),
        (4, WalletKind::Proxy),
    ] {
        let mut trader = Trader::new(&venue, number, kind, 100).await;
        let (id, status, answer) = trader.place(&limit(&token, "BUY", 2, 1_000)).await;
        assert_eq!((status.as_u16(), &answer["status"]), (200, &json!("live")), "{answer}");
        assert_eq!(answer["orderID"], id, "the id is the digest of what was signed");
        let open = trader.get("/data/orders").await;
        assert_eq!(open["data"][0]["id"], id);
        assert_eq!(open["data"][0]["original_size"], "10");
        assert_eq!(open["next_cursor"], "LTE=");
        let (_, done) = trader.delete("/order", &json!({ "orderID": id })).await;
        assert_eq!(done, json!({ "canceled": [id], "not_canceled": {} }));
        let order = trader.get(&format!("/data/order/{id}")).await;
        assert_eq!(order["status"], "CANCELED");
        let (_, again) = trader.delete("/order", &json!({ "orderID": id })).await;
        assert_eq!(again["not_canceled"][&id], "the order is already canceled");
        assert_eq!(trader.get("/data/orders").await["count"], 0);
    }
}

#[actix_web::test]
async fn credentials_are_made_once_a_nonce_and_found_again() {
    let venue = still_venue();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 1).await;
    let (status, _) = trader.login(Method::POST, "/auth/api-key", 0, now_s()).await;
    assert_eq!(status, 400, "there is one already");
    let (status, found) = trader.login(Method::GET, "/auth/derive-api-key", 0, now_s()).await;
    assert_eq!((status.as_u16(), found["apiKey"].as_str()), (200, Some(trader.api_key.as_str())));
    let (status, _) = trader.login(Method::GET, "/auth/derive-api-key", 9, now_s()).await;
    assert_eq!(status, 400);
    let (status, body) = trader.login(Method::GET, "/auth/derive-api-key", 0, now_s() - 90).await;
    assert_eq!((status.as_u16(), &body["error"]), (401, &json!("Invalid L1 Request headers")));
    assert_eq!(trader.get("/auth/api-keys").await["apiKeys"], json!([trader.api_key]));
    assert_eq!(trader.get("/auth/ban-status/closed-only").await["closed_only"], false);

    let stale = trader.ask_at(Method::GET, "/data/orders", "", now_s() - 60).await.unwrap();
    assert_eq!(
        (stale.0.as_u16(), &stale.1["error"]),
        (401, &json!("Unauthorized/Invalid api key"))
    );
    let secret = std::mem::replace(&mut trader.secret, "AAAA".to_owned());
    assert_eq!(trader.ask(Method::GET, "/data/orders", "").await.unwrap().0, 401, "wrong secret");
    trader.secret = secret;
    let passphrase = std::mem::take(&mut trader.passphrase);
    assert_eq!(
        trader.ask(Method::GET, "/data/orders", "").await.unwrap().0,
        401,
        "wrong passphrase"
    );
    trader.passphrase = passphrase;
    let other = Trader::unfunded(&venue, 2, WalletKind::Deposit);
    let key = std::mem::replace(&mut trader.key, other.key);
    assert_eq!(trader.ask(Method::GET, "/data/orders", "").await.unwrap().0, 401, "wrong address");
    trader.key = key;
    assert_eq!(trader.delete("/auth/api-key", &Value::Null).await.0, 200);
    assert_eq!(trader.ask(Method::GET, "/data/orders", "").await.unwrap().0, 401, "revoked");
}

#[actix_web::test]
async fn every_order_the_venue_does_not_take_is_refused_with_its_text() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let ask = best_cents(&venue, &token, "asks").await;
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let fair = limit(&token, "BUY", 2, 1_000);

    let off_grid = crate::trader::Wish { maker_amount: 205_000, ..fair.clone() };
    assert!(trader.refused(&off_grid).await.contains("breaks minimum tick size rule: 0.01"));
    let free = crate::trader::Wish { maker_amount: 10_000_000, ..fair.clone() };
    assert!(trader.refused(&free).await.contains("breaks minimum tick size rule"));
    let odd = crate::trader::Wish { maker_amount: 200_001, ..fair.clone() };
    assert!(
        trader.refused(&odd).await.contains("max accuracy of 4 decimals, taker amount a max of 2")
    );
    let small = limit(&token, "BUY", 2, 499);
    assert!(trader.refused(&small).await.contains("Size (4.99) lower than the minimum: 5"));
    let dear = limit(&token, "BUY", 2, 600_000);
    assert!(trader.refused(&dear).await.starts_with("not enough balance / allowance"));
    let naked = limit(&token, "SELL", 98, 1_000);
    assert!(trader.refused(&naked).await.starts_with("not enough balance / allowance"));
    let unknown = limit("123", "BUY", 2, 1_000);
    assert_eq!(trader.refused(&unknown).await, "the orderbook 123 does not exist");
    let elsewhere = fair.clone().on(NEG_RISK);
    assert_eq!(trader.refused(&elsewhere).await, "invalid signature");
    let newer = crate::trader::Wish { version: "3", ..fair.clone().on(POSITIONS) };
    assert_eq!(trader.refused(&newer).await, "order_version_mismatch");
    let dated = crate::trader::Wish { expiration: now_s() + 900, ..fair.clone() };
    assert_eq!(trader.refused(&dated).await, "invalid expiration", "only GTD has one");
    let soon = crate::trader::Wish { expiration: now_s() + 100, ..fair.clone().kind("GTD") };
    assert_eq!(trader.refused(&soon).await, "invalid expiration");
    let crossing = crate::trader::Wish { post_only: true, ..limit(&token, "BUY", ask, 1_000) };
    let (_, status, answer) = trader.place(&crossing).await;
    assert_eq!((status.as_u16(), &answer["success"]), (200, &json!(false)));
    assert_eq!(answer["errorMsg"], "invalid post-only order: order crosses book");
    let market = crate::trader::Wish {
        maker_amount: 1_005_000,
        ..limit(&token, "BUY", ask, 1_000).kind("FAK")
    };
    assert!(trader.refused(&market).await.starts_with("invalid amounts, the market buy orders"));
    let penny = crate::trader::Wish {
        maker_amount: 990_000,
        taker_amount: 99_0000 * 100 / ask / 100 * 100,
        ..limit(&token, "BUY", ask, 1_000).kind("FAK")
    };
    assert!(
        trader
            .refused(&penny)
            .await
            .starts_with("invalid amount for a marketable BUY order ($0.99)")
    );
    let far = limit(&token, "BUY", 2, 10_000).kind("FAK");
    assert!(trader.refused(&far).await.starts_with("no orders found to match with FAK order"));
    let whole = limit(&token, "BUY", 2, 10_000).kind("FOK");
    assert!(trader.refused(&whole).await.starts_with("order couldn't be fully filled"));

    let (_, mut body) = trader.sign(&fair);
    body["order"]["makerAmount"] = json!("210000");
    body["order"]["takerAmount"] = json!("10500000");
    assert_eq!(trader.post(&body).await.unwrap().1["error"], "invalid signature", "tampered with");
    let (_, mut body) = trader.sign(&fair);
    body["owner"] = json!("11111111-2222-4333-8444-555555555555");
    let text = "the order owner has to be the owner of the API KEY";
    assert_eq!(trader.post(&body).await.unwrap().1["error"], text);
    let (_, mut body) = trader.sign(&fair);
    body["order"]["salt"] = json!("12");
    assert_eq!(trader.post(&body).await.unwrap().1["error"], "Invalid order payload");

    let (_, body) = trader.sign(&fair);
    assert_eq!(trader.post(&body).await.unwrap().0, 200);
    let again = trader.post(&body).await.unwrap();
    assert!(again.1["error"].as_str().unwrap().ends_with("is invalid. Duplicated."), "{again:?}");

    let mut stranger = Trader::unfunded(&venue, 9, WalletKind::Eoa);
    stranger.sign_in().await;
    let text = "maker address not allowed, please use the deposit wallet flow";
    assert_eq!(stranger.refused(&fair).await, text, "plain keys are not taken any more");
    stranger.kind = WalletKind::Deposit;
    stranger.maker = trader.maker;
    let text = "the order signer address has to be the address of the API KEY";
    assert_eq!(stranger.refused(&fair).await, text, "somebody else's wallet");
}

#[actix_web::test]
async fn orders_are_signed_for_the_contract_that_their_market_trades_on() {
    let venue = still_venue();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut seen = (0, 0);
    for market in all_markets(&venue).await {
        let (token, exchange, version, wrong) = if market["version"] == "v2" {
            let token = market["positionIds"][0].as_str().unwrap().to_owned();
            seen.0 += 1;
            (token, POSITIONS, "3", "order_version_mismatch")
        } else if market["negRisk"] == true {
            seen.1 += 1;
            (tokens(&market)[0].clone(), NEG_RISK, "2", "invalid signature")
        } else {
            continue;
        };
        let (ask, _) = best(&venue, &token, "asks").await;
        if ask < 300 {
            continue;
        }
        let right = limit(&token, "BUY", 1, 500).on(exchange);
        let right = crate::trader::Wish { version, ..right };
        let (_, _, answer) = trader.place(&right).await;
        assert_eq!(answer["status"], "live", "{exchange}: {answer}");
        assert_eq!(trader.refused(&limit(&token, "BUY", 1, 500)).await, wrong);
        if seen.0 > 0 && seen.1 > 3 {
            break;
        }
    }
    assert!(seen.0 > 0 && seen.1 > 0, "{seen:?}");
    assert!(venue.audit().ok);
}

#[actix_web::test]
async fn more_orders_than_a_standard_account_may_send_are_put_off() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
    let venue = SimVenue::start(SimOptions { crowd, ..SimOptions::default() }).unwrap();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let signed: Vec<Value> =
        (0..15).map(|_| trader.sign(&limit(&token, "BUY", 2, 500)).1).collect();
    // Tokens are taken before an order is read, and what is no order is soon read.
    let nothing = json!(vec![json!({}); 15]).to_string();
    for _ in 0..6 {
        trader.ask(Method::POST, "/orders", &nothing).await.unwrap();
    }
    let (_, items) = trader.ask(Method::POST, "/orders", &json!(signed).to_string()).await.unwrap();
    let items = items.as_array().unwrap();
    assert_eq!(items.len(), 15, "all or none");
    for item in items {
        assert_eq!((&item["success"], &item["orderID"]), (&json!(false), &json!("")));
        assert_eq!(item["status"], "delayed");
    }
    // One by one, who is over the limit is told when to come back.
    let singly = (0..60).map(|_| trader.exchange(Method::POST, "/order", "{}", now_s()));
    let answers = join_all(singly).await;
    let mut late = answers.iter().flatten().filter(|(status, ..)| *status == 429);
    let (_, headers, _) = late.next().expect("sixty at once are too many");
    assert_eq!(headers.get("poly-ratelimit-tier").unwrap(), "Standard");
    assert_eq!(headers.get("poly-ratelimit-remaining").unwrap(), "0");
    let after = headers.get("retry-after").unwrap();
    assert_eq!(headers.get("poly-ratelimit-reset"), Some(after));
}
