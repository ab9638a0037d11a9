//! The venue in trouble: nothing is lost or doubled, nobody has to resume, and the reason is told.

use std::time::Duration;

use serde_json::{Value, json};
use simvenue::{Fault, RunningVenue, WalletKind};

use super::program::{CASH, LONG, Owner, Plan, Program, Start, resting, upset, venue};

/// Trades, meets a trouble, is told why, and trades again by itself when the trouble is over; in
/// the end the books agree to the millionth. `begin` is done to the venue until the words are told,
/// `end` once.
async fn weathers(seed: u64, words: &str, begin: &[Fault], end: Option<Fault>) {
    let venue = venue(seed);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Live, &venue, &owner).run();
    program.until_reconciled().await;
    program.until_it_trades(&venue, 0).await;
    for fault in begin {
        venue.inject(fault.clone()).unwrap();
    }
    is_told(&program, &venue, words).await;
    // The trouble goes on for a while, and whatever is found meanwhile is not traded.
    for _ in 0..6 {
        upset(&venue);
        actix_rt::time::sleep(Duration::from_millis(500)).await;
    }
    if let Some(fault) = end {
        venue.inject(fault).unwrap();
    }
    let before = program.fills().await;
    program.until_it_trades(&venue, before).await;
    let is_over = |risk: &Value| {
        assert_eq!(risk["halt"], Value::Null, "nobody had to resume: {risk:#}");
        risk["venue"]["orders_refused"].is_null()
    };
    program.until_or("/api/v1/risk", is_over, || upset(&venue)).await;
    program.let_settle().await;
    program.compare(&venue, &owner).await;
    no_order_twice(&program, &venue, &owner).await;
}

/// In words, where people look: with how trading stands, or in a decision.
async fn is_told(program: &Program, venue: &RunningVenue, words: &str) {
    let start = std::time::Instant::now();
    loop {
        upset(venue);
        let risk = program.get("/api/v1/risk").await;
        assert_eq!(risk["halt"], Value::Null, "{risk:#}");
        let why = risk["venue"]["orders_refused"].as_str().unwrap_or_default();
        let decisions = program.get("/api/v1/decisions?limit=100&verdict=refused").await;
        if why.contains(words) || decisions.to_string().contains(words) {
            return;
        }
        assert!(start.elapsed() < LONG, "{words:?} is not told: {risk:#}");
        actix_rt::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Each of our orders reached the venue once at most, and the venue has none that we have not.
async fn no_order_twice(program: &Program, venue: &RunningVenue, owner: &Owner) {
    let audit = venue.audit();
    let account = audit.accounts.iter().find(|it| it.maker == owner.funder).unwrap();
    for order in &account.orders {
        let ours = program.get(&format!("/api/v1/orders/{}", order.id)).await;
        assert_eq!(ours["id"], json!(order.id.to_string()), "not ours: {ours:#}");
    }
    assert!(account.orders.iter().all(|order| !order.is_open), "{account:#?}");
}

#[actix_rt::test]
async fn a_restart_of_the_engine_is_waited_for() {
    let words = "matching engine restarts";
    let fault = |status| Fault::RejectRequests { status, retry_after_s: Some(1), for_ms: 600_000 };
    let over = Fault::RejectRequests { status: 425, retry_after_s: None, for_ms: 0 };
    weathers(41, words, &[Fault::TooEarly { count: 6 }], None).await;
    weathers(42, words, &[fault(425)], Some(over)).await;
}

#[actix_rt::test]
async fn a_post_only_window_is_waited_for() {
    let words = "takes only post-only orders";
    weathers(43, words, &[Fault::PostOnlyWindow { for_ms: 8_000 }], None).await;
}

#[actix_rt::test]
async fn a_pause_of_trading_is_waited_for() {
    let words = "The venue has paused trading";
    let over = Fault::CancelOnly { for_ms: 0 };
    weathers(44, words, &[Fault::CancelOnly { for_ms: 600_000 }], Some(over)).await;
}

#[actix_rt::test]
async fn an_account_that_may_only_reduce_buys_again_when_it_may() {
    let words = "lets this account only reduce its positions";
    let over = Fault::ClosedOnly { for_ms: 0 };
    weathers(45, words, &[Fault::ClosedOnly { for_ms: 600_000 }], Some(over)).await;
}

#[actix_rt::test]
async fn errors_of_the_venue_open_the_breaker_and_its_recovery_closes_it() {
    let words = "failed to answer several orders in a row";
    let fault = |for_ms| Fault::RejectRequests { status: 502, retry_after_s: None, for_ms };
    weathers(46, words, &[fault(600_000)], Some(fault(0))).await;
}

#[actix_rt::test]
async fn lost_answers_in_a_row_open_the_breaker_and_no_order_is_doubled() {
    let words = "failed to answer several orders in a row";
    weathers(47, words, &[Fault::LoseReplies { count: 7 }], None).await;
}

#[actix_rt::test]
async fn a_short_outage_halts_nothing_and_everything_comes_back_by_itself() {
    let venue = venue(48);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Live, &venue, &owner).run();
    program.until_reconciled().await;
    program.until_it_trades(&venue, 2).await;
    for _ in 0..2 {
        upset(&venue);
        venue.inject(Fault::Outage { for_ms: 6_000 }).unwrap();
        program.until("/health/ready", |view| view["ready"] == false).await;
        program.until("/health/ready", |view| view["ready"] == true).await;
        let risk = program.get("/api/v1/risk").await;
        assert_eq!(risk["halt"], Value::Null, "{risk:#}");
        let before = program.fills().await;
        program.until_it_trades(&venue, before).await;
    }
    program.let_settle().await;
    program.compare(&venue, &owner).await;
    no_order_twice(&program, &venue, &owner).await;
}

#[actix_rt::test]
async fn with_the_heartbeat_on_the_venue_cancels_what_rests_once_the_process_is_gone() {
    let venue = venue(49);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let plan = Plan::new(Start::Live, &venue, &owner).by_hand().with("account.heartbeat=true");
    let program = plan.run();
    program.until_reconciled().await;
    let beats = || venue.requests().of("POST /clob/v1/heartbeats");
    let start = std::time::Instant::now();
    while beats() < 2 {
        assert!(start.elapsed() < LONG, "no heartbeats");
        actix_rt::time::sleep(Duration::from_millis(200)).await;
    }
    program.let_an_order_rest("rest").await;
    // It rests for longer than the venue's patience, for the beats go on.
    actix_rt::time::sleep(Duration::from_secs(13)).await;
    let resting = || resting(&venue, &owner);
    assert_eq!(resting(), 1);
    drop(program);
    let start = std::time::Instant::now();
    while resting() > 0 {
        assert!(start.elapsed() < LONG, "it rests although nobody beats any more");
        actix_rt::time::sleep(Duration::from_millis(200)).await;
    }
}
