//! Each gate on its own, with the value and the limit that it names.

use domain::{DurationMillis, Shares, Side, UnixMillis, Usd};
use engine::risk::{
    Committed, GateValue, Halt, HaltCause, Limits, Lock, LockScope, Reconciled, ReservationId,
    Review, RiskBook, Rule, Standing, StrategyActivity,
};
use engine::signal::Signal;

use super::kit::{Held, at, order, purchase, purchases, standing, strategy, traded};
use crate::kit::{NOW, price, usd};

fn book() -> RiskBook {
    RiskBook::new(Limits::default()).unwrap()
}

fn with(change: impl FnOnce(&mut Limits)) -> RiskBook {
    let mut limits = Limits::default();
    change(&mut limits);
    RiskBook::new(limits).unwrap()
}

/// The rules that refuse.
fn refusals(review: &Review) -> Vec<Rule> {
    review.refusals().map(|gate| gate.rule).collect()
}

fn look(book: &RiskBook, signal: &Signal, standing: &Standing<'_>) -> Vec<Rule> {
    refusals(&book.review(signal, standing))
}

#[test]
fn a_small_purchase_passes_and_every_gate_is_reported_once_in_order() {
    let held = Held::new();
    let review = book().review(&purchase("a", 1, 100), &standing(&held));
    assert_eq!(refusals(&review), []);
    assert_eq!(review.refusal(), None);
    let rules: Vec<Rule> = review.gates.iter().map(|gate| gate.rule).collect();
    let mut sorted = rules.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(rules, sorted);
    // All that the risk manager itself can refuse, but for the unknown market, which has no signal.
    let own = Rule::ALL.into_iter().filter(|rule| *rule <= Rule::Drawdown);
    assert_eq!(rules, own.filter(|rule| *rule != Rule::UnknownMarket).collect::<Vec<_>>());
}

#[test]
fn a_refusal_names_rule_value_limit_and_place_and_all_other_gates_are_still_asked() {
    let held = Held::new();
    let book = with(|limits| {
        limits.market_usd_max = usd("20");
        limits.price_max = price("0.4");
    });
    let signal = purchase("a", 1, 100);
    let review = book.review(&signal, &standing(&held));
    assert_eq!(refusals(&review), [Rule::PriceMax, Rule::MarketUsd]);
    assert_eq!(review.gates.len(), 27);
    let gate = review.gate(Rule::MarketUsd).unwrap();
    // 100 x 0.50 and the cent for roundings
    assert_eq!(gate.value, GateValue::Usd(usd("50.01")));
    assert_eq!(gate.limit, GateValue::Usd(usd("20")));
    assert_eq!(gate.about, Some(signal.subject.clone()));
    let words = format!("market_usd: 50.01 USD, allowed 20 USD ({})", signal.subject);
    assert_eq!(gate.to_string(), words);
    assert_eq!(review.refusal().unwrap().rule, Rule::PriceMax);
}

#[test]
fn who_may_not_act_is_refused_whatever_the_trade() {
    let held = Held::new();
    let signal = purchase("a", 1, 100);
    let good = || standing(&held);
    let mut halted = book();
    assert!(halted.halt(Halt { cause: HaltCause::Operator, text: "lunch".into(), at: NOW }));
    assert!(!halted.halt(Halt { cause: HaltCause::DayLoss, text: String::new(), at: NOW }));
    assert_eq!(halted.halted().unwrap().cause, HaltCause::Operator, "the first halt stays");
    assert_eq!(look(&halted, &signal, &good()), [Rule::Halted]);
    assert!(halted.resume().is_some());
    assert_eq!(look(&halted, &signal, &good()), []);

    let apart = Standing { reconciled: Reconciled::No, ..good() };
    assert_eq!(look(&book(), &signal, &apart), [Rule::NotReconciled]);
    let mut paused = good();
    paused.strategy.activity = StrategyActivity::Paused;
    assert_eq!(look(&book(), &signal, &paused), [Rule::StrategyPaused]);
    paused.strategy.activity = StrategyActivity::Quarantined;
    assert_eq!(look(&book(), &signal, &paused), [Rule::Quarantined]);
    assert_eq!(look(&book(), &signal, &at(signal.expires_at, &held)), [Rule::Expired]);
    let late = UnixMillis(signal.expires_at.0 - 1);
    assert_eq!(look(&book(), &signal, &at(late, &held)), []);
}

