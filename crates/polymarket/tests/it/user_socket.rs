//! The user channel against a server on loopback, and its collected frames.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, ActorContext as _, StreamHandler};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use actix_web_actors::ws;
use domain::{ConditionId, Liquidity, OrderId, Shares, Side, TradeState, UnixMillis};
use ethers_core::types::Address;
use futures_util::StreamExt as _;
use polymarket::auth::ApiCredentials;
use polymarket::clob::private::{CancelReason, Mine, OrderStatus, TradeStatus, ViewRefusal};
use polymarket::clob::private_wire::OrderWire;
use polymarket::socket::{Rules, SocketError};
use polymarket::user_socket::{
    self, Markets, OrderChange, UserEvent, UserStream, connect, connect_with, parse_frame,
};
use polymarket::wire::object;

use crate::support::{samples, settings_once};

const API_KEY: &str = "9180014b-33c8-9240-a14b-bdca11c0a465";
const SECRET: &str = "c2VjcmV0LXNlY3JldA==";

type Heard = Arc<Mutex<Vec<String>>>;

/// Tells of one order after the first frame, hangs up on `bye`.
struct Venue(Heard);

impl Actor for Venue {
    type Context = ws::WebsocketContext<Self>;
}

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for Venue {
    fn handle(&mut self, message: Result<ws::Message, ws::ProtocolError>, ctx: &mut Self::Context) {
        let Ok(ws::Message::Text(text)) = message else { return };
        self.0.lock().unwrap().push(text.to_string());
        if *text == *"PING" {
            return ctx.text("PONG");
        }
        if text.contains("mute") {
            return;
        }
        ctx.text(order("LIVE", "PLACEMENT"));
        ctx.text(format!("[{},{}]", order("LIVE", "UPDATE"), r#"{"event_type":"news"}"#));
        ctx.stop();
    }
}

async fn upgrade(
    request: HttpRequest,
    payload: web::Payload,
    heard: web::Data<Heard>,
) -> Result<HttpResponse, actix_web::Error> {
    ws::start(Venue(Arc::clone(&heard)), &request, payload)
}

fn venue() -> (SocketAddr, Heard) {
    let heard = Heard::default();
    let data = web::Data::new(Arc::clone(&heard));
    let app = move || App::new().app_data(data.clone()).route("/ws/user", web::get().to(upgrade));
    let server = HttpServer::new(app).workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    actix_rt::spawn(server.disable_signals().run());
    (address, heard)
}

fn order(status: &str, change: &str) -> String {
    format!(
        r#"{{"event_type":"order","type":"{change}","id":"{}","status":"{status}","side":"SELL",
            "asset_id":"5","original_size":"10","size_matched":"","price":"0.57",
            "created_at":"","expiration":null,"timestamp":"1672290687"}}"#,
        OrderId::from_bytes([1; 32])
    )
}

fn credentials(passphrase: &str) -> ApiCredentials {
    ApiCredentials::new(API_KEY, SECRET, passphrase).unwrap()
}

fn mine() -> Mine {
    Mine { api_key: API_KEY.into(), maker: Address::zero() }
}

async fn next(events: &mut UserStream) -> Option<Result<UserEvent, SocketError>> {
    tokio::time::timeout(Duration::from_secs(10), events.next()).await.unwrap()
}

#[actix_rt::test]
async fn every_connection_begins_with_a_gap_and_then_tells_what_happens() {
    let (address, heard) = venue();
    for _ in 0..2 {
        let (_sender, mut events) =
            connect(&settings_once(address), &credentials("p4ss"), mine(), &Markets::All, |_| {})
                .await
                .unwrap();
        assert_eq!(next(&mut events).await, Some(Ok(UserEvent::Gap)));
        let Some(Ok(UserEvent::Order(event))) = next(&mut events).await else { panic!("no order") };
        assert_eq!(event.change, OrderChange::Placement);
        assert_eq!(event.order.matched, Shares::ZERO);
        assert_eq!(event.at, Some(UnixMillis(1_672_290_687_000)));
        let Some(Ok(UserEvent::Order(event))) = next(&mut events).await else { panic!("no order") };
        assert_eq!(event.change, OrderChange::Update);
        let odd = next(&mut events).await;
        let unknown =
            matches!(odd, Some(Ok(UserEvent::Unreadable { why: ViewRefusal::UnknownKind, .. })));
        assert!(unknown, "{odd:?}");
        assert!(matches!(next(&mut events).await, Some(Err(_))), "the end is told");
        assert_eq!(next(&mut events).await, None);
    }
    let first: serde_json::Value = serde_json::from_str(&heard.lock().unwrap()[0]).unwrap();
    assert_eq!(
        first,
        serde_json::json!({
            "type": "user",
            "auth": { "apiKey": API_KEY, "secret": SECRET, "passphrase": "p4ss" },
        })
    );
}

#[actix_rt::test]
async fn markets_can_be_picked_the_line_is_kept_alive_and_closed_on_our_side() {
    let (address, heard) = venue();
    let rules = Rules { ping_every: Duration::from_millis(1), ..Rules::USER };
    let markets = Markets::Only(vec![ConditionId::from_bytes([7; 32])]);
    let settings = settings_once(address);
    let (mut sender, mut events) =
        connect_with(&settings, &credentials("mute"), mine(), &markets, rules, |_| {})
            .await
            .unwrap();
    assert_eq!(next(&mut events).await, Some(Ok(UserEvent::Gap)));
    let quiet = tokio::time::timeout(Duration::from_millis(1_200), events.next()).await;
    assert!(quiet.is_err(), "PONG is not for the caller");
    sender.close().unwrap();
    assert_eq!(next(&mut events).await, Some(Err(SocketError::Finished)));
    let heard = heard.lock().unwrap();
    let first: serde_json::Value = serde_json::from_str(&heard[0]).unwrap();
    assert_eq!(first["markets"], serde_json::json!([format!("0x{}", "07".repeat(32))]));
    assert!(heard[1..].iter().all(|text| text == "PING") && heard.len() > 1, "{heard:?}");
}

