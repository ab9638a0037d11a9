//! What supervision costs: the supervised inbox against a bare actix mailbox, on one arbiter.
//!
//! `cargo bench -p actors --bench supervision`. Every line is the median over several rounds, which
//! take turns so that a busy neighbour on the machine hits both alike.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark prints, and measures what is banned elsewhere"
)]

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use actix::{Actor, Addr, Context, Handler, Message, System};
use actors::supervision::{
    ActorRef, ChildSpec, Class, Handle, Life, Limits, Msg, OnCrash, Placement, RootOptions,
    Signals, Strategy, SupervisorSpec, start,
};

const BATCH: u64 = 1000;
const BATCHES: u64 = 500;
const ROUNDS: usize = 11;
const CRASHES: u64 = 200;
const WITHIN: Duration = Duration::from_secs(10);

struct Sink {
    count: Arc<AtomicU64>,
    sum: u64,
}

impl Actor for Sink {
    type Context = Context<Self>;
}

macro_rules! message {
    ($name:ident, $class:expr) => {
        #[derive(Message)]
        #[rtype(result = "u64")]
        struct $name([u64; 4]);

        impl Msg for $name {
            const CLASS: Class = $class;

            fn key(&self) -> u64 {
                self.0[0]
            }
        }

        impl Handler<$name> for Sink {
            type Result = u64;

            #[inline(never)]
            fn handle(&mut self, message: $name, _: &mut Context<Self>) -> u64 {
                self.sum = self.sum.wrapping_add(message.0[0]);
                self.count.fetch_add(1, Relaxed);
                self.sum
            }
        }
    };
}

message!(Normal, Class::Normal);
message!(Critical, Class::Critical);
message!(Latest, Class::Latest);

#[derive(Message)]
#[rtype(result = "()")]
struct Crash;

impl Msg for Crash {}

impl Handler<Crash> for Sink {
    type Result = ();

    fn handle(&mut self, _: Crash, _: &mut Context<Self>) {
        panic!("on purpose");
    }
}

/// Nanoseconds for each of so many things.
async fn timed(count: u64, work: impl Future<Output = ()>) -> f64 {
    let since = Instant::now();
    work.await;
    since.elapsed().as_nanos() as f64 / count as f64
}

/// Batches of sends, each handled before the next.
async fn batches(count: &AtomicU64, send: impl Fn(u64)) -> f64 {
    timed(BATCH * BATCHES, async {
        for _ in 0..BATCHES {
            let target = count.load(Relaxed) + BATCH;
            (0..BATCH).for_each(&send);
            while count.load(Relaxed) < target {
                actix_rt::task::yield_now().await;
            }
        }
    })
    .await
}

async fn crashes(actor: &ActorRef<Sink>) -> f64 {
    timed(CRASHES, async {
        for i in 0..CRASHES {
            actor.tell(Crash).unwrap();
            actor.ask(Critical([i; 4]), WITHIN).await.unwrap();
        }
    })
    .await
}

struct Line {
    name: &'static str,
    rounds: Vec<f64>,
}

impl Line {
    fn median(&self) -> f64 {
        let mut sorted = self.rounds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }
}

struct Table(Vec<Line>);

impl Table {
    fn add(&mut self, name: &'static str, nanos: f64) {
        match self.0.iter_mut().find(|line| line.name == name) {
            Some(line) => line.rounds.push(nanos),
            None => self.0.push(Line { name, rounds: vec![nanos] }),
        }
    }

    fn print(&self) {
        for line in &self.0 {
            let (low, high) = line
                .rounds
                .iter()
                .fold((f64::MAX, 0.0f64), |(low, high), ns| (low.min(*ns), high.max(*ns)));
            println!("{:58} median {:8.1} ns   ({low:.1} to {high:.1})", line.name, line.median());
        }
    }
}

struct Subjects {
    count: Arc<AtomicU64>,
    plain: Addr<Sink>,
    here: ActorRef<Sink>,
    handle: Handle<Normal>,
    there: ActorRef<Sink>,
}

async fn round(subjects: &Subjects, table: &mut Table) {
    let Subjects { count, plain, here, handle, there } = subjects;
    let ns = batches(count, |i| Addr::do_send(plain, Normal([i; 4]))).await;
    table.add(BARE, ns);
    let ns = batches(count, |i| here.tell(Normal([i; 4])).unwrap()).await;
    table.add(SUPERVISED, ns);
    let ns = batches(count, |i| here.tell(Critical([i; 4])).unwrap()).await;
    table.add("same arbiter: ActorRef::tell, critical", ns);
    let ns = batches(count, |i| handle.tell(Normal([i; 4])).unwrap()).await;
    table.add("same arbiter: Handle::tell", ns);
    let ns = batches(count, |i| here.tell(Latest([i; 4])).unwrap()).await;
    table.add("same arbiter: ActorRef::tell, latest, distinct keys", ns);
    let ns = batches(count, |i| there.tell(Normal([i; 4])).unwrap()).await;
    table.add("other thread: ActorRef::tell", ns);
    const ASKS: u64 = 20_000;
    let ns = timed(ASKS, async {
        for i in 0..ASKS {
            plain.send(Normal([i; 4])).await.unwrap();
        }
    });
    table.add("same arbiter: bare actix send().await, no deadline", ns.await);
    let ns = timed(ASKS, async {
        for i in 0..ASKS {
            here.ask(Normal([i; 4]), WITHIN).await.unwrap();
        }
    });
    table.add("same arbiter: ActorRef::ask, with deadline", ns.await);
    table.add("same arbiter: panic to answer of the successor", crashes(here).await);
    table.add("other thread: panic to answer of the successor", crashes(there).await);
}

const BARE: &str = "same arbiter: bare actix Addr::do_send";
const SUPERVISED: &str = "same arbiter: ActorRef::tell";

fn main() {
    System::new().block_on(async {
        let count = Arc::new(AtomicU64::new(0));
        let room = BATCH as usize;
        let limits =
            Limits { critical: room, normal: room, latest_keys: room, ..Limits::default() };
        let child = |name, placement| {
            let count = count.clone();
            ChildSpec::actor(name, move |_, _: &Life<Sink>| Sink { count: count.clone(), sum: 0 })
                .limits(limits)
                .on_crash(OnCrash::KeepAll)
                .placement(placement)
                .build()
        };
        let (here_spec, here) = child("here", Placement::Inherit);
        let (there_spec, there) = child("there", Placement::Dedicated);
        let spec = SupervisorSpec::new("root", Strategy::OneForOne)
            .intensity(usize::MAX, WITHIN)
            .child(here_spec)
            .child(there_spec);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(spec, &options);
        running.ready().await;
        let plain = Sink { count: count.clone(), sum: 0 }.start();
        let handle = here.handle();
        let subjects = Subjects { count, plain, here, handle, there };
        let mut table = Table(Vec::new());
        for _ in 0..ROUNDS {
            round(&subjects, &mut table).await;
        }
        println!("{ROUNDS} rounds of {} messages in batches of {BATCH}", BATCH * BATCHES);
        table.print();
        let of = |name| table.0.iter().find(|line| line.name == name).map_or(0.0, Line::median);
        println!(
            "supervised minus bare: {:+.1} ns a message ({:.2} of bare)",
            of(SUPERVISED) - of(BARE),
            of(SUPERVISED) / of(BARE)
        );
    });
}
