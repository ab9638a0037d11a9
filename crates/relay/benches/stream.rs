//! How much one Redis passes on from feeds to whoever decides: `cargo bench -p relay`.
//!
//! One shard, one connection on each side, entries of 64 frames of 725 bytes, 64 entries in one go; before that
//! single entries one after the other, as on a quiet market, timed from before they are sent until they are
//! read. The processor time is that of the server.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark reports")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use relay::testing::TestRedis;
use relay::{FeedEntry, FeedNews, HeldShard, Relay};

const FRAMES: usize = 64;
const FRAME_BYTES: usize = 725;
const ENTRIES: usize = 64;
const TURNS: u64 = 300;
const SINGLES: u64 = 2_000;
const LONG: Duration = Duration::from_secs(600);

fn entry(held: &HeldShard, number: u64, frames: usize) -> FeedEntry {
    let frames = vec![Bytes::from(vec![b'x'; FRAME_BYTES]); frames];
    let news = FeedNews::Frames { connection: 1, missing: 0, age_ms: 0, frames };
    FeedEntry { epoch: held.epoch(), first: number, number, news }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    let reading = Relay::connect_patiently(&server.settings(), LONG).await.unwrap();
    let held = relay.take_shard(0, "bench", LONG).await.unwrap().unwrap();
    let reader = reading.attend(0, 1).await.unwrap();
    let wait = Duration::from_millis(200);

    let mut number = 0;
    let mut took = Vec::new();
    let cpu = server.cpu_seconds();
    for _ in 0..SINGLES {
        number += 1;
        let sent = Instant::now();
        relay.append(&held, &[entry(&held, number, 1)]).await.unwrap();
        assert_eq!(reader.next(wait).await.unwrap().len(), 1);
        took.push(sent.elapsed().as_micros());
    }
    took.sort_unstable();
    let at = |percent: usize| took[took.len() * percent / 100];
    let cpu = (server.cpu_seconds() - cpu) / SINGLES as f64 * 1e6;
    println!(
        "one by one: p50 {} us, p95 {} us, p99 {} us; the server's processor {cpu:.0} us an entry",
        at(50),
        at(95),
        at(99)
    );

    let cpu = server.cpu_seconds();
    let begun = Instant::now();
    let mut read = number;
    for _ in 0..TURNS {
        let turn: Vec<_> =
            (0..ENTRIES as u64).map(|at| entry(&held, number + at + 1, FRAMES)).collect();
        number += ENTRIES as u64;
        relay.append(&held, &turn).await.unwrap();
        while read < number {
            read += reader.next(wait).await.unwrap().len() as u64;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    let entries = (TURNS * ENTRIES as u64) as f64;
    let frames = entries * FRAMES as f64;
    let (rate, mb) = (frames / took, frames * FRAME_BYTES as f64 / took / 1e6);
    let cpu = server.cpu_seconds() - cpu;
    println!("in bulk: {rate:.0} frames a second, {mb:.0} MB a second");
    println!(
        "the server's processor: {:.2} us a frame, {:.0} us an entry",
        cpu / frames * 1e6,
        cpu / entries * 1e6
    );
}