#[test]
fn a_signal_is_carried_out_once_even_after_its_plan_is_over() {
    let held = Held::new();
    let mut book = book();
    let signal = purchase("a", 1, 100);
    assert!(book.decide(ReservationId(1), signal.clone(), &standing(&held)).approved.is_some());
    let again = book.decide(ReservationId(2), signal.clone(), &standing(&held));
    assert_eq!(refusals(&again.review), [Rule::Duplicate]);
    book.release(ReservationId(1)).unwrap();
    assert_eq!(look(&book, &signal, &standing(&held)), [Rule::Duplicate]);
    let text = serde_json::to_string(&book).unwrap();
    let restarted: RiskBook = serde_json::from_str(&text).unwrap();
    assert_eq!(restarted, book);
    assert_eq!(look(&restarted, &signal, &standing(&held)), [Rule::Duplicate]);
}

#[test]
fn a_lock_covers_its_scope_until_its_time_is_over() {
    let held = Held::new();
    let in_group = order(traded(1, Some("77")), Side::Buy, Shares::from_whole(10), "0.5");
    let signal = purchases("a", strategy(1), vec![in_group]);
    let scopes = [
        (LockScope::Everything, LockScope::Strategy(strategy(1))),
        (LockScope::Market(signal.exposure[0].condition), LockScope::Strategy(strategy(1))),
        (LockScope::Group(signal.exposure[0].group.clone().unwrap()), LockScope::Everything),
    ];
    for scope in scopes.into_iter().flat_map(|(a, b)| [a, b]) {
        let mut book = book();
        let until = Some(UnixMillis(NOW.0 + 100));
        let lock = Lock { scope, reason: "a test".into(), since: NOW, until };
        let id = book.lock(lock.clone()).unwrap();
        assert_eq!(look(&book, &signal, &standing(&held)), [Rule::Locked], "{lock:?}");
        assert_eq!(look(&book, &signal, &at(UnixMillis(NOW.0 + 100), &held)), []);
        assert_eq!(book.expire_locks(UnixMillis(NOW.0 + 99)), []);
        assert_eq!(book.expire_locks(UnixMillis(NOW.0 + 100)), [(id, lock)]);
    }
    let mut book = book();
    let elsewhere = LockScope::Strategy(strategy(2));
    let lock = Lock { scope: elsewhere, reason: "x".repeat(999), since: NOW, until: None };
    let id = book.lock(lock).unwrap();
    assert_eq!(look(&book, &signal, &standing(&held)), []);
    assert_eq!(book.unlock(id).unwrap().reason.len(), 200);
}

#[test]
fn old_books_extreme_prices_and_near_ends_are_refused() {
    let held = Held::new();
    let mut signal = purchase("a", 1, 100);
    signal.books_vouched_at = Some(UnixMillis(NOW.0 - 3_001));
    assert_eq!(look(&book(), &signal, &standing(&held)), [Rule::FeedAge]);
    signal.books_vouched_at = None;
    assert_eq!(look(&book(), &signal, &standing(&held)), [], "an order by hand rests on no book");
    signal.ends_at = Some(NOW.plus(DurationMillis(599_999)));
    assert_eq!(look(&book(), &signal, &standing(&held)), [Rule::EndsSoon]);
    signal.ends_at = Some(NOW.plus(DurationMillis(600_000)));
    assert_eq!(look(&book(), &signal, &standing(&held)), []);
    for (limit, rules) in [
        ("0.0099", vec![Rule::PriceMin]),
        ("0.01", vec![]),
        ("0.99", vec![]),
        ("0.9901", vec![Rule::PriceMax]),
    ] {
        let order = order(traded(1, None), Side::Buy, Shares::from_whole(10), limit);
        let signal = purchases("a", strategy(1), vec![order]);
        assert_eq!(look(&book(), &signal, &standing(&held)), rules, "{limit}");
    }
}

#[test]
fn what_is_held_and_what_is_reserved_both_take_room() {
    let mut held = Held::new();
    let signal = purchase("a", 1, 100); // 50.01
    let condition = signal.exposure[0].condition;
    held.insert(condition, Committed { cost: usd("20"), group: None });
    let exact = with(|limits| limits.market_usd_max = usd("120.02"));
    let mut full = exact.clone();
    let first = full.decide(ReservationId(1), signal.clone(), &standing(&held));
    assert!(first.approved.is_some());
    let second = purchase("b", 1, 100);
    assert_eq!(look(&full, &second, &standing(&held)), [], "to the last cent");
    let mut less = with(|limits| limits.market_usd_max = usd("120.019999"));
    assert!(less.decide(ReservationId(1), signal, &standing(&held)).approved.is_some());
    assert_eq!(look(&less, &second, &standing(&held)), [Rule::MarketUsd]);
    // What is spent counts once: no longer as reserved, but as held.
    assert_eq!(less.convert(ReservationId(1), &condition, usd("50")), Ok(Usd::ZERO));
    held.insert(condition, Committed { cost: usd("70"), group: None });
    assert_eq!(look(&less, &second, &standing(&held)), [Rule::MarketUsd]);
    assert!(less.release(ReservationId(1)).is_ok());
    assert_eq!(look(&less, &second, &standing(&held)), [], "the cent came back");
}

