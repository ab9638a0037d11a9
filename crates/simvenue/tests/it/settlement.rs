//! From a match to money: trades of accounts, step by step, and what the auditor says.

use std::time::Duration;

use domain::{FeeTerms, Price, Rounding, Shares, Usd};
use serde_json::{Value, json};
use simvenue::{
    CrowdOptions, Fault, RateLimits, RunningVenue, SettlementPace, SimOptions, SimVenue, WalletKind,
};

use crate::client::{Socket, get, same_shape, sample};
use crate::orders::{best, best_cents, plain_market, still_venue};
use crate::trader::{Trader, Wish, limit};

/// A still venue whose trades settle in moments.
fn quick_venue() -> RunningVenue {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
    let settlement = SettlementPace { mined_ms: 40, confirmed_ms: 100 };
    let options =
        SimOptions { limits: RateLimits::Off, crowd, settlement, ..SimOptions::default() };
    SimVenue::start(options).unwrap()
}

/// A socket that hears of everything the trader does.
pub(crate) async fn listen(venue: &RunningVenue, trader: &Trader) -> Socket {
    let mut socket = Socket::open(&venue.endpoints().user_socket).await;
    let auth = json!({
        "apiKey": trader.api_key, "secret": trader.secret, "passphrase": trader.passphrase
    });
    socket.send(json!({ "type": "user", "auth": auth })).await;
    socket.send("PING").await;
    socket.find(|text| text == "PONG").await;
    socket
}

/// The next event of a kind.
pub(crate) async fn event(socket: &mut Socket, kind: &str) -> Value {
    let kind = format!("\"event_type\":\"{kind}\"");
    serde_json::from_str(&socket.find(|text| text.contains(&kind)).await).unwrap()
}

/// The states a trade goes through, up to its last.
pub(crate) async fn states(socket: &mut Socket, trade: &str) -> Vec<String> {
    let mut states = Vec::new();
    loop {
        let told = event(socket, "trade").await;
        if told["id"] == trade {
            let state = told["status"].as_str().unwrap().to_owned();
            let last = state == "CONFIRMED" || state == "FAILED";
            states.push(state);
            if last {
                return states;
            }
        }
    }
}

/// A purchase for so many cents, at once, at a limit of whole cents.
pub(crate) fn spend(token: &str, limit_cents: u64, cents: u64) -> Wish {
    Wish {
        maker_amount: cents * 10_000,
        taker_amount: cents * 1_000_000 / limit_cents / 100 * 100,
        ..limit(token, "BUY", limit_cents, 0).kind("FAK")
    }
}

pub(crate) async fn cash(trader: &Trader) -> Usd {
    let kind = trader.kind.signature_type();
    let target = format!("/balance-allowance?asset_type=COLLATERAL&signature_type={kind}");
    let body = trader.get(&target).await;
    Usd::from_micros(body["balance"].as_str().unwrap().parse().unwrap())
}

pub(crate) async fn shares(trader: &Trader, token: &str) -> Shares {
    let kind = trader.kind.signature_type();
    let target =
        format!("/balance-allowance?asset_type=CONDITIONAL&token_id={token}&signature_type={kind}");
    let body = trader.get(&target).await;
    Shares::from_micros(body["balance"].as_str().unwrap().parse().unwrap())
}

pub(crate) fn sound(venue: &RunningVenue) -> simvenue::Audit {
    let audit = venue.audit();
    assert!(audit.ok, "{:#?}", audit.problems);
    audit
}

