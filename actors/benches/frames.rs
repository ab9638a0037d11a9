//! From frame bytes to applied book and checked opportunity, on one core.
//!
//! `cargo bench -p actors --bench frames [-- FRAMES]` generates frames in the shape of the
//! recordings, block by block so that generating is never timed, and reports what a frame costs.
//! Every round checks itself: all best prices and the number of opportunities must be those of the
//! generator. See docs/performance.md.

#![expect(clippy::print_stdout, reason = "a benchmark reports on the terminal")]
#![expect(clippy::panic, reason = "a figure of a wrong result must not be reported")]

#[path = "frames/generator.rs"]
mod generator;
#[path = "frames/market.rs"]
mod market;
#[path = "frames/world.rs"]
mod world;

use std::alloc::System;
use std::time::Instant;

use domain::{Frame, Price, TokenIndex, UnixMillis};
use engine::books::{Layout, ScreenEffect, Shelf};
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame, parse_tolerantly};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use crate::generator::{Block, Generator, Kind, Truth};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MARKETS: usize = 2_000;
const GROUPS: usize = 125;
const FRAMES: usize = 1_000_000;
const BLOCK: usize = 100_000;
/// Frames timed together. A median over chunks passes over those in which another program had the
/// processor.
const CHUNK: usize = 1_000;
const SEED: u64 = 7;

/// What runs over the frames.
struct Pipeline {
    table: TokenTable,
    shelf: Shelf,
    parsed: ParsedFrame,
    effects: Vec<ScreenEffect>,
    found: Truth,
    fell_back: u64,
    resyncs: u64,
}

impl Pipeline {
    fn new() -> (Self, Generator) {
        let (markets, groups) = market::universe(MARKETS, GROUPS);
        let layout = Layout::new(&markets, &groups);
        let table = TokenTable::new(layout.tokens()).unwrap_or_else(|e| panic!("{e}"));
        let conditions = markets.iter().map(|market| market.condition.to_string()).collect();
        let tokens = layout.tokens().iter().map(ToString::to_string).collect();
        let pipeline = Self {
            table,
            shelf: Shelf::new(layout),
            parsed: ParsedFrame::new(),
            effects: Vec::with_capacity(64),
            found: Truth::default(),
            fell_back: 0,
            resyncs: 0,
        };
        (pipeline, Generator::new(SEED, conditions, tokens))
    }
    #[inline(always)]
    fn take(&mut self, frame: &[u8]) {
        if let Err(error) = parse_frame(frame, &self.table, &mut self.parsed) {
            panic!("{error}: {}", String::from_utf8_lossy(frame));
        }
        self.fell_back += u64::from(self.parsed.fell_back());
        self.shelf.apply(self.parsed.frame(), UnixMillis(1), &mut self.effects);
        for effect in self.effects.drain(..) {
            match effect {
                ScreenEffect::Candidate(_) => self.found.candidates += 1,
                ScreenEffect::Over(_) => self.found.over += 1,
                ScreenEffect::Resync(_) => self.resyncs += 1,
            }
        }
    }
    /// Panics unless everything found is what the generator knows.
    fn verify(&self, generator: &Generator) {
        assert_eq!(self.found, generator.truth, "opportunities found against the truth");
        assert_eq!((self.fell_back, self.resyncs), (0, 0), "frames fell back, books suspected");
        for (at, market) in generator.world.markets.iter().enumerate() {
            for (no, token) in [(false, at * 2), (true, at * 2 + 1)] {
                let book = self.shelf.book(TokenIndex(token as u32));
                let Some(touch) = book.map(|book| book.untrusted().touch()) else {
                    panic!("no book of token {token}")
                };
                let grid = market.grid(no);
                let price =
                    |at: Option<u16>| at.and_then(|at| Price::from_ten_thousandths(at * 10));
                assert_eq!(
                    (touch.bid, touch.ask),
                    (price(grid.best_bid), price(grid.best_ask)),
                    "touch of token {token}"
                );
            }
        }
    }
}

fn main() {
    let frames = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(FRAMES);
    println!("{frames} frames, {MARKETS} markets, {GROUPS} neg-risk groups, one core");
    allocations();
    let mut touch = Vec::new();
    let mut parse = Vec::new();
    let mut tolerant = Vec::new();
    let mut whole = Vec::new();
    for _ in 0..3 {
        touch.push(parsing(frames / 10, |bytes, _, _| touched(bytes) != 0));
        parse.push(parsing(frames, |bytes, table, out| parse_frame(bytes, table, out).is_ok()));
        whole.push(throughput(frames));
        tolerant.push(parsing(frames / 10, |bytes, table, out| {
            parse_tolerantly(bytes, table, out).is_ok()
        }));
    }
    println!("copy and touch alone    {:>8.0} ns a frame", median(&mut touch));
    println!("tolerant parser alone   {:>8.0} ns a frame", median(&mut tolerant));
    println!("scanner alone           {:>8.0} ns a frame", median(&mut parse));
    let whole = median(&mut whole);
    println!("bytes to verdict        {whole:>8.0} ns a frame, {:.0} frames a second", 1e9 / whole);
    latency(frames);
}

