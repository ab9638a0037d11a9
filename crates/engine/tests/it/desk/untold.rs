//! What the venue counts as matched and no trade tells of.

use domain::{Lifetime, Shares, Side};
use engine::desk::{EndCause, OrderStanding};

use super::venue::Faults;
use super::{Run, named};
use crate::plan::world::order_by_hand;

/// An order of 100 shares that is over, all matched; its trades tell of so many millionths.
fn told_of(micros: i64) -> Run {
    let mut run = Run::new(Faults { fill_percent: vec![0], ..Faults::none() }, 1);
    run.raise(named(order_by_hand(Side::Buy, "0.4", 100, Lifetime::GoodTilCancelled), 1));
    let order = run.desk().open_orders().next().unwrap().clone();
    let over = OrderStanding::Ended { cause: EndCause::Filled };
    run.shows(&order, over, Shares::from_whole(100));
    run.late_match(&order, Shares::from_micros(micros));
    run
}

#[test]
fn a_gap_that_the_venue_calls_normal_holds_no_plan_up() {
    for (micros, is_over) in [(100_000_000, true), (99_990_000, true), (99_989_999, false)] {
        let mut run = told_of(micros);
        run.turn();
        assert_eq!(run.desk().plans().is_empty(), is_over, "{micros}");
    }
}

#[test]
fn what_is_never_told_is_given_up_after_ten_minutes_and_said() {
    let mut run = told_of(90_000_000);
    for _ in 0..500 {
        run.turn();
    }
    // Whoever comes back may have missed it, and waits anew.
    run.crash();
    run.work();
    for _ in 0..600 {
        run.turn();
    }
    assert_eq!((run.desk().plans().len(), run.notices("match_untold")), (1, 0));
    run.turn();
    assert_eq!((run.desk().plans().len(), run.notices("match_untold")), (0, 1));
    assert_eq!(run.desk().risk().halted(), None, "the comparison with the wallet says more");
    assert!(run.desk().risk().reservations().is_empty());
}
