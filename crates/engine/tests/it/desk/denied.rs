//! An order that the venue denies and has.

use domain::{Lifetime, OrderId, Shares, Side};
use engine::desk::{Control, EndCause, Input, OrderNumber, OrderStanding, OrderState, Origin};

use super::venue::Faults;
use super::{Run, named};
use crate::plan::world::{order_by_hand, parity_long};

fn state(run: &Run) -> OrderState {
    run.desk().order_of(OrderNumber(1)).unwrap().state.clone()
}
fn id(run: &Run) -> OrderId {
    run.desk().order_of(OrderNumber(1)).unwrap().id
}

/// An order rests, the venue denied it until it counted as over, and is back again.
fn denied_and_back() -> Run {
    let mut run = Run::new(Faults { fill_percent: vec![0], ..Faults::none() }, 1);
    run.raise(named(order_by_hand(Side::Buy, "0.4", 50, Lifetime::GoodTilCancelled), 1));
    run.turn();
    assert_eq!((run.venue.resting(), state(&run)), (1, OrderState::Live));
    run.venue.denies(true);
    for _ in 0..40 {
        run.turn();
    }
    assert!(run.desk().plans().is_empty(), "{:?}", state(&run));
    run.venue.denies(false);
    run
}

fn shows(run: &mut Run, standing: OrderStanding) {
    let order = run.desk().order_of(OrderNumber(1)).unwrap().clone();
    run.shows(&order, standing, Shares::ZERO);
}

#[test]
fn it_is_over_only_when_the_venue_denies_it_twice() {
    let mut run = Run::new(Faults { fill_percent: vec![0], ..Faults::none() }, 1);
    run.raise(named(order_by_hand(Side::Buy, "0.4", 50, Lifetime::GoodTilCancelled), 1));
    for _ in 0..11 {
        run.turn();
    }
    for _ in 0..3 {
        run.input(Input::NotFound(OrderNumber(1)));
    }
    assert_eq!(state(&run), OrderState::Live, "said at one moment it counts once");
    shows(&mut run, OrderStanding::Live);
    run.turn();
    run.turn();
    run.input(Input::NotFound(OrderNumber(1)));
    assert_eq!(state(&run), OrderState::Live, "it was seen meanwhile");
    run.turn();
    run.turn();
    run.input(Input::NotFound(OrderNumber(1)));
    assert_eq!(state(&run), OrderState::Ended { cause: EndCause::Cancelled });
}

#[test]
fn where_it_rests_after_its_end_it_is_cancelled_and_told_once() {
    for standing in [OrderStanding::Live, OrderStanding::Delayed] {
        let mut run = denied_and_back();
        shows(&mut run, standing.clone());
        assert_eq!((run.venue.resting(), run.notices("order_still_open")), (0, 1));
        shows(&mut run, standing);
        assert_eq!(run.notices("order_still_open"), 1);
        assert!(run.desk().risk().halted().is_none());
    }
}

#[test]
fn a_cancellation_without_effect_is_asked_for_again_but_not_at_once() {
    let mut run = denied_and_back();
    let asked_at = |run: &Run| run.desk().order_of(OrderNumber(1)).unwrap().cancel_asked_at;
    run.venue.denies(true);
    shows(&mut run, OrderStanding::Live);
    let first = asked_at(&run);
    assert_eq!(first, Some(run.now()));
    run.turn();
    shows(&mut run, OrderStanding::Live);
    assert_eq!(asked_at(&run), first);
    for _ in 0..5 {
        run.turn();
    }
    run.venue.denies(false);
    shows(&mut run, OrderStanding::Live);
    assert_eq!((asked_at(&run), run.venue.resting()), (Some(run.now()), 0));
    assert_eq!(run.notices("order_still_open"), 1);
}

#[test]
fn word_that_is_older_than_its_end_is_no_reason_to_cancel() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(parity_long(), 1));
    shows(&mut run, OrderStanding::Live);
    assert_eq!(run.notices("order_still_open"), 0);
    run.until_quiet();
    run.check();
}

#[test]
fn a_person_may_cancel_it_by_its_id() {
    let mut run = denied_and_back();
    let cancel = Control::Cancel(id(&run));
    run.input(Input::Ordered(Origin("test".to_owned()), cancel));
    assert_eq!(run.venue.resting(), 0);
}
