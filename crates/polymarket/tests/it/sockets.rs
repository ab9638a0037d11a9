//! The live sockets against a server on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix::{Actor, ActorContext as _, AsyncContext as _, StreamHandler};
use actix_http::ws::Item;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use actix_web_actors::ws;
use bytes::Bytes;
use domain::TokenId;
use futures_util::StreamExt as _;
use polymarket::http::{Excerpt, Proxy, VenueError};
use polymarket::market_socket::{self, ASSETS_PER_CONNECTION_MAX};
use polymarket::rtds::{self, RtdsMessage, TradeFilter};
use polymarket::socket::{EventStream, Oddity, Rules, SendError, SocketError, SocketEvent};

use crate::support::{answer, raw_server, settings_once};

type Heard = Arc<Mutex<Vec<String>>>;

/// Writes down what it hears, answers `PING`, and obeys the token ids it is asked for.
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
        ctx.text("");
        if text.contains("unsubscribe") {
            return;
        }
        for wish in text.split('"') {
            match wish {
                "1" => ctx.text("[{\"event_type\":\"book\"}]\n"),
                "2" => ctx.binary("odd"),
                "3" => ctx.close(Some(ws::CloseCode::Restart.into())),
                "4" => ctx.text("x".repeat(2_000)),
                "5" => {
                    ctx.write_raw(ws::Message::Continuation(Item::FirstText("[1".into())));
                    ctx.write_raw(ws::Message::Continuation(Item::Continue(", 2".into())));
                    ctx.write_raw(ws::Message::Continuation(Item::Last("]".into())));
                }
                "6" => {
                    ctx.run_later(Duration::from_millis(1), |_, ctx| ctx.terminate());
                }
                "subscriptions" => ctx.text(r#"{"topic":"comments","type":"x"}"#),
                _ => {}
            }
        }
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
    let app = move || {
        App::new()
            .app_data(data.clone())
            .route("/ws/market", web::get().to(upgrade))
            .route("/rtds", web::get().to(upgrade))
    };
    let server = HttpServer::new(app).workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    actix_rt::spawn(server.disable_signals().run());
    (address, heard)
}

fn token(number: u64) -> TokenId {
    TokenId::from_words([0, 0, 0, number])
}

async fn next(events: &mut EventStream) -> Option<Result<SocketEvent, SocketError>> {
    tokio::time::timeout(Duration::from_secs(10), events.next()).await.unwrap()
}

fn frame(text: &'static str) -> Option<Result<SocketEvent, SocketError>> {
    Some(Ok(SocketEvent::Frame(Bytes::from_static(text.as_bytes()))))
}

const BOOK: &str = "[{\"event_type\":\"book\"}]\n";

#[actix_rt::test]
async fn assets_are_added_and_dropped_live_and_frames_come_as_they_are() {
    let (address, heard) = venue();
    let (mut sender, mut events) =
        market_socket::connect(&settings_once(address), &[token(1)]).await.unwrap();
    assert_eq!(next(&mut events).await, frame(BOOK));
    sender.subscribe(&[token(2), token(5), token(1)]).unwrap();
    assert_eq!(next(&mut events).await, Some(Ok(SocketEvent::Odd(Oddity::Binary))));
    assert_eq!(next(&mut events).await, frame("[1, 2]"));
    sender.unsubscribe(&[token(2)]).unwrap();
    sender.resubscribe(&[token(1), token(2)]).unwrap();
    assert_eq!(next(&mut events).await, frame(BOOK));
    assert_eq!(sender.subscriptions().len(), 2);
    sender.close().unwrap();
    assert_eq!(next(&mut events).await, Some(Err(SocketError::Finished)));
    assert_eq!(next(&mut events).await, None);
    assert_eq!(sender.subscribe(&[token(9)]), Err(SendError::Gone));
    assert_eq!(sender.subscriptions().len(), 2, "what could not be sent was not noted");
    assert_eq!(
        *heard.lock().unwrap(),
        [
            r#"{"type":"market","assets_ids":["1"],"custom_feature_enabled":true}"#,
            r#"{"operation":"subscribe","assets_ids":["2","5"],"custom_feature_enabled":true}"#,
            r#"{"operation":"unsubscribe","assets_ids":["2"]}"#,
            r#"{"operation":"subscribe","assets_ids":["1"],"custom_feature_enabled":true}"#,
        ]
    );
}

