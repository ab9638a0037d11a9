//! A demo in a hurry with every fault on: in the end the books agree, nothing is stuck, and memory
//! has not grown.
//!
//! `DUTCHBOOK_TEST_CHAOS_SECONDS` says how long (default 20), `DUTCHBOOK_TEST_SPEED_PERCENT` how
//! fast (default 100), `DUTCHBOOK_TEST_TURNOVER_S` after how many simulated seconds a group and a
//! question end each time (default: none does). `cargo xtask chaos` runs ten minutes at twenty times
//! the speed, optimised.

use std::time::{Duration, Instant};

use domain::DurationMillis;
use simvenue::{ChainOptions, FaultPlan, RateLimits, SettlementPace, SimOptions, SimVenue};

use crate::crash::process::{Process, Stage};

/// Growth that a longer journal and more history may need.
const GROWTH_KIB_MAX: u64 = 64 * 1024;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[actix_rt::test]
async fn with_every_fault_on_the_books_agree_in_the_end_and_nothing_is_stuck() {
    let length = Duration::from_secs(number("DUTCHBOOK_TEST_CHAOS_SECONDS", 20));
    let speed_percent = number("DUTCHBOOK_TEST_SPEED_PERCENT", 100) as u32;
    let seed = number("DUTCHBOOK_TEST_SEED", 11);
    let turnover_s = number("DUTCHBOOK_TEST_TURNOVER_S", 0) as i64;
    let pace = |ms: u32| (ms * 100 / speed_percent).max(20);
    let venue = SimVenue::start(SimOptions {
        seed,
        speed_percent,
        faults: FaultPlan::rough(),
        turnover: (turnover_s > 0).then(|| DurationMillis::from_seconds(turnover_s)),
        limits: RateLimits::Off,
        settlement: SettlementPace { mined_ms: pace(300), confirmed_ms: pace(1_000) },
        chain: ChainOptions { block_ms: pace(1_000) },
        ..SimOptions::default()
    })
    .unwrap();
    let stage = Stage::set(&venue);
    let process = Process::start(&stage, None);
    let began = Instant::now();
    let mut after_a_third = None;
    while began.elapsed() < length {
        actix_rt::time::sleep(Duration::from_millis(500)).await;
        if after_a_third.is_none() && began.elapsed() > length / 3 {
            after_a_third = Some(process.memory_kib());
        }
    }
    let (before, after) = (after_a_third.unwrap_or_default(), process.memory_kib());
    venue.set_faults(FaultPlan::default(), None);
    process.resume().await;
    process.let_settle(Duration::from_secs(300)).await;
    process.compare(&venue).await;
    let audit = venue.audit();
    let account = audit.accounts.iter().find(|it| it.maker == stage.funder).unwrap();
    eprintln!(
        "{} s at {speed_percent} %: {} orders, {} trades, memory {before} to {after} KiB",
        began.elapsed().as_secs(),
        account.orders_accepted,
        account.trades.len()
    );
    assert!(account.orders_accepted > 0, "nothing was traded");
    assert!(after < before + GROWTH_KIB_MAX, "memory grew from {before} to {after} KiB");
}
