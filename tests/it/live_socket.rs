//! Live sessions over real TCP: a browser that stops reading holds nothing up.

pub(crate) mod client;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use actix_web::{App, HttpRequest, HttpServer, dev::ServerHandle, web};
use actors::fan_out::{Arrival, Frame, Goodbye, Hub, HubLimits, OutboxLimits};
use dutchbook::web::{connection::on_connect, live};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const LONG: Duration = Duration::from_secs(30);
const AWAY: Goodbye = Goodbye { code: 1001, reason: "the server is stopping" };

fn hub(limits: HubLimits) -> Arc<Hub> {
    Hub::new(limits, |lost| format!("lagged {lost}").into())
}

/// Greets with `hello` and echoes what clients say.
fn serve(hub: &Arc<Hub>) -> (u16, ServerHandle) {
    let hub = hub.clone();
    let server = HttpServer::new(move || {
        let hub = hub.clone();
        App::new().route(
            "/ws",
            web::get().to(move |request: HttpRequest, body: web::Payload| {
                let hub = hub.clone();
                async move {
                    let greeting = vec![Frame::fact("hello")];
                    let arrival = Arrival { greeting, ..Arrival::default() };
                    let echo: live::OnText =
                        Arc::new(|outbox, text| outbox.push(&Frame::fact(text.to_owned())));
                    let terms = live::Terms { on_text: echo, in_force: None };
                    live::accept(&hub, arrival, terms, &request, body)
                }
            }),
        )
    })
    .on_connect(on_connect)
    .workers(1)
    .shutdown_timeout(10)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let port = server.addrs().first().unwrap().port();
    let server = server.run();
    let handle = server.handle();
    actix_rt::spawn(server);
    (port, handle)
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < LONG, "timed out waiting for: {what}");
        actix_rt::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn open(port: u16) -> BufReader<TcpStream> {
    let (answer, stream) = client::upgrade(port, None).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    stream
}

#[test]
fn a_client_is_greeted_heard_pinged_and_told_to_go_away() {
    actix_rt::System::new().block_on(async {
        let ping = Duration::from_millis(50);
        let hub = hub(HubLimits { ping, ..HubLimits::default() });
        let (port, server) = serve(&hub);
        let mut browser = open(port).await;
        assert_eq!(client::text(&mut browser).await, "hello");
        client::send(&mut browser, client::TEXT, b"are you there?").await;
        assert_eq!(client::text(&mut browser).await, "are you there?");
        actix_rt::time::sleep(2 * ping).await;
        hub.sweep();
        assert_eq!(client::frame(&mut browser).await.unwrap().0, client::PING);
        hub.go_away(AWAY);
        let (kind, payload) = client::frame(&mut browser).await.unwrap();
        assert_eq!((kind, payload.get(..2)), (client::CLOSE, Some(&1001u16.to_be_bytes()[..])));
        server.stop(true).await;
        assert!(hub.is_empty());
    });
}

#[test]
fn a_full_hub_answers_503_and_a_failed_handshake_takes_no_place() {
    actix_rt::System::new().block_on(async {
        let hub = hub(HubLimits { clients: 1, ..HubLimits::default() });
        let (port, server) = serve(&hub);
        let mut plain = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        plain.write_all(b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        plain.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(hub.is_empty());
        let browser = open(port).await;
        let (answer, _) = client::upgrade(port, None).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("retry-after"), "{answer}");
        drop(browser);
        until("its place is free", || hub.is_empty()).await;
        server.stop(false).await;
    });
}

#[test]
fn frames_beyond_the_protocol_or_the_bound_end_the_session_with_the_right_code() {
    actix_rt::System::new().block_on(async {
        let hub = hub(HubLimits { inbound_bytes_max: 100, ..HubLimits::default() });
        let (port, server) = serve(&hub);
        let big = [b'x'; 101];
        for (kind, payload, code) in [
            (client::TEXT, &big[..], 1009u16),
            (client::BINARY, b"no", 1003),
            (client::TEXT_FRAGMENT, b"a part", 1009),
        ] {
            let mut browser = open(port).await;
            assert_eq!(client::text(&mut browser).await, "hello");
            client::send(&mut browser, kind, payload).await;
            let (kind, payload) = client::frame(&mut browser).await.unwrap();
            assert_eq!(kind, client::CLOSE);
            assert_eq!(payload.get(..2), Some(&code.to_be_bytes()[..]));
        }
        until("all gone", || hub.is_empty()).await;
        server.stop(false).await;
    });
}

