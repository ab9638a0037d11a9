//! Money for models: reserved, settled, kept over restarts, and never exceeded.

use domain::{UnixMillis, Usd};
use engine::forecast::{
    Budget, BudgetEvent, BudgetRefusal, CallId, CallPlan, Cost, Offer, Reach, Rung, Tariff,
};
use proptest::prelude::*;

use super::kit::name;

const DAY: i64 = 86_400_000;

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn call(number: u64) -> CallId {
    CallId(format!("call-{number}"))
}

fn settled(number: u64, cost: &str, at: i64) -> BudgetEvent {
    BudgetEvent::Settled { call: call(number), cost: usd(cost), at: UnixMillis(at) }
}

#[test]
fn a_call_is_reserved_at_its_worst_and_settled_at_what_it_cost() {
    let mut budget = Budget::new(usd("1"));
    budget.reserve(call(1), usd("0.6"), UnixMillis(0)).unwrap();
    let refused = budget.reserve(call(2), usd("0.6"), UnixMillis(1));
    let (left, limit) = (usd("0.4"), usd("1"));
    assert_eq!(refused, Err(BudgetRefusal::Exhausted { wanted: usd("0.6"), left, limit }));
    budget.apply(&settled(1, "0.1", 2));
    assert_eq!(budget.left(), usd("0.9"));
    budget.reserve(call(2), usd("0.6"), UnixMillis(3)).unwrap();
    budget.apply(&BudgetEvent::Released { call: call(2), at: UnixMillis(4) });
    assert_eq!(budget.used(), usd("0.1"));
}

#[test]
fn a_call_whose_end_nobody_knows_counts_in_full_for_its_day_and_not_for_the_next() {
    let mut budget = Budget::new(usd("1"));
    let event = budget.reserve(call(1), usd("0.7"), UnixMillis(5)).unwrap();
    // The process is killed here, and begins again from what was written down.
    let mut again = Budget::fold(usd("1"), [&event]);
    assert_eq!(again.left_at(UnixMillis(6)), usd("0.3"));
    assert!(again.reserve(call(2), usd("0.5"), UnixMillis(7)).is_err());
    assert_eq!(again.left_at(UnixMillis(DAY)), usd("1"));
}

#[test]
fn a_call_over_midnight_counts_for_the_day_of_its_reservation() {
    let mut budget = Budget::new(usd("1"));
    budget.reserve(call(1), usd("0.7"), UnixMillis(DAY - 1)).unwrap();
    budget.apply(&settled(1, "0.5", DAY + 1));
    assert_eq!(budget.used(), Usd::ZERO);
    // What it cost beyond its reservation counts when it becomes known.
    budget.reserve(call(2), usd("0.7"), UnixMillis(2 * DAY - 1)).unwrap();
    budget.apply(&settled(2, "0.9", 2 * DAY + 1));
    assert_eq!(budget.used(), usd("0.2"));
}

#[test]
fn a_clock_that_goes_back_begins_no_new_day() {
    let mut budget = Budget::new(usd("1"));
    budget.reserve(call(1), usd("1"), UnixMillis(3 * DAY)).unwrap();
    assert!(budget.reserve(call(2), usd("0.1"), UnixMillis(DAY)).is_err());
}

#[test]
fn what_is_spent_without_a_reservation_counts_and_a_name_is_used_once() {
    let mut budget = Budget::new(usd("1"));
    budget.apply(&settled(9, "0.3", 0));
    assert_eq!(budget.left(), usd("0.7"));
    budget.reserve(call(1), Usd::ZERO, UnixMillis(1)).unwrap();
    let twice = budget.reserve(call(1), Usd::ZERO, UnixMillis(1));
    assert_eq!(twice, Err(BudgetRefusal::Duplicate));
    let less = budget.reserve(call(2), usd("-1"), UnixMillis(1));
    assert_eq!(less, Err(BudgetRefusal::Negative));
    for number in 10..1_009 {
        budget.reserve(call(number), Usd::ZERO, UnixMillis(2)).unwrap();
    }
    let many = budget.reserve(call(2_000), Usd::ZERO, UnixMillis(3));
    assert_eq!(many, Err(BudgetRefusal::TooManyOpen));
}

#[test]
fn a_budget_of_nothing_pays_for_nothing_but_what_is_free() {
    let mut budget = Budget::new(Usd::ZERO);
    assert!(budget.reserve(call(1), Usd::from_micros(1), UnixMillis(0)).is_err());
    assert!(budget.reserve(call(2), Usd::ZERO, UnixMillis(0)).is_ok());
}