#[test]
fn a_group_counts_its_markets_together_and_the_budget_its_strategy() {
    let held = Held::new();
    let legs = |id: &str| {
        let leg =
            |number| order(traded(number, Some("77")), Side::Buy, Shares::from_whole(100), "0.5");
        purchases(id, strategy(1), vec![leg(1), leg(2)]) // 100.02
    };
    let mut book = with(|limits| limits.group_usd_max = usd("150"));
    assert!(book.decide(ReservationId(1), legs("a"), &standing(&held)).approved.is_some());
    assert_eq!(look(&book, &legs("b"), &standing(&held)), [Rule::GroupUsd]);
    let mut poor = standing(&held);
    poor.strategy.budget_usd = usd("250");
    poor.strategy.used_usd = usd("49.98");
    poor.cash_settled = usd("200.04");
    let mut second = book.clone();
    second.set_limits(Limits::default()).unwrap();
    assert_eq!(look(&second, &legs("b"), &poor), [Rule::StrategyBudget]);
    poor.strategy.used_usd = usd("49.96");
    assert_eq!(look(&second, &legs("b"), &poor), []);
    poor.cash_settled = usd("200.03");
    assert_eq!(look(&second, &legs("b"), &poor), [Rule::NotEnoughCash]);
    let total = with(|limits| limits.total_usd_max = usd("100.01"));
    assert_eq!(look(&total, &legs("b"), &standing(&held)), [Rule::TotalUsd]);
    let order = with(|limits| limits.order_usd_max = usd("50"));
    assert_eq!(look(&order, &legs("b"), &standing(&held)), [Rule::OrderUsd]);
}

#[test]
fn more_than_was_reserved_is_reported_and_a_failed_trade_gives_the_room_back() {
    let held = Held::new();
    let mut book = book();
    let signal = purchase("a", 1, 100);
    let condition = signal.exposure[0].condition;
    let id = ReservationId(1);
    assert!(book.decide(id, signal, &standing(&held)).approved.is_some());
    assert_eq!(book.convert(id, &condition, usd("50.01")), Ok(Usd::ZERO));
    assert_eq!(book.reservations()[&id].capital_left(), Usd::ZERO);
    assert_eq!(book.convert(id, &condition, usd("50.02")), Ok(usd("0.01")));
    assert_eq!(book.convert(id, &condition, usd("10")), Ok(Usd::ZERO));
    assert_eq!(book.reservations()[&id].capital_left(), usd("40.01"));
    let before = book.clone();
    assert!(book.convert(id, &condition, usd("-1")).is_err());
    assert!(book.convert(ReservationId(9), &condition, usd("1")).is_err());
    assert!(book.release(ReservationId(9)).is_err());
    assert_eq!(book, before);
}

#[test]
fn losses_stop_trading_before_they_are_larger_than_said() {
    let held = Held::new();
    let mut book = book();
    let mut signal = purchase("a", 1, 100);
    signal.certificate.leg_missing = usd("-50.000001");
    signal.certificate.floor = usd("-1000.000001");
    assert_eq!(look(&book, &signal, &standing(&held)), [Rule::LegMissingLoss, Rule::FloorLoss]);
    signal.certificate.leg_missing = usd("-50");
    signal.certificate.floor = usd("-1000");
    assert_eq!(look(&book, &signal, &standing(&held)), []);

    let lost = Standing { day_realised: usd("-450.01"), ..standing(&held) };
    assert_eq!(look(&book, &signal, &lost), [Rule::DayLoss], "with what a missing leg would cost");
    assert_eq!(book.must_halt(&lost), None);
    let lost = Standing { day_realised: usd("-500.01"), ..standing(&held) };
    let (cause, gate) = book.must_halt(&lost).unwrap();
    assert_eq!((cause, gate.value), (HaltCause::DayLoss, GateValue::Usd(usd("500.01"))));

    // What is not realised counts as well.
    let equity = |text: &str| Standing { equity: usd(text), ..standing(&held) };
    book.note_equity(NOW, usd("5000"));
    assert_eq!(look(&book, &signal, &equity("4549.99")), [Rule::DayLoss]);
    book.note_equity(NOW, usd("5300"));
    assert_eq!(book.must_halt(&equity("4600")), None);
    book.set_limits(Limits { drawdown_usd_max: usd("700"), ..Limits::default() }).unwrap();
    assert_eq!(book.must_halt(&equity("4600")), None);
    assert_eq!(book.must_halt(&equity("4599.99")).unwrap().0, HaltCause::Drawdown);
    book.reset_peak(usd("5000"));
    assert_eq!(book.must_halt(&equity("4599.99")), None);
    assert_eq!(book.equity_peak(), Some(usd("5000")));
}