#[actix_rt::test]
async fn a_venue_that_says_nothing_is_given_up() {
    let (address, _heard) = venue();
    let after = Duration::from_millis(100);
    let rules = Rules { silence_max: after, ..Rules::USER };
    let settings = settings_once(address);
    let (_sender, mut events) =
        connect_with(&settings, &credentials("mute"), mine(), &Markets::All, rules, |_| {})
            .await
            .unwrap();
    assert_eq!(next(&mut events).await, Some(Ok(UserEvent::Gap)));
    assert_eq!(next(&mut events).await, Some(Err(SocketError::Silent { after })));
}

#[test]
fn what_cannot_be_read_is_told_and_never_dropped() {
    let why = |json: &str| match &parse_frame(json.as_bytes(), &mine())[..] {
        [UserEvent::Unreadable { why, .. }] => *why,
        other => panic!("{json}: {other:?}"),
    };
    assert_eq!(why("INVALID AUTH"), ViewRefusal::NotARecord);
    assert_eq!(why("[1]"), ViewRefusal::NotARecord);
    assert_eq!(why(r#"{"error":"unauthorized"}"#), ViewRefusal::UnknownKind);
    assert_eq!(why(&order("LIVE", "UPDATE").replace("0.57", "57")), ViewRefusal::Price);
    assert_eq!(why(r#"{"event_type":"trade","id":""}"#), ViewRefusal::TradeId);
    assert_eq!(user_socket::parse_frame(b"[]", &mine()), []);
    let not_utf8 = &parse_frame(&[0xff, 0xfe], &mine())[..];
    assert!(matches!(not_utf8, [UserEvent::Unreadable { why: ViewRefusal::NotARecord, .. }]));
}

fn sample(name: &str) -> Option<String> {
    Some(std::fs::read_to_string(samples()?.join(format!("ws_user_{name}.json"))).unwrap())
}

#[test]
fn recorded_orders_are_events() {
    // One name is a digit too long; its records are otherwise whole.
    let long = "0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdef12";
    for (name, change, status, matched) in [
        ("order_placement", OrderChange::Placement, OrderStatus::Live, 0),
        ("order_update_partial", OrderChange::Update, OrderStatus::Live, 25),
        ("order_update_matched", OrderChange::Update, OrderStatus::Matched, 100),
        (
            "order_cancellation",
            OrderChange::Cancellation,
            OrderStatus::Cancelled(CancelReason::Plain),
            0,
        ),
    ] {
        let Some(json) = sample(name) else { return };
        let whole = json.replace(long, &long[..66]);
        let events = parse_frame(whole.as_bytes(), &mine());
        let [UserEvent::Order(event)] = &events[..] else { panic!("{name}: {events:?}") };
        assert_eq!((&event.change, &event.order.status), (&change, &status), "{name}");
        assert_eq!(event.order.matched, Shares::from_whole(matched));
        assert!(event.at.is_some() && event.order.market.is_some());
    }
}

#[test]
fn recorded_words_of_killed_and_invalid_orders_are_known() {
    for (name, want) in [
        ("order_fok_killed", OrderStatus::Cancelled(CancelReason::NotFilled)),
        ("order_venue_cancel_invalid", OrderStatus::Invalid),
    ] {
        let Some(json) = sample(name) else { return };
        assert_eq!(OrderStatus::read(object::<OrderWire>(&json).unwrap().status()), want);
        let events = parse_frame(json.as_bytes(), &mine());
        let shortened = UserEvent::Unreadable {
            why: ViewRefusal::OrderId,
            what: polymarket::http::Excerpt::of(if want == OrderStatus::Invalid {
                b"0x0e"
            } else {
                b"0x78xx"
            }),
        };
        assert_eq!(events, [shortened], "its id is shortened");
    }
}

#[test]
fn recorded_trades_are_our_fills() {
    let Some(json) = sample("trade_matched") else { return };
    let events = parse_frame(json.as_bytes(), &mine());
    let [UserEvent::Trade(trade)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(trade.state, TradeStatus::Known(TradeState::Matched));
    let [fill] = trade.fills[..] else { panic!("{:?}", trade.fills) };
    let placed = "0xff354cd7ca7539dfa9c28d90943ab5779a4eac34b9b37a757d7b32bdfb11790b";
    assert_eq!((fill.order, fill.side), (OrderId::parse(placed).unwrap(), Side::Sell));
    assert_eq!((fill.shares, fill.liquidity), (Shares::from_whole(10), Liquidity::Maker));

    let Some(json) = sample("trade_confirmed") else { return };
    let long = "0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdef12";
    let events = parse_frame(json.replace(long, &long[..66]).as_bytes(), &mine());
    let [UserEvent::Trade(trade)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(trade.state, TradeStatus::Known(TradeState::Confirmed));
    assert_eq!(trade.fills[0].liquidity, Liquidity::Taker);
    assert_eq!(trade.matched_at, UnixMillis::parse("2024-01-01"));
}
