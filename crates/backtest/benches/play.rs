//! How many recorded frames a second one core plays: parsed, put into the books, looked at, and told
//! to three machines with all strategies.
//!
//! `RECORDINGS_DIR` names the folder of recordings; without them it says so and ends. The frames are
//! those of the long recordings in the current schema; that they are read and surveyed first is timed
//! apart.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and gives up")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use backtest::fees::Fees;
use backtest::machine::Terms;
use backtest::run::{Plan, Run};
use backtest::tape::TapeSettings;
use domain::Usd;
use engine::desk::DealerSettings;
use engine::detector::DetectorSettings;
use engine::risk::Limits;
use engine::strategy::{CATALOGUE, StrategiesSettings};

const ROUNDS: u32 = 7;

fn main() {
    let root = std::env::var_os("RECORDINGS_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join("ws_market_mlb_2025");
    if !folder.is_dir() {
        println!("SKIPPED: no recordings at {}", folder.display());
        return;
    }
    for schema in ["upgraded", "legacy"] {
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let of = |path: &PathBuf| path.to_string_lossy().contains(schema);
        let mut paths: Vec<_> = files.filter(of).collect();
        paths.sort();
        let (mut best, mut frames, mut surveyed) = (0, 0, 0);
        for _ in 0..ROUNDS {
            let began = Instant::now();
            let run = Run::new(plan(paths.clone()), &mut |_| {}).unwrap();
            let took = began.elapsed();
            let began = Instant::now();
            let report = run.play(&mut |_| {});
            frames = report.read.tape.frames;
            best = best.max(rate(frames, began.elapsed().as_nanos()));
            surveyed = surveyed.max(rate(frames, took.as_nanos()));
        }
        println!(
            "{schema:8} {frames} frames: {best} a second played, {surveyed} a second read and \
             surveyed (best of {ROUNDS})"
        );
    }
}

fn rate(frames: u64, nanos: u128) -> u128 {
    u128::from(frames) * 1_000_000_000 / nanos.max(1)
}

fn plan(paths: Vec<PathBuf>) -> Plan {
    Plan {
        paths,
        tape: TapeSettings::default(),
        fees: Fees::Recorded,
        detector: DetectorSettings::default(),
        terms: Terms {
            cash: Usd::from_whole(10_000),
            limits: Limits::default(),
            dealing: DealerSettings::default(),
            strategies: CATALOGUE.iter().collect(),
            settings: StrategiesSettings::default(),
            seed: 1,
            restarts: Vec::new(),
        },
    }
}