#[test]
fn open_plans_that_miss_a_leg_count_into_the_day() {
    let held = Held::new();
    let mut book = book();
    let mut signal = purchase("a", 1, 10);
    signal.certificate.leg_missing = usd("-40");
    let lost = Standing { day_realised: usd("-430"), ..standing(&held) };
    assert!(book.decide(ReservationId(1), signal.clone(), &lost).approved.is_some());
    signal.id = purchase("b", 1, 10).id;
    assert_eq!(look(&book, &signal, &lost), [Rule::DayLoss]);
    book.release(ReservationId(1)).unwrap();
    assert_eq!(look(&book, &signal, &lost), []);
}

#[test]
fn the_eleventh_trade_of_a_minute_waits() {
    let held = Held::new();
    let mut book = book();
    for n in 0..10u8 {
        let signal = purchase(&format!("a{n}"), n, 10);
        let id = ReservationId(n.into());
        assert!(book.decide(id, signal, &standing(&held)).approved.is_some(), "{n}");
        book.release(id).unwrap();
    }
    let next = purchase("b", 1, 10);
    assert_eq!(look(&book, &next, &standing(&held)), [Rule::TradesPerMinute]);
    let mut later = next;
    later.expires_at = UnixMillis(NOW.0 + 90_000);
    later.books_vouched_at = None;
    assert_eq!(
        look(&book, &later, &at(UnixMillis(NOW.0 + 59_999), &held)),
        [Rule::TradesPerMinute]
    );
    assert_eq!(look(&book, &later, &at(UnixMillis(NOW.0 + 60_000), &held)), []);
}

#[test]
fn open_plans_open_orders_and_errors_in_a_row_have_their_limits() {
    let held = Held::new();
    let mut book = with(|limits| {
        limits.open_plans_max = 2;
        limits.open_orders_max = 3;
        limits.consecutive_errors_max = 2;
    });
    assert!(
        book.decide(ReservationId(1), purchase("a", 1, 10), &standing(&held)).approved.is_some()
    );
    let busy = |open_orders| Standing { open_orders, ..standing(&held) };
    let next = purchase("b", 2, 10);
    assert_eq!(look(&book, &next, &busy(2)), []);
    assert_eq!(look(&book, &next, &busy(3)), [Rule::OpenOrders]);
    assert!(book.decide(ReservationId(2), next, &standing(&held)).approved.is_some());
    let third = purchase("c", 3, 10);
    assert_eq!(look(&book, &third, &standing(&held)), [Rule::OpenPlans]);
    book.release(ReservationId(1)).unwrap();
    book.note_error();
    assert_eq!(look(&book, &third, &standing(&held)), []);
    book.note_error();
    assert_eq!(look(&book, &third, &standing(&held)), [Rule::ConsecutiveErrors]);
    assert_eq!(book.must_halt(&standing(&held)).unwrap().0, HaltCause::ConsecutiveErrors);
    book.note_success();
    assert_eq!(look(&book, &third, &standing(&held)), []);
}

#[test]
fn a_sum_that_does_not_fit_is_refused() {
    let mut held = Held::new();
    let signal = purchase("a", 1, 100);
    let cost = Usd::MAX;
    held.insert(signal.exposure[0].condition, Committed { cost, group: None });
    let book = with(|limits| {
        limits.market_usd_max = Usd::MAX;
        limits.total_usd_max = Usd::MAX;
    });
    assert_eq!(look(&book, &signal, &standing(&held)), [Rule::MarketUsd, Rule::TotalUsd]);
    let lost = Standing { equity: -Usd::MAX, ..standing(&Held::new()) }.equity;
    let mut rich = book.clone();
    rich.note_equity(NOW, Usd::MAX);
    let empty = Held::new();
    let fallen = Standing { equity: lost, ..standing(&empty) };
    assert_eq!(look(&rich, &signal, &fallen), [Rule::DayLoss, Rule::Drawdown]);
}