proptest! {
    #[test]
    fn no_day_ever_costs_more_than_its_limit_and_a_restart_forgets_nothing(
        steps in prop::collection::vec((0u64..30, 0i64..400_000, 0i64..20_000_000, 0u8..4), 1..120),
    ) {
        let limit = usd("1");
        let mut budget = Budget::new(limit);
        let mut written = Vec::new();
        let mut reserved = std::collections::BTreeMap::new();
        let mut by_day = std::collections::BTreeMap::<i64, Usd>::new();
        let mut now = 0;
        for (number, amount, pause, what) in steps {
            now += pause;
            let (id, amount, at) = (call(number), Usd::from_micros(amount), UnixMillis(now));
            let event = match (what, reserved.get(&id).copied()) {
                (0 | 1, None) => match budget.reserve(id.clone(), amount, at) {
                    Ok(event) => {
                        reserved.insert(id, (now / DAY, amount));
                        event
                    }
                    Err(_) => continue,
                },
                // No call takes longer than a day; one that did would count again.
                (2, Some((day, most))) if day >= now / DAY - 1 => {
                    let cost = amount.min(most);
                    *by_day.entry(day).or_default() += cost;
                    reserved.remove(&id);
                    BudgetEvent::Settled { call: id, cost, at }
                }
                (3, Some(_)) => {
                    reserved.remove(&id);
                    BudgetEvent::Released { call: id, at }
                }
                _ => continue,
            };
            if !matches!(event, BudgetEvent::Reserved { .. }) {
                budget.apply(&event);
            }
            written.push(event);
            let text = serde_json::to_string(&written).unwrap();
            let read: Vec<BudgetEvent> = serde_json::from_str(&text).unwrap();
            // A day that has turned without an event is no event: both look at the same time.
            let mut again = Budget::fold(limit, &read);
            prop_assert_eq!(again.left_at(at), budget.left_at(at));
            prop_assert!(budget.used() <= limit);
        }
        prop_assert!(by_day.values().all(|spent| *spent <= limit), "{by_day:?}");
    }
}

fn offers() -> Vec<Offer> {
    let offer = |member: &str, cost: &str, weight_ppm| Offer {
        member: name(member),
        call_cost_max: usd(cost),
        weight_ppm,
    };
    vec![
        offer("dear", "0.1", 500_000),
        offer("fair", "0.05", 400_000),
        offer("cheap", "0.01", 60_000),
        offer("free", "0", 40_000),
    ]
}

const REACH: Reach = Reach { samples: 3, members_min: 2 };

#[test]
fn the_ladder_is_gone_down_as_the_money_runs_out() {
    let plan = |left: &str| CallPlan::of(&offers(), REACH, usd(left), usd("10"));
    let names = |plan: &CallPlan| -> Vec<String> {
        plan.calls.iter().map(|(member, count)| format!("{member} x{count}")).collect()
    };
    let full = plan("5");
    assert_eq!((full.rung, full.cost_max), (Rung::Full, usd("0.48")));
    assert_eq!(names(&full), ["dear x3", "fair x3", "cheap x3", "free x3"]);
    let once = plan("4.99");
    assert_eq!((once.rung, once.cost_max), (Rung::FewerSamples, usd("0.16")));
    let few = plan("2.49");
    assert_eq!(
        (few.rung, names(&few)),
        (Rung::FewerMembers, vec!["dear x1".into(), "fair x1".into()])
    );
    let cheapest = plan("0.99");
    assert_eq!(cheapest.rung, Rung::Cheapest);
    assert_eq!(names(&cheapest), ["free x1", "cheap x1"]);
    assert_eq!(plan("0.009").rung, Rung::Stop);
    assert!(plan("0").calls.is_empty());
}

#[test]
fn a_rung_that_costs_more_than_is_left_is_passed_over() {
    let plan = CallPlan::of(&offers(), REACH, usd("0.15"), usd("0.2"));
    assert_eq!((plan.rung, plan.cost_max), (Rung::FewerMembers, usd("0.15")));
}

#[test]
fn free_models_are_asked_in_full_whatever_is_left_and_too_few_are_not_asked_at_all() {
    let free = Offer { call_cost_max: Usd::ZERO, ..offers().remove(0) };
    let reach = Reach { samples: 2, members_min: 1 };
    assert_eq!(
        CallPlan::of(std::slice::from_ref(&free), reach, Usd::ZERO, Usd::ZERO).rung,
        Rung::Full
    );
    assert_eq!(CallPlan::of(&[free], REACH, Usd::ZERO, Usd::ZERO).rung, Rung::Stop);
    assert_eq!(CallPlan::of(&[], reach, usd("1"), usd("1")).rung, Rung::Stop);
}

#[test]
fn costs_are_rounded_up_and_nothing_gained_has_no_price() {
    let tariff = Tariff { input_usd_per_million: usd("2.5"), output_usd_per_million: usd("10") };
    assert_eq!(tariff.cost(1_000, 500), usd("0.0075"));
    assert_eq!(tariff.cost(1, 0), Usd::from_micros(3));
    let cost = Cost { total: usd("1"), forecasts: 3 };
    assert_eq!(cost.per_forecast(), Some(Usd::from_micros(333_334)));
    // Two thousandths of Brier score gained: half as much each.
    assert_eq!(cost.per_thousandth_gained(2_000), Some(Usd::from_micros(166_667)));
    assert_eq!(cost.per_thousandth_gained(0), None);
    assert_eq!(cost.per_thousandth_gained(-5), None);
    assert_eq!(Cost::default().per_forecast(), None);
}
