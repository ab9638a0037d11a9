//! What a plan buys on its way passes the limits once more.

use domain::{DurationMillis, Price, Usd};
use engine::desk::{Control, Input, OrderNumber, Origin};
use engine::risk::{Limits, LockScope};
use engine::signal::Signal;

use super::venue::Faults;
use super::{Run, named};
use crate::kit::{NOW, market};
use crate::plan::world::{convert, parity_long};

fn order(run: &mut Run, control: Control) {
    run.input(Input::Ordered(Origin("test".to_owned()), control));
}

fn lock(number: u8) -> Control {
    let scope = LockScope::Market(market(number).condition);
    Control::Lock { scope, reason: "a person looked".to_owned(), until: None }
}

fn limits(change: impl FnOnce(&mut Limits)) -> Control {
    let mut limits = Run::limits();
    change(&mut limits);
    Control::SetLimits(Box::new(limits))
}

/// One leg of a pair is bought and the other rests.
fn half_bought(signal: Signal) -> Run {
    let mut run = Run::new(Faults { fill_percent: vec![100, 0], ..Faults::none() }, 1);
    run.raise(named(signal, 1));
    assert_eq!((run.venue.accepted(), run.venue.resting()), (2, 1));
    run.venue.faults.fill_percent = vec![100];
    run
}

/// Orders that were meant to buy.
fn purchases(run: &Run) -> usize {
    let all = (1..50).filter_map(|number| run.desk().order_of(OrderNumber(number)));
    all.filter(|order| order.leg.is_some()).count()
}

#[test]
fn a_leg_that_lags_is_quoted_again_while_nothing_forbids_it() {
    let mut run = half_bought(parity_long());
    run.until_quiet();
    assert_eq!((purchases(&run), run.notices("purchase_skipped")), (3, 0));
    assert!(run.desk().ledger().cash().settled >= Usd::from_whole(10_000));
    run.check();
}

#[test]
fn what_forbids_it_meanwhile_ends_the_plan_and_the_leg_is_sold() {
    let ends_soon = Signal { ends_at: Some(NOW.plus(DurationMillis(60_000))), ..parity_long() };
    let one_dollar = Usd::from_whole(1);
    for (signal, control) in [
        (parity_long(), lock(1)),
        (parity_long(), limits(|it| it.price_max = Price::parse("0.45").unwrap())),
        (parity_long(), limits(|it| it.price_min = Price::parse("0.9").unwrap())),
        (parity_long(), limits(|it| it.order_usd_max = one_dollar)),
        (ends_soon, limits(|it| it.ends_within_ms_min = DurationMillis(58_000))),
    ] {
        let mut run = Run::new(Faults { fill_percent: vec![100, 0], ..Faults::none() }, 1);
        order(&mut run, limits(|it| it.ends_within_ms_min = DurationMillis(0)));
        run.raise(named(signal, 1));
        assert_eq!((run.venue.accepted(), run.venue.resting()), (2, 1));
        run.venue.faults.fill_percent = vec![100];
        order(&mut run, control.clone());
        run.until_quiet();
        assert_eq!(purchases(&run), 2, "{control:?}");
        assert_eq!(run.notices("purchase_skipped"), 1, "{control:?}");
        assert!(run.venue.shares().is_empty(), "{control:?}: the plan is not stuck");
        run.check();
    }
}

#[test]
fn a_lock_elsewhere_forbids_nothing() {
    let mut run = half_bought(parity_long());
    order(&mut run, lock(2));
    run.until_quiet();
    assert_eq!((purchases(&run), run.notices("purchase_skipped")), (3, 0));
}

#[test]
fn sales_are_never_forbidden() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(convert(), 1));
    order(&mut run, lock(3));
    run.until_quiet();
    assert_eq!(run.notices("purchase_skipped"), 0);
    assert!(run.venue.shares().is_empty(), "{:?}", run.venue.shares());
    run.check();
}