#[actix_rt::test]
async fn a_ping_goes_out_only_after_the_first_subscription_and_its_answer_stays_inside() {
    let (address, heard) = venue();
    let rules = Rules { ping_every: Duration::from_millis(1), ..Rules::MARKET };
    let settings = settings_once(address);
    let (mut sender, mut events) =
        market_socket::connect_with(&settings, &[], rules).await.unwrap();
    let quiet = tokio::time::timeout(Duration::from_millis(1_200), events.next()).await;
    assert!(quiet.is_err() && heard.lock().unwrap().is_empty());
    sender.subscribe(&[token(1)]).unwrap();
    assert_eq!(next(&mut events).await, frame(BOOK));
    let quiet = tokio::time::timeout(Duration::from_millis(1_200), events.next()).await;
    assert!(quiet.is_err(), "PONG is not for the caller");
    let heard = heard.lock().unwrap();
    assert!(heard[0].starts_with(r#"{"type":"market""#), "{heard:?}");
    assert!(heard[1..].iter().all(|text| text == "PING") && heard.len() > 1, "{heard:?}");
}

#[actix_rt::test]
async fn a_socket_that_says_nothing_is_given_up() {
    let (address, _heard) = venue();
    let after = Duration::from_millis(100);
    let rules = Rules { silence_max: after, ..Rules::MARKET };
    let settings = settings_once(address);
    let (_sender, mut events) =
        market_socket::connect_with(&settings, &[token(99)], rules).await.unwrap();
    assert_eq!(next(&mut events).await, Some(Err(SocketError::Silent { after })));
    assert_eq!(next(&mut events).await, None, "an error is the end");
}

#[actix_rt::test]
async fn good_byes_and_broken_connections_are_told_apart() {
    let (address, _heard) = venue();
    let settings = settings_once(address);
    let (_sender, mut events) = market_socket::connect(&settings, &[token(3)]).await.unwrap();
    let closed = SocketError::Closed { code: Some(1012), reason: Excerpt::default() };
    assert_eq!(next(&mut events).await, Some(Err(closed)));
    let (_sender, mut events) = market_socket::connect(&settings, &[token(6)]).await.unwrap();
    let end = next(&mut events).await;
    assert!(matches!(end, Some(Err(SocketError::Broken { .. }))), "{end:?}");
}

#[actix_rt::test]
async fn a_frame_above_the_limit_is_a_typed_error() {
    let (address, _heard) = venue();
    let rules = Rules { frame_bytes_max: 1_000, ..Rules::MARKET };
    let settings = settings_once(address);
    let (_sender, mut events) =
        market_socket::connect_with(&settings, &[token(4)], rules).await.unwrap();
    assert_eq!(next(&mut events).await, Some(Err(SocketError::TooLarge { limit: 1_000 })));
}

#[actix_rt::test]
async fn more_assets_than_a_connection_carries_are_refused_before_it_is_opened() {
    let (address, _heard) = venue();
    let many: Vec<_> = (0..201).map(token).collect();
    let refused = market_socket::connect(&settings_once(address), &many).await.err();
    assert_eq!(refused, Some(SocketError::TooManyAssets { limit: ASSETS_PER_CONNECTION_MAX }));
}

#[actix_rt::test]
async fn wishes_beyond_the_queue_are_refused_and_not_noted() {
    let (address, _heard) = venue();
    let (mut sender, _events) = market_socket::connect(&settings_once(address), &[]).await.unwrap();
    // Nobody drives the stream, so nothing leaves the queue.
    let full = (1..200).find_map(|number| sender.subscribe(&[token(number)]).err());
    assert_eq!(full, Some(SendError::QueueFull));
    assert_eq!(sender.subscriptions().len(), 64);
}

#[actix_rt::test]
async fn what_is_no_socket_is_refused_with_its_status() {
    let (address, _requests) = raw_server(vec![answer("403 Forbidden", "", "no")]);
    let refused = market_socket::connect(&settings_once(address), &[token(1)]).await.err();
    assert_eq!(refused, Some(SocketError::Refused { status: 403 }));
}

#[actix_rt::test]
async fn a_server_that_never_upgrades_costs_one_time_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = settings_once(listener.local_addr().unwrap());
    settings.request_timeout = Duration::from_millis(100);
    let begin = Instant::now();
    let error = market_socket::connect(&settings, &[token(1)]).await.err();
    assert!(matches!(error, Some(SocketError::Connect(VenueError::Timeout { .. }))), "{error:?}");
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[actix_rt::test]
async fn a_socket_goes_through_the_proxy_too() {
    let (address, requests) = raw_server(vec![answer("407 Login Required", "", "")]);
    let mut settings = settings_once(address);
    settings.proxy = Proxy::parse(&format!("http://{address}")).unwrap();
    settings.hosts.market_socket = "ws://venue.invalid/ws/market".to_owned();
    let error = market_socket::connect(&settings, &[token(1)]).await.err();
    assert!(matches!(error, Some(SocketError::Connect(VenueError::Connect { .. }))), "{error:?}");
    assert!(
        requests
            .recv_timeout(Duration::from_secs(10))
            .unwrap()
            .starts_with("CONNECT venue.invalid:80 ")
    );
}

#[actix_rt::test]
async fn live_trades_are_asked_for_in_one_topic_with_their_filter_as_text() {
    let (address, heard) = venue();
    let filter = TradeFilter::Event("who \"wins\"".to_owned());
    let mut events = rtds::connect(&settings_once(address), &filter).await.unwrap();
    let Some(Ok(SocketEvent::Frame(bytes))) = next(&mut events).await else { panic!("no frame") };
    assert!(matches!(rtds::parse_message(&bytes), Ok(RtdsMessage::Other { .. })));
    let heard: serde_json::Value = serde_json::from_str(&heard.lock().unwrap()[0]).unwrap();
    let entry = &heard["subscriptions"][0];
    assert_eq!((&heard["action"], &entry["type"]), (&"subscribe".into(), &"orders_matched".into()));
    assert_eq!(entry["filters"], r#"{"event_slug":"who \"wins\""}"#);
    let all: serde_json::Value =
        serde_json::from_str(&rtds::subscription(&TradeFilter::All)).unwrap();
    assert!(all["subscriptions"][0].get("filters").is_none());
}