#[actix_web::test]
async fn a_purchase_is_matched_mined_and_confirmed_and_what_it_brought_can_be_sold() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut socket = listen(&venue, &trader).await;
    let (price, _) = best(&venue, &token, "asks").await;
    let wish = spend(&token, price / 100 + 3, 1_000);
    let (id, status, answer) = trader.place(&wish).await;
    assert_eq!((status.as_u16(), &answer["status"]), (200, &json!("matched")), "{answer}");
    let trade = answer["tradeIDs"][0].as_str().unwrap().to_owned();
    let placed = event(&mut socket, "order").await;
    assert_eq!((placed["type"].as_str(), placed["id"].as_str()), (Some("PLACEMENT"), Some(&*id)));

    assert_eq!(cash(&trader).await, Usd::from_whole(100), "matched is not settled");
    let naked = trader.refused(&limit(&token, "SELL", 99, 500)).await;
    assert!(naked.starts_with("not enough balance"), "what is not settled cannot be sold");
    assert_eq!(states(&mut socket, &trade).await, ["MATCHED", "MINED", "CONFIRMED"]);

    let rows = trader.get("/data/trades").await;
    let row = &rows["data"][0];
    assert_eq!((&row["id"], &row["status"]), (&json!(trade), &json!("CONFIRMED")));
    assert_eq!((&row["trader_side"], &row["taker_order_id"]), (&json!("TAKER"), &json!(id)));
    assert!(row["transaction_hash"].as_str().unwrap().len() == 66);
    let size = Shares::parse(row["size"].as_str().unwrap()).unwrap();
    let at = Price::parse(row["price"].as_str().unwrap()).unwrap();
    let value = size.at(at, Rounding::Up);
    assert!(value <= Usd::from_whole(10) && value > Usd::from_micros(9_990_000));
    assert_eq!(answer["makingAmount"], value.to_string());
    assert_eq!(answer["takingAmount"], size.to_string());
    let audit = sound(&venue);
    let [account] = audit.accounts.as_slice() else { panic!("one account") };
    let market = row["market"].as_str().unwrap();
    let (_, compact) = get(format!("{}/clob-markets/{market}", venue.endpoints().clob)).await;
    let terms = FeeTerms::parse(&compact["fd"]["r"].to_string(), "1").unwrap();
    let fee = terms.fee(size, at, Rounding::HalfUp);
    assert!(fee.is_positive());
    assert_eq!(account.fees, fee);
    assert_eq!(cash(&trader).await, Usd::from_whole(100) - value - fee);
    assert_eq!(account.cash, cash(&trader).await);
    assert_eq!(shares(&trader, &token).await, size);

    let bid = best_cents(&venue, &token, "bids").await;
    let (_, _, sold) = trader.place(&limit(&token, "SELL", bid, 500)).await;
    assert_eq!((&sold["status"], &sold["makingAmount"]), (&json!("matched"), &json!("5")));
    let trade = sold["tradeIDs"][0].as_str().unwrap().to_owned();
    assert_eq!(states(&mut socket, &trade).await.last().unwrap(), "CONFIRMED");
    assert_eq!(shares(&trader, &token).await, size - Shares::from_whole(5));
    let audit = sound(&venue);
    assert_eq!(audit.accounts[0].trades.len(), 2);
    assert_eq!(audit.accounts[0].cash, cash(&trader).await);
    assert_eq!(audit.accounts[0].orders_accepted, 2);
}

#[actix_web::test]
async fn rows_look_like_the_documented_ones() {
    let venue = still_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut socket = listen(&venue, &trader).await;
    let ask = best_cents(&venue, &token, "asks").await;
    let (id, ..) = trader.place(&spend(&token, ask, 500)).await;
    let order = trader.get(&format!("/data/order/{id}")).await;
    if let Some(documented) = sample("clob_data_order.json") {
        same_shape(&order, &documented, "order");
    }
    if let Some(documented) = sample("ws_user_order_cancellation.json") {
        let mut told = event(&mut socket, "order").await;
        told.as_object_mut().unwrap().remove("event_type");
        same_shape(&told, &documented, "order event");
    }
    if let Some(documented) = sample("clob_data_trades_with_makers.json") {
        let mut trade = trader.get("/data/trades").await["data"][0].clone();
        trade.as_object_mut().unwrap().remove("match_time_nano");
        same_shape(&trade, &documented["data"][0], "trade");
        let maker = &trade["maker_orders"][0];
        same_shape(maker, &documented["data"][0]["maker_orders"][0], "maker order");
    }
    if let Some(documented) = sample("clob_data_orders_page.json") {
        same_shape(&trader.get("/data/orders").await, &documented, "page");
    }
}

#[actix_web::test]
async fn a_trade_that_fails_leaves_money_and_shares_where_they_were() {
    let venue = quick_venue();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut socket = listen(&venue, &trader).await;
    let ask = best_cents(&venue, &token, "asks").await;
    venue.inject(Fault::FailSettlement { count: 6 }).unwrap();
    for _ in 0..6 {
        let (_, _, answer) = trader.place(&spend(&token, ask, 200)).await;
        let trade = answer["tradeIDs"][0].as_str().unwrap().to_owned();
        assert_eq!(states(&mut socket, &trade).await.last().unwrap(), "FAILED");
        assert_eq!(cash(&trader).await, Usd::from_whole(100));
        assert_eq!(shares(&trader, &token).await, Shares::ZERO);
        sound(&venue);
    }
    venue.inject(Fault::RetrySettlement { count: 4 }).unwrap();
    for _ in 0..4 {
        let (_, _, answer) = trader.place(&spend(&token, ask, 200)).await;
        let trade = answer["tradeIDs"][0].as_str().unwrap().to_owned();
        let states = states(&mut socket, &trade).await;
        assert!(states.contains(&"RETRYING".to_owned()), "{states:?}");
        assert_eq!(states.last().unwrap(), "CONFIRMED");
        sound(&venue);
    }
    let account = &sound(&venue).accounts[0];
    assert_eq!(account.cash, cash(&trader).await);
    assert_eq!(account.trades.len(), 10);
    assert!(account.cash < Usd::from_whole(100));
}

