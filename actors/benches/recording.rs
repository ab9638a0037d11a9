//! What recording costs whoever applies frames: the same frames with a recorder and without.
//!
//! `cargo bench -p actors --bench recording [-- --rate N --seconds N]` gives frames in batches of 64,
//! so many a second, to the books; rounds with and without a recorder take turns. The recorder is the
//! real one: an actor on a thread of its own that writes segments into a temporary folder. Timed is
//! what the books' thread spends on a batch: parsing it, applying it, and saying it, as the books do.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark waits between batches, reports on standard output and fails by panicking"
)]
#![allow(dead_code, reason = "the generator belongs to another benchmark, which uses all of it")]

#[path = "frames/generator.rs"]
mod generator;
#[path = "frames/market.rs"]
mod market;
#[path = "frames/world.rs"]
mod world;

use std::path::Path;
use std::time::{Duration, Instant};

use actix::System;
use actors::clock::Clock;
use actors::recorder::{Notes, Recorder, RecorderSettings};
use actors::supervision::{
    ChildSpec, Life, Limits, Placement, RootOptions, Signals, Strategy, SupervisorSpec, start,
};
use bytes::Bytes;
use domain::UnixMillis;
use engine::books::{Layout, ScreenEffect, Shelf};
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};
use replay::Note;

use crate::generator::{Block, Generator};

const MARKETS: usize = 2_000;
const GROUPS: usize = 125;
const SEED: u64 = 7;
const BATCH: usize = 64;
const ROUNDS: usize = 6;

/// What the books' thread does with a batch.
struct Desk {
    table: TokenTable,
    shelf: Shelf,
    parsed: ParsedFrame,
    effects: Vec<ScreenEffect>,
}

impl Desk {
    fn take(&mut self, notes: &Notes, frames: Vec<Bytes>) {
        for frame in &frames {
            if let Err(error) = parse_frame(frame, &self.table, &mut self.parsed) {
                panic!("{error}");
            }
            self.shelf.apply(self.parsed.frame(), UnixMillis(1), &mut self.effects);
            self.effects.clear();
        }
        let note = || Note::Frames { shard: 0, missing: 0, frames, stated_at: None };
        notes.say(UnixMillis(1), note);
    }
}

fn main() {
    let argument = |name: &str, usual: u64| {
        let mut all = std::env::args().skip_while(|it| it != name);
        all.nth(1).map_or(usual, |text| text.parse().unwrap())
    };
    let (rate, seconds) = (argument("--rate", 10_000), argument("--seconds", 5));
    let folder = tempfile::tempdir().unwrap();
    let place = ChildSpec::reserve::<Recorder>("recorder")
        .limits(Limits { normal: 65_536, ..Limits::default() });
    let on = Notes::to(place.address().handle());
    let spec = recorder(place, folder.path(), on.clone());
    System::new().block_on(async move {
        let root = SupervisorSpec::new("root", Strategy::OneForOne).child(spec);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let _running = start(root, &options);
        actix_rt::time::sleep(Duration::from_millis(300)).await;
        compare(&on, rate, seconds);
    });
    let bytes: u64 = walk(folder.path());
    println!("{} MB on the disk", bytes >> 20);
}

fn recorder(
    place: actors::supervision::Reserved<Recorder>,
    folder: &Path,
    notes: Notes,
) -> ChildSpec {
    let settings = RecorderSettings {
        folder: folder.to_owned(),
        archive_bytes_max: 8 << 30,
        segment_bytes: 64 << 20,
        version: "bench".to_owned(),
        mode: "bench".to_owned(),
    };
    let actor = move |_: &mut _, life: &Life<Recorder>| {
        Recorder::new(life.clone(), settings.clone(), Clock::System, notes.clone())
    };
    place.actor(actor).placement(Placement::Dedicated).build().0
}

fn compare(on: &Notes, rate: u64, seconds: u64) {
    println!("{rate} frames a second, in batches of {BATCH}, {ROUNDS} rounds of {seconds} s each");
    let off = Notes::default();
    let (markets, groups) = market::universe(MARKETS, GROUPS);
    let layout = Layout::new(&markets, &groups);
    let table = TokenTable::new(layout.tokens()).unwrap();
    let conditions = markets.iter().map(|market| market.condition.to_string()).collect();
    let tokens = layout.tokens().iter().map(ToString::to_string).collect();
    let mut generator = Generator::new(SEED, conditions, tokens);
    let (shelf, parsed) = (Shelf::new(layout), ParsedFrame::new());
    let mut desk = Desk { table, shelf, parsed, effects: Vec::with_capacity(64) };
    let mut block = Block::default();
    generator.snapshots(&mut block);
    for (frame, _) in block.frames() {
        desk.take(&off, vec![Bytes::copy_from_slice(frame)]);
    }
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (spent, notes) in took.iter_mut().zip([&off, on]) {
            round(&mut desk, &mut generator, notes, rate, seconds, spent);
        }
    }
    for (spent, name) in took.iter_mut().zip(["without", "with"]) {
        spent.sort_unstable();
        let at = |permille: usize| spent.get(spent.len() * permille / 1_000).copied().unwrap_or(0);
        println!(
            "{name:>8} a recorder: {} batches, ns a frame p50 {}, p90 {}, p99 {}",
            spent.len(),
            at(500) / BATCH as u128,
            at(900) / BATCH as u128,
            at(990) / BATCH as u128
        );
    }
}

fn round(
    desk: &mut Desk,
    generator: &mut Generator,
    notes: &Notes,
    rate: u64,
    seconds: u64,
    spent: &mut Vec<u128>,
) {
    let mut block = Block::default();
    generator.fill(usize::try_from(rate * seconds).unwrap(), &mut block);
    let frames: Vec<Bytes> =
        block.frames().map(|(frame, _)| Bytes::copy_from_slice(frame)).collect();
    let gap = Duration::from_nanos(1_000_000_000 / rate) * u32::try_from(BATCH).unwrap();
    let begun = Instant::now();
    for (number, batch) in frames.chunks_exact(BATCH).enumerate() {
        let due = begun + gap * u32::try_from(number).unwrap();
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let batch = batch.to_vec();
        let start = Instant::now();
        desk.take(notes, batch);
        spent.push(start.elapsed().as_nanos());
    }
}

fn walk(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let size = |entry: std::fs::DirEntry| match entry.file_type().unwrap().is_dir() {
        true => walk(&entry.path()),
        false => entry.metadata().unwrap().len(),
    };
    entries.map(size).sum()
}
