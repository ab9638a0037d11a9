//! What recording costs whoever applies frames: the same frames with a recorder and without.
//!
//! `cargo bench -p actors --bench recording [-- --rate N --seconds N]` gives frames in batches of 64,
//! so many a second, to the books. Rounds without a recorder, with it, and without it once more take
//! turns; what the two without differ by is noise. The recorder is the real one: an actor on a thread
//! of its own that writes segments into a temporary folder. Timed is what the books' thread spends on
//! a batch: parsing it, applying it, and saying it, as the books do; and the saying alone.
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
    ChildSpec, Life, Placement, RootOptions, Signals, Strategy, SupervisorSpec, start,
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
const ROUNDS: usize = 7;

/// What the books' thread does with a batch.
struct Desk {
    table: TokenTable,
    shelf: Shelf,
    parsed: ParsedFrame,
    effects: Vec<ScreenEffect>,
}

impl Desk {
    fn take(&mut self, notes: &Notes, frames: Vec<Bytes>) -> Spent {
        let begun = Instant::now();
        for frame in &frames {
            if let Err(error) = parse_frame(frame, &self.table, &mut self.parsed) {
                panic!("{error}");
            }
            self.shelf.apply(self.parsed.frame(), UnixMillis(1), &mut self.effects);
            self.effects.clear();
        }
        let applied = begun.elapsed();
        let note = || Note::Frames { shard: 0, missing: 0, frames, stated_at: None };
        notes.say(UnixMillis(1), note);
        let whole = begun.elapsed();
        Spent { whole, saying: whole - applied }
    }
}

/// What a batch took.
#[derive(Clone, Copy)]
struct Spent {
    whole: Duration,
    /// Saying the frames; without a recorder it is letting go of them.
    saying: Duration,
}

fn main() {
    let argument = |name: &str, usual: u64| {
        let mut all = std::env::args().skip_while(|it| it != name);
        all.nth(1).map_or(usual, |text| text.parse().unwrap())
    };
    let (rate, seconds) = (argument("--rate", 10_000), argument("--seconds", 2));
    let folder = tempfile::tempdir().unwrap();
    let on = Notes::kept();
    let spec = recorder(folder.path(), on.clone());
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

fn recorder(folder: &Path, notes: Notes) -> ChildSpec {
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
    ChildSpec::actor("recorder", actor).placement(Placement::Dedicated).build().0
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
    let names = ["without", "with", "without"];
    let mut took: [Vec<Vec<Spent>>; 3] = Default::default();
    for turn in 0..ROUNDS {
        for step in 0..names.len() {
            let which = (turn + step) % names.len();
            let notes = [&off, on, &off][which];
            took[which].push(round(&mut desk, &mut generator, notes, rate, seconds));
            // Whatever the recorder still has to do is not the next round's.
            std::thread::sleep(Duration::from_millis(300));
        }
    }
    for (rounds, name) in took.iter().zip(names) {
        report(name, rounds);
    }
}

fn report(name: &str, rounds: &[Vec<Spent>]) {
    let of = |spent: &[Spent], permille: usize, what: fn(&Spent) -> Duration| {
        let mut all: Vec<_> = spent.iter().map(what).collect();
        all.sort_unstable();
        all[all.len() * permille / 1_000].as_nanos() / BATCH as u128
    };
    let whole = |spent: &Spent| spent.whole;
    let mut middles: Vec<_> = rounds.iter().map(|round| of(round, 500, whole)).collect();
    middles.sort_unstable();
    let all = rounds.concat();
    println!(
        "{name:>8} a recorder: {} batches, ns a frame p50 {}, p90 {}, p99 {}; rounds' p50 {} to {}, \
         the middle one {}; saying p50 {}, p99 {}",
        all.len(),
        of(&all, 500, whole),
        of(&all, 900, whole),
        of(&all, 990, whole),
        middles[0],
        middles[middles.len() - 1],
        middles[middles.len() / 2],
        of(&all, 500, |spent| spent.saying),
        of(&all, 990, |spent| spent.saying),
    );
}

fn round(
    desk: &mut Desk,
    generator: &mut Generator,
    notes: &Notes,
    rate: u64,
    seconds: u64,
) -> Vec<Spent> {
    let mut block = Block::default();
    generator.fill(usize::try_from(rate * seconds).unwrap(), &mut block);
    let frames: Vec<Bytes> =
        block.frames().map(|(frame, _)| Bytes::copy_from_slice(frame)).collect();
    let gap = Duration::from_nanos(1_000_000_000 / rate) * u32::try_from(BATCH).unwrap();
    let begun = Instant::now();
    let batches = frames.chunks_exact(BATCH).enumerate();
    let timed = batches.map(|(number, batch)| {
        let due = begun + gap * u32::try_from(number).unwrap();
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        desk.take(notes, batch.to_vec())
    });
    timed.collect()
}

fn walk(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let size = |entry: std::fs::DirEntry| match entry.file_type().unwrap().is_dir() {
        true => walk(&entry.path()),
        false => entry.metadata().unwrap().len(),
    };
    entries.map(size).sum()
}
