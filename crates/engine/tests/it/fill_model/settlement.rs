//! What follows a match, and transactions.

use domain::{Lifetime, TradeState, Usd};
use engine::fill_model::{Busy, PaperExchange, PaperFact, PaperSettings, TaskStep, UNDER_WAY_MAX};

use super::{after, arrive, book, buy, settings, trades, with_book};
use crate::kit::{NOW, usd};
use crate::ledger::{YES, funded, shares, tag};

const FAK: Lifetime = Lifetime::FillAndKill;

fn states(exchange: &mut PaperExchange, ms: i64) -> Vec<TradeState> {
    trades(&exchange.advance(after(ms))).iter().map(|trade| trade.state).collect()
}

#[test]
fn a_trade_is_mined_and_confirmed_after_its_time() {
    let mut exchange = with_book("", "0.40x50");
    arrive(&mut exchange, buy(1, "50", "0.40", FAK));
    assert_eq!(exchange.next_at(), Some(after(1_100)));
    assert_eq!(states(&mut exchange, 1_099), []);
    assert_eq!(states(&mut exchange, 1_100), [TradeState::Mined]);
    assert_eq!(states(&mut exchange, 3_100), [TradeState::Confirmed]);
    assert_eq!(exchange.next_at(), None);
}

#[test]
fn a_trade_that_fails_is_sent_again_first_and_the_ledger_is_as_before() {
    let failing = PaperSettings { trade_failures_ppm: 1_000_000, ..settings() };
    let mut exchange = PaperExchange::new(failing);
    exchange.on_book(YES, &book("", "0.40x50"), NOW);
    exchange.submit(buy(1, "50", "0.40", FAK), NOW).unwrap();
    let mut ledger = funded("100");
    let news = exchange.advance(after(10_000));
    let told: Vec<TradeState> = trades(&news).iter().map(|trade| trade.state).collect();
    assert_eq!(told, [TradeState::Matched, TradeState::Retrying, TradeState::Failed]);
    for trade in trades(&news) {
        ledger.record_trade(&trade.report(NOW, tag("manual", 1))).unwrap();
    }
    assert_eq!(ledger.cash().free(), usd("100"));
    assert_eq!(ledger.position(YES).cost, Usd::ZERO);
}

#[test]
fn about_the_share_that_is_set_fails_and_always_the_same() {
    let run = || {
        let some = PaperSettings { trade_failures_ppm: 100_000, ..settings() };
        let mut exchange = PaperExchange::new(some);
        exchange.on_book(YES, &book("", "0.40x100000"), NOW);
        for n in 0..200u8 {
            let mut order = buy(n, "5", "0.40", FAK);
            order.draw = u64::from(n);
            exchange.submit(order, NOW).unwrap();
        }
        let news = exchange.advance(after(10_000));
        let failed = trades(&news).into_iter().filter(|trade| trade.state == TradeState::Failed);
        failed.map(|trade| trade.order).collect::<Vec<_>>()
    };
    assert!((5..=40).contains(&run().len()), "{}", run().len());
    assert_eq!(run(), run());
}

#[test]
fn a_trade_of_an_earlier_run_goes_on_settling() {
    let mut exchange = with_book("", "0.40x50");
    let news = arrive(&mut exchange, buy(1, "50", "0.40", FAK));
    let trade = trades(&news)[0].clone();
    let mut next_run = PaperExchange::new(settings());
    next_run.resume_trade(trade, after(60_000)).unwrap();
    let told = [TradeState::Mined, TradeState::Confirmed];
    assert_eq!(states(&mut next_run, 63_000), told);
}

#[test]
fn a_transaction_is_mined_and_has_its_verdict_after_the_time_of_the_chain() {
    let happens = vec![(1_000, TaskStep::Mined), (5_000, TaskStep::Confirmed)];
    for (failures_ppm, steps) in [(0, happens), (1_000_000, vec![(5_000, TaskStep::Failed)])] {
        let task_failures_ppm = failures_ppm;
        let mut exchange = PaperExchange::new(PaperSettings { task_failures_ppm, ..settings() });
        exchange.submit_task("split-1".to_owned(), 7, NOW).unwrap();
        for (at, step) in steps {
            assert_eq!(exchange.advance(after(at - 1)), []);
            let told = PaperFact::Task { task: "split-1".to_owned(), step };
            assert_eq!(exchange.advance(after(at))[0].fact, told);
        }
    }
}

#[test]
fn at_its_limit_it_takes_nothing_on_and_goes_on_with_the_rest() {
    let mut exchange = with_book("", "0.40x50");
    exchange.submit(buy(1, "50", "0.40", FAK), NOW).unwrap();
    // A transaction has two steps before it.
    for n in 0..UNDER_WAY_MAX / 2 {
        exchange.submit_task(n.to_string(), 0, NOW).unwrap();
    }
    assert_eq!(exchange.submit(buy(2, "50", "0.40", FAK), NOW), Err(Busy));
    let news = exchange.advance(after(100));
    assert_eq!(trades(&news)[0].size, shares("50"));
}