#[actix_web::test]
async fn the_crowd_takes_what_an_account_offers_and_makers_pay_no_fee() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let crowd = CrowdOptions { activity_percent: 400, dislocations_max: 0 };
    let (limits, speed_percent) = (RateLimits::Off, 100);
    let options = SimOptions { limits, crowd, speed_percent, ..SimOptions::default() };
    let venue = SimVenue::start(options).unwrap();
    let token = plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Eoa, 1_000).await;
    let mut socket = listen(&venue, &trader).await;
    let mut maker = None;
    for _ in 0..20 {
        let bid = best_cents(&venue, &token, "bids").await;
        let (id, _, answer) = trader.place(&limit(&token, "BUY", bid, 2_000)).await;
        assert_eq!(answer["success"], true, "{answer}");
        let deadline = std::time::Instant::now() + Duration::from_secs(3);
        while maker.is_none() && std::time::Instant::now() < deadline {
            let Some(text) = socket.text_within(Duration::from_millis(500)).await else { continue };
            let told: Value = serde_json::from_str(&text).unwrap();
            if told["trader_side"] == "MAKER" {
                maker = Some((id.clone(), told));
            }
        }
        if maker.is_some() {
            break;
        }
        trader.delete("/cancel-all", &Value::Null).await;
    }
    let (_, told) = maker.expect("the crowd trades");
    let parts = told["maker_orders"].as_array().unwrap();
    let own = parts.iter().find(|part| part["owner"] == trader.api_key.as_str()).unwrap();
    assert_eq!((&own["asset_id"], &own["side"]), (&json!(token), &json!("BUY")));
    trader.delete("/cancel-all", &Value::Null).await;
    tokio_sleep(3_000).await;
    let audit = sound(&venue);
    let maker = format!("{:?}", trader.maker);
    let account = audit.accounts.iter().find(|account| account.maker == maker).unwrap();
    let as_maker = account.trades.iter().filter(|trade| trade.fee == Usd::ZERO).count();
    assert!(as_maker > 0);
    assert_eq!(account.cash, cash(&trader).await);
    assert_eq!(account.cash, account.cash_expected, "everything has settled");
    assert!(account.open_orders.is_empty());
}

pub(crate) async fn tokio_sleep(ms: u64) {
    actix_web::rt::time::sleep(Duration::from_millis(ms)).await;
}

#[actix_web::test]
async fn two_accounts_trade_with_each_other_and_both_hear_of_it() {
    let venue = still_venue();
    let tokens = plain_market(&venue).await;
    let mut maker = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let mut taker = Trader::new(&venue, 2, WalletKind::Safe, 100).await;
    let (bid, ask) = (
        best_cents(&venue, &tokens[0], "bids").await,
        best_cents(&venue, &tokens[0], "asks").await,
    );
    assert!(ask > bid + 1, "there is room inside");
    let inside = bid + 1;
    let mut hears = listen(&venue, &maker).await;
    let (resting, _, answer) = maker.place(&limit(&tokens[0], "BUY", inside, 1_000)).await;
    assert_eq!(answer["status"], "live");
    // NO at the complement mints a set with the buyer of YES.
    let (_, _, answer) = taker.place(&limit(&tokens[1], "BUY", 100 - inside, 600)).await;
    assert_eq!((&answer["status"], &answer["takingAmount"]), (&json!("matched"), &json!("6")));
    let trade = answer["tradeIDs"][0].as_str().unwrap().to_owned();
    assert_eq!(states(&mut hears, &trade).await, ["MATCHED", "MINED", "CONFIRMED"]);
    let order = maker.get(&format!("/data/order/{resting}")).await;
    assert_eq!((&order["status"], &order["size_matched"]), (&json!("LIVE"), &json!("6")));
    assert_eq!(shares(&maker, &tokens[0]).await, Shares::from_whole(6));
    assert_eq!(shares(&taker, &tokens[1]).await, Shares::from_whole(6));
    let row = maker.get(&format!("/data/trades?id={trade}")).await["data"][0].clone();
    assert_eq!((&row["trader_side"], &row["asset_id"]), (&json!("MAKER"), &json!(tokens[1])));
    assert_eq!(row["maker_orders"][0]["asset_id"], tokens[0].as_str());
    let audit = sound(&venue);
    assert_eq!(audit.accounts.len(), 3, "a Safe's owner has a deposit wallet too");
    assert_eq!(cash(&maker).await, Usd::from_micros(100_000_000 - 60_000 * inside as i64));
}
