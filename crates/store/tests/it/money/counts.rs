//! Decisions, counted, and the equity over time.

use domain::{UnixMillis, Usd};
use store::testing::TestDatabase;
use store::{DecisionCount, DecisionFilter, DecisionRow, EquityRow, MoneyBatch, PlanRow, Verdict};

use super::fixtures::{decision, label, open, plan, records, word};
use crate::support::{later, on_both_databases};

on_both_databases! {
    decisions_are_counted_by_verdict_rule_and_how_their_plans_stand
    decisions_of_a_span_are_those_that_are_counted
    marks_of_the_equity_are_thinned_and_the_old_ones_go
}

async fn decisions_are_counted_by_verdict_rule_and_how_their_plans_stand(database: TestDatabase) {
    let journal = open(&database).await;
    let passed = |number| DecisionRow {
        verdict: Verdict::Passed,
        rule: Some(label("edge_min")),
        signal_id: None,
        plan_id: None,
        ..decision(number)
    };
    let approved = |number: i64| DecisionRow {
        verdict: Verdict::Approved,
        rule: None,
        plan_id: Some(plan(number).id),
        ..decision(number)
    };
    let by_hand = DecisionRow { strategy: label("manual"), ..decision(9) };
    let decisions =
        vec![passed(1), passed(2), decision(3), approved(4), approved(5), approved(6), by_hand];
    let plans = vec![
        PlanRow { state: word("nothing"), ..plan(4) },
        PlanRow { state: word("done"), ..plan(5) },
    ];
    journal.append(&MoneyBatch { decisions, plans, ..records(1, 1) }).await.unwrap();
    let money = database.store.money();
    let row = |verdict, rule: Option<&str>, state: Option<&str>, count| DecisionCount {
        verdict,
        rule: rule.map(label),
        plan_state: state.map(word),
        count,
    };
    let sorted = |mut counts: Vec<DecisionCount>| {
        counts.sort_by_key(|row| format!("{row:?}"));
        counts
    };
    let refused = |count| row(Verdict::Refused, Some("market_limit"), None, count);
    let of_strategy = |refusals| {
        sorted(vec![
            row(Verdict::Passed, Some("edge_min"), None, 2),
            refused(refusals),
            row(Verdict::Approved, None, Some("nothing"), 1),
            row(Verdict::Approved, None, Some("done"), 1),
            row(Verdict::Approved, None, None, 1),
        ])
    };
    let all = money.decision_counts(later(0), later(100), None).await.unwrap();
    assert_eq!(sorted(all), of_strategy(2));
    let split = label("mint_split");
    let some = money.decision_counts(later(0), later(100), Some(&split)).await.unwrap();
    assert_eq!(sorted(some), of_strategy(1));
    let none = money.decision_counts(later(100), later(200), None).await.unwrap();
    assert_eq!(none, []);
}

async fn decisions_of_a_span_are_those_that_are_counted(database: TestDatabase) {
    let journal = open(&database).await;
    let decisions = (1..=9).map(decision).collect();
    journal.append(&MoneyBatch { decisions, ..records(1, 1) }).await.unwrap();
    let money = database.store.money();
    for (from, to, want) in [(1, 10, 9), (3, 6, 3), (9, 9, 0), (9, 10, 1), (0, 1, 0)] {
        let (from, to): (UnixMillis, UnixMillis) = (later(from), later(to));
        let filter = DecisionFilter { from: Some(from), to: Some(to), ..DecisionFilter::default() };
        let listed = money.decisions(&filter, None, 99).await.unwrap().rows.len() as u64;
        let counted = money.decision_counts(from, to, None).await.unwrap();
        let counted: u64 = counted.iter().map(|row| row.count).sum();
        assert_eq!((listed, counted), (want, want), "{from:?} to {to:?}");
    }
}

async fn marks_of_the_equity_are_thinned_and_the_old_ones_go(database: TestDatabase) {
    let journal = open(&database).await;
    let mark = |minute: i64| EquityRow {
        at: later(minute * 60_000),
        equity: Usd::from_micros(-minute),
        peak: Usd::from_whole(7),
        net: Usd::from_micros(i64::MAX - minute),
    };
    let equity: Vec<EquityRow> = (0..600).map(mark).collect();
    let money = database.store.money();
    assert_eq!(money.equity_since().await.unwrap(), None);
    journal.append(&MoneyBatch { equity, ..records(1, 1) }).await.unwrap();
    assert_eq!(money.equity_since().await.unwrap(), Some(later(0)));
    let hours = money.equity(later(0), later(36_000_000), 10).await.unwrap();
    assert_eq!(hours, (1..=10).map(|hour| mark(hour * 60 - 1)).collect::<Vec<_>>());
    let few = money.equity(later(60_000), later(180_000), 500).await.unwrap();
    assert_eq!(few, [mark(1), mark(2)]);
    assert_eq!(money.prune_equity(later(36_000_000), 500).await.unwrap(), 500);
    assert_eq!(money.prune_equity(later(599 * 60_000), 500).await.unwrap(), 99);
    assert_eq!(money.equity_since().await.unwrap(), Some(mark(599).at));
}
