//! Many clients of the live socket at once: how long an event takes to each of them, and what the
//! memory does. `cargo bench -p dutchbook --bench sockets`; the clients share the machine with the
//! server, so the figures are an upper bound.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed, and its figures are its output"
)]

#[path = "../tests/it/live_socket/client.rs"]
#[expect(dead_code, reason = "shared with the tests, which misbehave in more ways")]
mod client;
/// What the clients send for a token; nobody asks for it here.
mod service {
    pub(crate) const TOKEN: &str = "nobody-asks";
}

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::{App, HttpRequest, HttpServer, web};
use actors::fan_out::{Arrival, Frame, Hub, HubLimits};
use dutchbook::web::{connection::on_connect, live};

const CLIENTS: usize = 1_000;
const UPDATES_PER_SECOND: u32 = 50;
/// Of the updates, one in so many is a fact.
const FACT_EVERY: u32 = 5;
const MARKETS: u32 = 200;
const WARM_UP: Duration = Duration::from_secs(5);
const MEASURED: Duration = Duration::from_secs(30);
/// As long as an update of a market usually is.
const PADDING: usize = 280;

/// Nanoseconds between an event's publication and its arrival.
type Delays = Arc<Mutex<Vec<u64>>>;

fn main() {
    let hub = Hub::new(HubLimits::default(), |lost| format!("lagged {lost}").into());
    let (tell_port, port) = std::sync::mpsc::channel();
    let served = Arc::clone(&hub);
    std::thread::spawn(move || serve(&served, &tell_port));
    let port = port.recv().unwrap();
    let epoch = Instant::now();
    // Its memory is taken now, so that what grows later is not this list.
    let mut room = vec![1; CLIENTS * UPDATES_PER_SECOND as usize * 40];
    room.clear();
    let delays: Delays = Arc::new(Mutex::new(room));
    let is_measured = Arc::new(AtomicBool::new(false));
    let clients = (Arc::clone(&delays), Arc::clone(&is_measured));
    std::thread::spawn(move || listen(port, epoch, &clients.0, &clients.1));
    while hub.len() < CLIENTS + 1 {
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("{CLIENTS} clients listen, and one that never reads");
    publish(&hub, epoch, WARM_UP);
    let memory_before = memory_bytes();
    is_measured.store(true, Relaxed);
    let published = publish(&hub, epoch, MEASURED);
    is_measured.store(false, Relaxed);
    let memory_after = memory_bytes();
    let mut delays = std::mem::take(&mut *delays.lock().unwrap());
    delays.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list of figures"
        )]
        let place = ((delays.len() - 1) as f64 * share) as usize;
        Duration::from_nanos(delays[place])
    };
    println!("{published} updates in {MEASURED:?}, {} arrivals", delays.len());
    let (p50, p99, p999, max) = (at(0.5), at(0.99), at(0.999), at(1.0));
    println!("event to client: p50 {p50:?}, p99 {p99:?}, p99.9 {p999:?}, max {max:?}");
    let kib = |bytes: u64| bytes >> 10;
    println!("memory: {} KiB before, {} KiB after", kib(memory_before), kib(memory_after));
    println!("{:?}", hub.totals());
}

fn serve(hub: &Arc<Hub>, tell_port: &std::sync::mpsc::Sender<u16>) {
    let hub = Arc::clone(hub);
    actix_web::rt::System::new().block_on(async move {
        let sweeper = Arc::clone(&hub);
        actix_web::rt::spawn(async move {
            loop {
                actix_web::rt::time::sleep(Duration::from_secs(1)).await;
                sweeper.sweep();
            }
        });
        let server = HttpServer::new(move || {
            let hub = Arc::clone(&hub);
            let accept = move |request: HttpRequest, body: web::Payload| {
                let hub = Arc::clone(&hub);
                async move {
                    let nothing: live::OnText = Arc::new(|_, _| {});
                    let terms = live::Terms { on_text: nothing, in_force: None };
                    live::accept(&hub, Arrival::default(), terms, &request, body)
                }
            };
            App::new().route("/ws", web::get().to(accept))
        })
        .on_connect(on_connect)
        .workers(2)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        tell_port.send(server.addrs().first().unwrap().port()).unwrap();
        server.run().await.unwrap();
    });
}

/// Publishes evenly for `time`; returns how many.
fn publish(hub: &Hub, epoch: Instant, time: Duration) -> u32 {
    let begun = Instant::now();
    let padding = "x".repeat(PADDING);
    let mut published = 0;
    while begun.elapsed() < time {
        let due = begun + Duration::from_secs(1) / UPDATES_PER_SECOND * published;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let text = || format!("{:020}{padding}", epoch.elapsed().as_nanos());
        if published % FACT_EVERY == 0 {
            hub.publish_fact("opportunity", |_| text().into());
        } else {
            let key = u64::from(published % MARKETS) + 1;
            hub.publish(&Frame::state(key, text()).of("market_update"));
        }
        published += 1;
    }
    published
}

fn listen(port: u16, epoch: Instant, delays: &Delays, is_measured: &Arc<AtomicBool>) {
    actix_web::rt::System::new().block_on(async move {
        let _never_read = client::upgrade(port, Some(4096)).await;
        for _ in 0..CLIENTS {
            let (_, mut stream) = client::upgrade(port, None).await;
            let (delays, is_measured) = (Arc::clone(delays), Arc::clone(is_measured));
            actix_web::rt::spawn(async move {
                while let Ok((kind, payload)) = client::frame(&mut stream).await {
                    if kind == client::PING {
                        client::send(&mut stream, client::PONG, b"").await;
                    } else if is_measured.load(Relaxed) {
                        let sent: u64 =
                            std::str::from_utf8(&payload[..20]).unwrap().parse().unwrap();
                        let now = u64::try_from(epoch.elapsed().as_nanos()).unwrap();
                        delays.lock().unwrap().push(now - sent);
                    }
                }
            });
        }
        std::future::pending::<()>().await;
    });
}

/// What the process holds in memory: server, clients and the figures themselves.
fn memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