/// Reads every byte: the least that any reader of a frame spends.
fn touched(bytes: &[u8]) -> u64 {
    let words = bytes.chunks_exact(8).filter_map(|chunk| chunk.first_chunk::<8>());
    words.fold(1, |sum, word| sum | u64::from_le_bytes(*word))
}

/// Nanoseconds a frame of parsing alone, a copy of the frame included.
fn parsing(frames: usize, parse: impl Fn(&[u8], &TokenTable, &mut ParsedFrame) -> bool) -> f64 {
    let (mut pipeline, mut generator) = Pipeline::new();
    let mut block = Block::default();
    generator.snapshots(&mut block);
    timed(frames, &mut generator, &mut block, |frame| {
        if !parse(frame, &pipeline.table, &mut pipeline.parsed) {
            panic!("a generated frame was refused");
        }
        std::hint::black_box::<&Frame>(pipeline.parsed.frame());
    })
}

/// Nanoseconds a frame from bytes to verdict, a copy of the frame included.
fn throughput(frames: usize) -> f64 {
    let (mut pipeline, mut generator, mut block) = warm();
    let spent = timed(frames, &mut generator, &mut block, |frame| pipeline.take(frame));
    pipeline.verify(&generator);
    spent
}

/// Nanoseconds a frame that `take` spends on a copy of it: the median over chunks of frames.
fn timed(
    frames: usize,
    generator: &mut Generator,
    block: &mut Block,
    mut take: impl FnMut(&[u8]),
) -> f64 {
    let mut copy = Vec::with_capacity(1 << 16);
    let (mut chunks, mut done) = (Vec::new(), 0);
    while done < frames {
        generator.fill(BLOCK.min(frames - done), block);
        let mut frames = block.frames();
        let mut left = block.ends.len();
        while left > 0 {
            let count = left.min(CHUNK);
            let start = Instant::now();
            for (frame, _) in frames.by_ref().take(count) {
                copy.clear();
                copy.extend_from_slice(frame);
                take(&copy);
            }
            chunks.push(start.elapsed().as_nanos() as f64 / count as f64);
            left -= count;
        }
        done += block.ends.len();
    }
    median(&mut chunks)
}

/// A pipeline that has seen all snapshots and a block of frames.
fn warm() -> (Pipeline, Generator, Block) {
    let (mut pipeline, mut generator) = Pipeline::new();
    let mut block = Block::default();
    generator.snapshots(&mut block);
    for (frame, _) in block.frames() {
        pipeline.take(frame);
    }
    generator.fill(BLOCK, &mut block);
    for (frame, _) in block.frames() {
        pipeline.take(frame);
    }
    pipeline.verify(&generator);
    (pipeline, generator, block)
}

/// Per frame: how long it takes, clock reads included.
fn latency(frames: usize) {
    let (mut pipeline, mut generator, mut block) = warm();
    let mut all = Vec::with_capacity(frames);
    let (mut changes, mut books) = (Vec::with_capacity(frames), Vec::with_capacity(frames));
    while all.len() < frames {
        generator.fill(BLOCK.min(frames - all.len()), &mut block);
        for (frame, kind) in block.frames() {
            let start = Instant::now();
            pipeline.take(frame);
            let spent = start.elapsed().as_nanos() as u64;
            all.push(spent);
            match kind {
                Kind::PriceChange => changes.push(spent),
                Kind::Book => books.push(spent),
                Kind::BestBidAsk | Kind::LastTrade => {}
            }
        }
    }
    pipeline.verify(&generator);
    for (name, mut samples) in [("all frames", all), ("price_change", changes), ("book", books)] {
        samples.sort_unstable();
        let at = |share: f64| {
            let rank = (samples.len() as f64 * share) as usize;
            samples.get(rank.min(samples.len() - 1)).copied().unwrap_or(0)
        };
        let (p50, p99, p999) = (at(0.5), at(0.99), at(0.999));
        println!("latency, {name:<14} p50 {p50} ns, p99 {p99} ns, p99.9 {p999} ns");
    }
    let Truth { candidates, over } = pipeline.found;
    println!("verified: {candidates} candidates, {over} ended, every best price equal");
}

/// Allocations of the warm pipeline, by kind of frame.
fn allocations() {
    let (mut pipeline, mut generator, mut block) = warm();
    let (mut count, mut bytes, mut frames, mut length) = ([0; 2], [0; 2], [0; 2], 0);
    for _ in 0..10 {
        generator.fill(BLOCK, &mut block);
        length += block.text.len();
        for (frame, kind) in block.frames() {
            let region = Region::new(ALLOCATOR);
            pipeline.take(frame);
            let change = region.change();
            let at = usize::from(kind != Kind::PriceChange);
            count[at] += change.allocations + change.reallocations;
            bytes[at] += change.bytes_allocated;
            frames[at] += 1;
        }
    }
    let average = length / (frames[0] + frames[1]);
    println!("{average} bytes a frame on average");
    for (at, name) in ["price_change", "other"].into_iter().enumerate() {
        println!(
            "allocations, {name:<12} {:.6} a frame, {:.4} bytes a frame, over {} frames",
            count[at] as f64 / frames[at] as f64,
            bytes[at] as f64 / frames[at] as f64,
            frames[at]
        );
    }
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}
