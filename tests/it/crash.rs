//! The process is killed, again and again, at any moment: nothing is lost, doubled or invented.
//!
//! The simulated venue runs in the test and outlives every process; it loses answers of orders that
//! it took, and now and then fails to settle. After each kill the journal is read: it folds, every
//! order that the venue took stands in it, once an intent, and no limit was ever passed. From time
//! to time the strategies are paused until everything has settled, and the ledger must equal the
//! venue's auditor to the millionth. Every few hundred kills another venue and another account begin.
//!
//! `DUTCHBOOK_TEST_KILLS` says how often (default 40, CI 150), `DUTCHBOOK_TEST_SEED` where chance
//! begins.

mod budget;
pub(crate) mod journal;
pub(crate) mod process;

use std::time::{Duration, Instant};

use actors::crash_point::CrashPoint;
use domain::Usd;
use simvenue::{
    ChainOptions, CrowdOptions, Fault, FaultPlan, ParityDirection, RateLimits, RunningVenue,
    SettlementPace, SimOptions, SimVenue,
};

use journal::Witness;
use process::{Process, Stage};

/// After so many kills everything is let settle and compared.
const CALM_EVERY: usize = 100;
/// So many kills have one venue and one journal; the next ones begin anew.
const LIFE: usize = 500;
/// Every other kill waits for a narrow place, at most so long.
const PLACE_WAIT: Duration = Duration::from_secs(12);
/// While it waits something is ordered by hand so often: strategies alone come to some places seldom.
const NUDGE_EVERY: Duration = Duration::from_millis(500);
/// An order of which nobody knows whether it left is over after a minute (`arrival_max`); what its
/// plan holds by then takes transactions, each asked for again after 20 s while answers are lost.
const CALM_WAIT: Duration = Duration::from_secs(240);

/// A small generator, so that a seed tells the whole run.
pub(crate) struct Dice(pub(crate) u64);
impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

pub(crate) fn venue(seed: u64) -> RunningVenue {
    SimVenue::start(SimOptions {
        seed,
        speed_percent: 100,
        crowd: CrowdOptions::default(),
        faults: FaultPlan {
            lose_reply_ppm: 200_000,
            lose_relayer_reply_ppm: 200_000,
            delay_matching_ppm: 50_000,
            fail_settlement_ppm: 20_000,
            retry_settlement_ppm: 50_000,
            race_cancel_ppm: 200_000,
            lose_user_event_ppm: 50_000,
            duplicate_user_event_ppm: 50_000,
            revert_transaction_ppm: 20_000,
            ..FaultPlan::default()
        },
        limits: RateLimits::Off,
        settlement: SettlementPace { mined_ms: 60, confirmed_ms: 120 },
        chain: ChainOptions { block_ms: 60 },
        ..SimOptions::default()
    })
    .unwrap()
}

/// Something to trade: both outcomes of a market do not add up for a while.
pub(crate) fn upset(venue: &RunningVenue, dice: &mut Dice) {
    for direction in [ParityDirection::Dear, ParityDirection::Cheap] {
        let edge = 200 + dice.below(400) as u16;
        venue.inject(Fault::Parity { market: None, direction, edge, for_ms: 4_000 }).unwrap();
    }
}

/// Waits until the process stands still at `at`.
async fn reach(
    process: &Process<'_>,
    venue: &RunningVenue,
    at: CrashPoint,
    dice: &mut Dice,
) -> bool {
    let start = Instant::now();
    while start.elapsed() < PLACE_WAIT {
        if process.stands_still_within(NUDGE_EVERY).await {
            return true;
        }
        upset(venue, dice);
        process.nudge(at, dice.below(50) as usize).await;
    }
    false
}

#[derive(Default)]
struct Tally {
    wanted: [u32; CrashPoint::ALL.len()],
    reached: [u32; CrashPoint::ALL.len()],
    anywhere: u32,
}

impl Tally {
    fn print(&self) {
        eprintln!("killed anywhere   {} times", self.anywhere);
        for ((at, wanted), reached) in CrashPoint::ALL.iter().zip(self.wanted).zip(self.reached) {
            eprintln!("killed at {:<10} {reached} times of {wanted}", at.name());
        }
    }
    fn share_percent(&self) -> u32 {
        let (wanted, reached): (u32, u32) = (self.wanted.iter().sum(), self.reached.iter().sum());
        (reached * 100).checked_div(wanted).unwrap_or(100)
    }
}

/// One venue, one account, and processes that do not live long.
async fn live(kills: usize, seed: u64, tally: &mut Tally) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let venue = venue(seed);
    let stage = Stage::set(&venue);
    let mut witness = Witness::default();
    let began = Instant::now();
    for kill in 1..=kills {
        upset(&venue, &mut dice);
        let place = dice.below(2 * CrashPoint::ALL.len() as u64) as usize;
        match CrashPoint::ALL.get(place) {
            Some(at) => {
                let nth = 1 + dice.below(2) as u32;
                let process = Process::start(&stage, Some((*at, nth)));
                tally.wanted[place] += 1;
                let reached = reach(&process, &venue, *at, &mut dice).await;
                tally.reached[place] += u32::from(reached);
                process.kill();
            }
            None => {
                let process = Process::start(&stage, None);
                actix_rt::time::sleep(Duration::from_millis(dice.below(1_000))).await;
                process.kill();
                tally.anywhere += 1;
            }
        }
        witness.look(&stage, &venue).await;
        if kill % CALM_EVERY == 0 || kill == kills {
            let process = Process::start(&stage, None);
            process.let_settle(CALM_WAIT).await;
            process.compare(&venue).await;
            process.kill();
            witness.look(&stage, &venue).await;
            let secs = began.elapsed().as_secs();
            eprintln!("seed {seed}: {kill} kills in {secs} s: {witness}");
        }
    }
    assert!(witness.orders > 0 && witness.fills > Usd::ZERO, "nothing was traded: {witness}");
    assert!(witness.kept > 0, "no desk was ever kept: {witness}");
}

#[actix_rt::test]
async fn killed_at_any_moment_it_loses_doubles_and_invents_nothing() {
    let usual = if std::env::var_os("DUTCHBOOK_REQUIRE_ALL").is_some() { 150 } else { 40 };
    let kills = number("DUTCHBOOK_TEST_KILLS", usual) as usize;
    let seed = number("DUTCHBOOK_TEST_SEED", 7);
    let mut tally = Tally::default();
    for (life, first) in (0..kills).step_by(LIFE).enumerate() {
        live(LIFE.min(kills - first), seed + life as u64, &mut tally).await;
    }
    tally.print();
    let reached = tally.share_percent();
    assert!(reached >= 80, "only {reached} % of the kills that wanted a place met it");
}
