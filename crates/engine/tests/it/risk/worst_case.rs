//! A signal that understates what it risks is found out.

use domain::{ConditionId, FeeTerms, Lifetime, Shares, Side, Usd};
use engine::opportunity::ChainActionKind;
use engine::risk::{Flaw, Limits, RiskBook, Rule, WorstCase};
use engine::signal::{ChainTask, Exposure, Holdings, Signal, Stage};

use super::kit::{Held, order, purchase, purchases, standing, strategy, traded};
use crate::kit::{price, usd};

fn flaw(signal: &Signal) -> Option<Flaw> {
    WorstCase::of(signal).and_then(|worst| worst.is_covered_by(signal)).err()
}

fn changed(change: impl FnOnce(&mut Signal)) -> Option<Flaw> {
    let mut signal = purchase("a", 1, 100);
    change(&mut signal);
    flaw(&signal)
}

fn first(signal: &mut Signal) -> &mut engine::signal::PlannedOrder {
    match &mut signal.stages[0] {
        Stage::Orders(orders) => &mut orders[0],
        Stage::Chain(_) => unreachable!("the first stage has orders"),
    }
}

#[test]
fn every_flaw_is_found_and_refuses_the_signal() {
    assert_eq!(changed(|_| ()), None);
    assert_eq!(changed(|signal| signal.stages.clear()), Some(Flaw::Empty));
    assert_eq!(changed(|s| first(s).terms.size = Shares::from_micros(1)), Some(Flaw::Size));
    assert_eq!(changed(|s| first(s).terms.size = Shares::ZERO), Some(Flaw::Size));
    assert_eq!(changed(|s| first(s).terms.price = price("1")), Some(Flaw::Price));
    let coarse = |signal: &mut Signal| {
        first(signal).market.tick = domain::TickSize::Tenth;
        first(signal).terms.price = price("0.45");
    };
    assert_eq!(changed(coarse), Some(Flaw::Price));
    assert_eq!(changed(|s| first(s).terms.token = s_token()), Some(Flaw::Token));
    let less = |signal: &mut Signal| signal.exposure[0].at_risk -= Usd::from_micros(1);
    assert_eq!(changed(less), Some(Flaw::ExposureUnderstated));
    assert_eq!(changed(|s| s.exposure.clear()), Some(Flaw::ExposureUnderstated));
    let less = |signal: &mut Signal| signal.capital -= Usd::from_micros(1);
    assert_eq!(changed(less), Some(Flaw::CapitalUnderstated));
    let twice = |signal: &mut Signal| signal.exposure.extend_from_within(..);
    assert_eq!(changed(twice), Some(Flaw::Exposure));
    let in_no_group = |s: &mut Signal| first(s).market.group = Some(domain::GroupId("7".into()));
    assert_eq!(changed(in_no_group), Some(Flaw::Exposure));
    let many = |signal: &mut Signal| signal.stages = vec![signal.stages[0].clone(); 9];
    assert_eq!(changed(many), Some(Flaw::TooLarge));
    let huge =
        |signal: &mut Signal| first(signal).terms.size = Shares::from_whole(9_000_000_000_000);
    assert_eq!(changed(huge), Some(Flaw::ExposureUnderstated));

    let book = RiskBook::new(Limits::default()).unwrap();
    let mut signal = purchase("a", 1, 100);
    signal.capital = Usd::ZERO;
    let review = book.review(&signal, &standing(&Held::new()));
    assert_eq!(review.refusal().unwrap().rule, Rule::Malformed);
}

fn s_token() -> domain::TokenId {
    domain::TokenId::from_words([0, 0, 0, 99])
}

#[test]
fn a_purchase_is_reckoned_at_its_limit_with_the_dearest_fee_on_the_way() {
    let mut bought = order(traded(1, None), Side::Buy, Shares::from_whole(100), "0.8");
    bought.market.fee = FeeTerms::parse("0.05", "1").unwrap();
    // 80 + 100 x 0.05 x 0.25 + 0.01: the fee is dearest at one half
    assert_eq!(bought.outlay_max(), Some(usd("81.26")));
    bought.terms.price = price("0.3");
    assert_eq!(bought.outlay_max(), Some(usd("31.06")));
    // Stated in dollars, it may bring many more shares: 30 x 0.05
    bought.terms.lifetime = Lifetime::FillAndKill;
    assert_eq!(bought.outlay_max(), Some(usd("31.51")));
    bought.terms.side = Side::Sell;
    assert_eq!(bought.outlay_max(), Some(Usd::ZERO));
    assert_eq!(bought.proceeds_min(), usd("28.94"));
}

fn task(kind: ChainActionKind, numbers: &[u8], given: usize, cash: &str) -> ChainTask {
    ChainTask {
        kind,
        markets: numbers.iter().map(|number| traded(*number, None)).collect(),
        given,
        amount: Shares::from_whole(100),
        fee_bips: 0,
        effect: Holdings { cash: usd(cash), shares: Vec::new() },
        cost: usd("0.5"),
        receiver: None,
    }
}

#[test]
fn splits_count_and_dollars_that_come_back_do_not_count_before_they_are_there() {
    let bought = |number| order(traded(number, None), Side::Buy, Shares::from_whole(100), "0.6");
    let mut signal = purchases("a", strategy(1), vec![bought(1), bought(2)]);
    let convert = task(ChainActionKind::Convert, &[1, 2, 3], 2, "100");
    let split = task(ChainActionKind::Split, &[4], 1, "-100");
    signal.stages.extend([Stage::Chain(vec![convert]), Stage::Chain(vec![split])]);
    let worst = WorstCase::of(&signal).unwrap();
    // Two purchases of 60.01; converting costs 0.50 and returns 100; the split costs 100.50
    assert_eq!(worst.capital, usd("121.02"));
    let of = |number: u8| worst.markets[&ConditionId::from_bytes([number; 32])];
    assert_eq!([of(1), of(2)], [usd("60.01"); 2]);
    assert_eq!(of(3), usd("20.02"), "what the dollars do not cover went to the YES");
    assert_eq!(of(4), usd("100"));
    assert_eq!(flaw(&signal), Some(Flaw::ExposureUnderstated));
    let exposure = worst.markets.iter().map(|(condition, at_risk)| Exposure {
        condition: *condition,
        group: None,
        at_risk: *at_risk,
    });
    signal.exposure = exposure.collect();
    signal.capital = worst.capital;
    assert_eq!(flaw(&signal), None);
}

#[test]
fn the_profit_that_new_quotes_may_give_away_is_at_risk_too() {
    let bought = |number| order(traded(number, None), Side::Buy, Shares::from_whole(100), "0.6");
    let mut signal = purchases("a", strategy(1), vec![bought(1), bought(2)]);
    signal.certificate.best = usd("3");
    let worst = WorstCase::of(&signal).unwrap();
    assert_eq!(worst.capital, usd("126.02"));
    assert!(worst.markets.values().all(|at_risk| *at_risk == usd("66.01")));
    assert_eq!(flaw(&signal), Some(Flaw::ExposureUnderstated));
}