const READING: usize = 200;
const STALLED: usize = 20;
const KEYS: u64 = 20;
const ROUNDS: u64 = 300;

/// What the clients that read have seen.
#[derive(Default)]
struct Seen {
    facts: AtomicU64,
    newest: AtomicU64,
    disordered: AtomicU64,
    unexpected: AtomicU64,
    goodbyes: AtomicU64,
}

async fn read_all(mut browser: BufReader<TcpStream>, seen: Arc<Seen>) {
    let mut newest = [0u64; KEYS as usize];
    let mut facts = 0;
    while let Ok((kind, payload)) = client::frame(&mut browser).await {
        let text = String::from_utf8_lossy(&payload);
        let words: Vec<&str> = text.split(' ').collect();
        match (kind, words.as_slice()) {
            (client::CLOSE, _) => {
                seen.goodbyes.fetch_add(1, SeqCst);
                return;
            }
            (client::TEXT, ["fact", number]) => {
                facts += 1;
                if number.parse() != Ok(facts) {
                    seen.disordered.fetch_add(1, SeqCst);
                }
                seen.facts.fetch_add(1, SeqCst);
            }
            (client::TEXT, ["state", key, round, _]) => {
                let (key, round): (usize, u64) = (key.parse().unwrap(), round.parse().unwrap());
                let last = newest.get_mut(key).unwrap();
                if round <= *last {
                    seen.disordered.fetch_add(1, SeqCst);
                }
                *last = round;
                if round > ROUNDS - KEYS / 4 {
                    seen.newest.fetch_add(1, SeqCst);
                }
            }
            (client::TEXT, ["hello"]) => {}
            _ => {
                seen.unexpected.fetch_add(1, SeqCst);
            }
        }
    }
}

#[test]
fn clients_that_never_read_hold_nobody_up_and_are_cut_off() {
    actix_rt::System::new().block_on(async {
        let outbox = OutboxLimits { facts: 64, keys: 64, bytes: 128 << 10 };
        let stall = Duration::from_secs(3);
        let hub = hub(HubLimits { stall, outbox, ..HubLimits::default() });
        let (port, server) = serve(&hub);
        let seen = Arc::new(Seen::default());
        let of_clients = seen.clone();
        // on a thread of their own, as browsers are
        let clients = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let mut never_read = Vec::new();
                for _ in 0..STALLED {
                    never_read.push(client::upgrade(port, Some(4096)).await);
                }
                let mut reading = tokio::task::JoinSet::new();
                for _ in 0..READING {
                    reading.spawn(read_all(open(port).await, of_clients.clone()));
                }
                while let Some(ended) = reading.join_next().await {
                    ended.unwrap();
                }
                drop(never_read);
            });
        });
        until("all connected", || hub.len() == READING + STALLED).await;
        let padding = "x".repeat(1000);
        let mut facts = 0;
        let mut backlog_bytes_max = 0;
        for round in 1..=ROUNDS {
            for i in 0..4 {
                let key = (round * 4 + i) % KEYS;
                hub.publish(&Frame::state(key, format!("state {key} {round} {padding}")));
            }
            if round % 10 == 0 {
                facts += 1;
                hub.publish(&Frame::fact(format!("fact {facts}")));
                backlog_bytes_max = backlog_bytes_max.max(hub.backlog_bytes_max());
                hub.sweep();
            }
            actix_rt::time::sleep(Duration::from_millis(5)).await;
        }
        until("every fact and the newest state with everyone who reads", || {
            seen.facts.load(SeqCst) == facts * READING as u64
                && seen.newest.load(SeqCst) == KEYS * READING as u64
        })
        .await;
        until("the others cut off", || {
            hub.sweep();
            hub.len() == READING
        })
        .await;
        assert_eq!(seen.disordered.load(SeqCst), 0);
        assert_eq!(seen.unexpected.load(SeqCst), 0);
        assert_eq!(hub.totals().stalled, STALLED as u64);
        assert_eq!(hub.totals().silent, 0);
        assert!(backlog_bytes_max <= outbox.bytes, "{backlog_bytes_max}");
        hub.go_away(AWAY);
        let since = Instant::now();
        server.stop(true).await;
        assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
        clients.join().unwrap();
        assert_eq!(seen.goodbyes.load(SeqCst), READING as u64);
        assert!(hub.is_empty());
    });
}
