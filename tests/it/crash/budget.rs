//! The process is killed while models are asked, again and again. The venue with its models runs in
//! the test and outlives every process; the models are slow, so that each kill cuts calls.

use std::time::Duration;

use actors::clock::Clock;
use domain::Usd;
use serde_json::Value;
use simvenue::{RateLimits, RunningVenue, SimOptions, SimVenue};
use store::{BudgetDay, Store};

use super::process::{Process, Stage};

const KILLS: u64 = 6;
const LIMIT: Usd = Usd::from_whole(1);
const WAIT: Duration = Duration::from_secs(120);
const SLOW: [&str; 10] = [
    "swarm.members=slow base=sim model=sim-tortoise in=1 out=5,slower base=sim model=sim-tortoise \
     in=1 out=5,quick base=sim model=sim-oracle in=1 out=5",
    "swarm.budget_usd_day=1",
    "swarm.samples=3",
    "swarm.quorum=1",
    "swarm.questions_max=4",
    "swarm.calls_max=20",
    "swarm.ask_again_h=0",
    "swarm.deadline_ms=20000",
    "swarm.call_ms_max=40000",
    "strategies.every.enabled=false",
];

async fn written(stage: &Stage) -> BudgetDay {
    let store = Store::connect(&stage.store()).await.unwrap();
    store.model_budget().day(Clock::System.now()).await.unwrap()
}

/// Calls that models were asked.
fn asked(venue: &RunningVenue) -> u64 {
    venue.requests().of("POST /models/{name}/v1/chat/completions")
}

fn calls_open(swarm: &Value) -> u64 {
    swarm["budget"]["calls_open"].as_u64().unwrap_or_default()
}

#[actix_rt::test]
async fn killed_while_models_are_asked_it_never_spends_more_than_the_day_has_and_frees_nothing() {
    let venue = SimVenue::start(SimOptions { limits: RateLimits::Off, ..SimOptions::default() });
    let venue = venue.unwrap();
    let stage = Stage::set(&venue);
    let today = BudgetDay::of(Clock::System.now());
    // What the processes that were killed have left behind.
    let (mut left, mut cut) = (BudgetDay::default(), 0);
    let eager: Vec<&str> = SLOW.into_iter().chain(["swarm.interval_s=1"]).collect();
    for kill in 0..KILLS {
        let process = Process::start_with(&stage, None, &eager);
        let is_asking = |swarm: &Value| {
            calls_open(swarm) > left.calls_open || swarm["budget"]["level"] == "stop"
        };
        process.until("/api/v1/swarm", WAIT, is_asking).await;
        actix_rt::time::sleep(Duration::from_millis(kill * 731 % 1_500)).await;
        process.kill();
        let day = written(&stage).await;
        if day.day != today {
            return eprintln!("a new day with a new budget began: the rest would prove nothing");
        }
        assert!(day.used() <= LIMIT, "kill {kill}: {day:?}");
        assert!(day.reserved >= left.reserved, "kill {kill} freed something: {left:?}, {day:?}");
        assert!(day.calls_open >= left.calls_open, "kill {kill}: {left:?}, {day:?}");
        cut += usize::from(day.calls_open > left.calls_open);
        left = day;
    }
    assert!(cut >= 2, "only {cut} of {KILLS} kills cut calls off: {left:?}");

    // One that asks nobody, so that nothing is on its way.
    let calm: Vec<&str> = SLOW.into_iter().chain(["swarm.interval_s=0"]).collect();
    let process = Process::start_with(&stage, None, &calm);
    process.until("/api/v1/swarm", WAIT, |swarm| swarm["budget"]["calls_open"].is_u64()).await;
    // The slowest answers to the dead are given meanwhile, and counted by the venue.
    actix_rt::time::sleep(Duration::from_secs(13)).await;
    let swarm = process.get("/api/v1/swarm").await;
    process.kill();
    let day = written(&stage).await;
    if day.day == today {
        assert_eq!(day, left, "a start changed what the dead had left");
        let known = day.calls + day.calls_open;
        assert!(asked(&venue) <= known, "{} calls, {known} reserved", asked(&venue));
        assert_eq!(swarm["budget"]["reserved"], left.reserved.to_string(), "{swarm:#}");
    }
}
