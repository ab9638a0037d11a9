//! Money for models: who is asked with what is left, and what a forecast costs.

use domain::Usd;
use engine::forecast::{CallPlan, Cost, Offer, Reach, Rung};

use super::kit::name;

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
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
    let cost = Cost { total: usd("1"), forecasts: 3 };
    assert_eq!(cost.per_forecast(), Some(Usd::from_micros(333_334)));
    // Two thousandths of Brier score gained: half as much each.
    assert_eq!(cost.per_thousandth_gained(2_000), Some(Usd::from_micros(166_667)));
    assert_eq!(cost.per_thousandth_gained(0), None);
    assert_eq!(cost.per_thousandth_gained(-5), None);
    assert_eq!(Cost::default().per_forecast(), None);
}
