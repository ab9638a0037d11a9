//! The desk against a venue that loses, repeats, delays and fails, and a process that dies at any
//! moment.

mod accepting;
mod added;
mod denied;
mod equity;
mod retired;
mod run;
mod tasks;
mod untold;
mod venue;

use domain::{DurationMillis, Lifetime, Shares, Side, Usd};
use engine::desk::{Control, Input, OrderNumber, Origin, PostAnswer};
use engine::opportunity::ChainActionKind;
use engine::risk::{HoldScope, Limits, VenueHold};
use engine::signal::Signal;
use proptest::prelude::*;

use crate::kit::NOW;
use crate::plan::world::{
    believed, convert, order_by_hand, parity_long, parity_short, sets_long, sets_short,
    task_by_hand, yes,
};
pub(crate) use run::{Run, named};
pub(crate) use venue::{Faults, any_faults};

fn signals() -> Vec<Signal> {
    [parity_long(), parity_short(), sets_long(), sets_short(), convert()]
        .into_iter()
        .enumerate()
        .map(|(number, signal)| named(signal, number))
        .collect()
}

#[test]
fn an_approved_signal_becomes_settled_money() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(parity_long(), 1));
    run.until_quiet();
    assert_eq!(run.desk().ledger().cash().settled, Usd::from_whole(10_000 + 4));
    run.check();
}

#[test]
fn a_signal_that_breaks_a_limit_is_refused_with_every_gate_and_changes_nothing() {
    let mut run = Run::new(Faults::none(), 1);
    let limits = Limits { market_usd_max: Usd::from_whole(50), ..Run::limits() };
    run.input(Input::Ordered(Origin("test".into()), Control::SetLimits(Box::new(limits))));
    let before = run.desk().clone();
    run.raise(named(parity_long(), 1));
    let decision = run.decisions().pop().unwrap();
    assert_eq!(decision.plan, None);
    assert!(decision.gates.len() > 10, "every gate is told");
    assert_eq!(*run.desk(), before);
}

#[test]
fn the_same_signal_is_carried_out_once() {
    let mut run = Run::new(Faults::none(), 1);
    for _ in 0..3 {
        run.raise(named(parity_long(), 1));
    }
    run.crash();
    run.raise(named(parity_long(), 1));
    run.until_quiet();
    assert_eq!(run.venue.accepted(), 2);
    run.check();
}

#[test]
fn trades_of_the_last_minute_count_across_a_restart() {
    let mut run = Run::new(Faults::none(), 1);
    let limits = Limits { trades_per_minute_max: 2, ..Run::limits() };
    run.input(Input::Ordered(Origin("test".into()), Control::SetLimits(Box::new(limits))));
    for number in 1..=2 {
        run.raise(named(parity_long(), number));
    }
    run.crash();
    run.work();
    assert_eq!(run.desk().risk().trades_lately(run.now()), 2);
    run.raise(named(parity_long(), 3));
    let refusals: Vec<_> = run.decisions().pop().unwrap().gates;
    let refused: Vec<_> = refusals.iter().filter(|gate| gate.is_refused()).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].rule.code(), "trades_per_minute");
    for _ in 0..61 {
        run.turn();
    }
    assert_eq!(run.desk().risk().trades_lately(run.now()), 0);
    run.raise(named(parity_long(), 4));
    assert!(run.decisions().pop().unwrap().plan.is_some());
}

#[test]
fn a_match_that_comes_to_light_after_days_is_booked_once_and_told() {
    let mut run = Run::new(Faults::none(), 1);
    run.venue.faults.fill_percent = vec![0];
    run.raise(named(order_by_hand(Side::Buy, "0.4", 50, Lifetime::GoodTilCancelled), 1));
    run.turn();
    let order = run.desk().open_orders().next().unwrap().clone();
    run.input(Input::Ordered(Origin("test".into()), Control::Cancel(order.id)));
    run.until_quiet();
    run.venue.faults.fill_percent = vec![100];
    run.days_pass(9);
    let mut later = named(parity_long(), 2);
    later.expires_at = run.now().plus(DurationMillis(60_000));
    run.raise(later);
    run.until_quiet();
    assert!(order.created_at < run.desk().ledger().horizon(), "so old that it may be forgotten");
    let before = run.desk().ledger().cash().settled;
    for _ in 0..2 {
        run.late_match(&order, Shares::from_whole(10));
    }
    assert!(run.desk().risk().halted().is_none());
    assert_eq!(run.desk().ledger().cash().settled, before - Usd::from_whole(4));
    assert_eq!(run.notices("trade_booked_late"), 1);
}

#[test]
fn the_beginning_is_booked_once_however_often_it_is_told() {
    let fund = |run: &mut Run, dollars| {
        let amount = Usd::from_whole(dollars);
        run.input(Input::Ordered(Origin("start".into()), Control::Fund(amount)));
    };
    let mut run = Run::empty(Faults::none(), 1);
    fund(&mut run, 0);
    assert_eq!(run.desk().ledger().last_entry(), 0, "nothing is no beginning");
    fund(&mut run, 70);
    fund(&mut run, 70);
    run.crash();
    fund(&mut run, 90);
    assert_eq!(run.desk().ledger().cash().settled, Usd::from_whole(70));
}

#[test]
fn an_order_that_did_not_arrive_is_not_sent_again_once_trading_is_halted() {
    let mut faults = Faults::none();
    faults.lose_request_ppm = 1_000_000;
    let mut run = Run::new(faults, 3);
    run.raise(named(parity_long(), 1));
    let reason = "a person looked".to_owned();
    run.input(Input::Ordered(Origin("test".into()), Control::Halt { reason }));
    run.venue.faults.lose_request_ppm = 0;
    for _ in 0..90 {
        run.turn();
    }
    assert_eq!(run.venue.accepted(), 0);
    assert_eq!(run.desk().open_orders().count(), 0, "after a minute they cannot arrive any more");
}

#[test]
fn a_halt_cancels_what_rests_and_nothing_new_is_begun_until_resumed() {
    let mut faults = Faults::none();
    faults.fill_percent = vec![0];
    let mut run = Run::new(faults, 3);
    run.raise(named(parity_long(), 1));
    run.turn();
    assert!(run.venue.resting() > 0);
    let by = || Origin("test".into());
    run.input(Input::Ordered(by(), Control::Halt { reason: "a person looked".into() }));
    run.raise(named(sets_long(), 2));
    for _ in 0..30 {
        run.turn();
    }
    assert_eq!((run.venue.resting(), run.venue.accepted()), (0, 2));
    assert_eq!(run.desk().open_orders().count(), 0);
    run.input(Input::Ordered(by(), Control::Resume));
    run.until_quiet();
    run.check();
}

#[test]
fn a_resolved_market_is_redeemed_and_the_books_agree() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(sets_long(), 1));
    run.until_quiet();
    assert_eq!(run.desk().ledger().positions().len(), 3);
    for (number, yes_wins) in [(1, false), (2, true), (3, false)] {
        run.resolve(number, yes_wins);
    }
    for _ in 0..20 {
        run.turn();
    }
    assert!(run.desk().ledger().positions().values().all(|held| held.settled == Shares::ZERO));
    assert_eq!(run.desk().ledger().cash().settled, Usd::from_whole(10_000 + 10));
    // All of it was earned by whoever had bought it.
    let earned = run.desk().ledger().results().by_strategy();
    let earned: Vec<_> = earned.values().map(|figures| figures.net()).collect();
    assert_eq!(earned, [Usd::from_whole(10)]);
    run.check();
}

fn yes_held(run: &Run) -> Shares {
    run.desk().ledger().position(yes(1)).settled
}

#[test]
fn a_person_sells_and_merges_what_the_wallet_holds_and_no_more() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(task_by_hand(ChainActionKind::Split, 100), 1));
    run.until_quiet();
    assert_eq!(yes_held(&run), Shares::from_whole(100));
    run.raise(named(order_by_hand(Side::Sell, "0.4", 60, Lifetime::FillAndKill), 2));
    run.until_quiet();
    assert_eq!(yes_held(&run), Shares::from_whole(40));
    run.raise(named(task_by_hand(ChainActionKind::Merge, 30), 3));
    run.until_quiet();
    assert_eq!(yes_held(&run), Shares::from_whole(10));
    run.raise(named(order_by_hand(Side::Sell, "0.4", 60, Lifetime::FillAndKill), 4));
    run.until_quiet();
    assert_eq!(yes_held(&run), Shares::ZERO, "cut to what was there");
    run.check();
}

#[test]
fn what_a_person_lays_into_the_book_rests_until_it_is_cancelled_and_is_not_offered_twice() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(task_by_hand(ChainActionKind::Split, 100), 1));
    run.until_quiet();
    run.venue.faults.fill_percent = vec![0];
    let sale = || order_by_hand(Side::Sell, "0.9", 100, Lifetime::GoodTilCancelled);
    run.raise(named(sale(), 2));
    for _ in 0..60 {
        run.turn();
    }
    assert_eq!(run.venue.resting(), 1, "a minute later it is still there");
    run.raise(named(sale(), 3));
    run.turn();
    assert_eq!(run.venue.accepted(), 1, "the same shares are not offered again");
    let id = run.desk().open_orders().next().unwrap().id;
    run.input(Input::Ordered(Origin("test".into()), Control::Cancel(id)));
    run.until_quiet();
    assert_eq!((run.venue.resting(), yes_held(&run)), (0, Shares::from_whole(100)));
    run.check();
}

#[test]
fn an_answer_that_cannot_be_is_not_believed_but_asked_for() {
    let mut run = Run::new(Faults { fill_percent: vec![0], ..Faults::none() }, 1);
    run.raise(named(order_by_hand(Side::Buy, "0.4", 100, Lifetime::GoodTilCancelled), 1));
    run.turn();
    let number = run.desk().open_orders().next().unwrap().number;
    // Millionths, where shares were expected.
    let shares = Some(Shares::from_whole(100_000_000));
    run.input(Input::Posted(number, PostAnswer::Matched { shares }));
    let order = &run.desk().orders()[&number];
    assert_eq!((order.is_ended(), order.matched), (false, Shares::ZERO));
    run.turn();
    assert_eq!(run.venue.resting(), 1, "it rests, and is known to");
    let id = run.desk().open_orders().next().unwrap().id;
    run.input(Input::Ordered(Origin("test".into()), Control::Cancel(id)));
    run.until_quiet();
    run.check();
}

#[test]
fn a_trade_of_an_order_that_nobody_knows_halts_trading() {
    let mut run = Run::new(Faults::none(), 1);
    run.strange_trade();
    assert!(run.desk().risk().halted().is_some());
}

#[test]
fn a_plan_that_spends_more_than_was_reserved_halts_trading() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(parity_long(), 1));
    let order = run.desk().order_of(OrderNumber(1)).unwrap().clone();
    assert_eq!(run.desk().risk().halted(), None, "what was ordered is reserved");
    // The same order once more: 142 dollars where 104.02 may be spent.
    run.late_match(&order, Shares::from_whole(100));
    let halt = run.desk().risk().halted().expect("a halt");
    assert_eq!(halt.cause.code(), "overrun");
    assert_eq!(halt.text, "plan 1 spent 37.98 USD more than was reserved for it");
    let by = Origin("test".to_owned());
    run.input(Input::Ordered(by, Control::Resume));
    run.late_match(&order, Shares::from_whole(100));
    assert_eq!(run.desk().risk().halted(), None, "a person knows, and it became no worse");
}

#[test]
fn what_the_swarm_believes_in_is_no_order_by_hand() {
    let mut run = Run::new(Faults { fill_percent: vec![0], ..Faults::none() }, 1);
    run.raise(named(believed(), 1));
    let order = run.desk().open_orders().next().unwrap();
    let Lifetime::GoodTilDate { expires_at } = order.order.terms.lifetime else { panic!() };
    assert_eq!(expires_at, NOW.plus(DurationMillis(240_000)), "more than the venue's least");
    for _ in 0..4 {
        run.turn();
    }
    assert_eq!(run.venue.resting(), 0, "it rests for a moment, not for its life");
    run.until_quiet();
    run.check();
}

#[test]
fn refusals_in_a_row_halt_trading() {
    let mut run = Run::new(Faults { refuse: Some("invalid_signature"), ..Faults::none() }, 1);
    for number in 0..4 {
        run.raise(named(parity_long(), number));
        run.turn();
    }
    let halt = run.desk().risk().halted().expect("a halt");
    assert_eq!(halt.cause.code(), "consecutive_errors");
    assert_eq!(run.venue.accepted(), 0);
}

#[test]
fn a_venue_that_is_away_for_long_halts_nothing_and_trading_goes_on_when_it_is_back() {
    let mut run = Run::new(Faults { lose_request_ppm: 1_000_000, ..Faults::none() }, 1);
    for number in 0..4 {
        run.raise(named(parity_long(), number));
    }
    for _ in 0..400 {
        run.turn();
    }
    assert_eq!((run.venue.accepted(), run.desk().risk().halted()), (0, None));
    assert!(run.desk().plans().is_empty(), "what never arrived is over");
    run.venue.faults = Faults::none();
    run.raise(named(parity_long(), 9));
    run.expect_no_refusal();
    run.until_quiet();
    assert!(run.venue.accepted() > 0);
    run.check();
}

#[test]
fn a_venue_that_pauses_halts_nothing_and_what_is_left_is_sold_when_it_goes_on() {
    let mut with_one_leg = 0;
    for (seed, code) in ["trading_disabled", "post_only_mode", "restarting", "region_blocked"]
        .into_iter()
        .cycle()
        .enumerate()
        .take(24)
    {
        let faults = Faults { fill_percent: vec![100, 0], ..Faults::none() };
        let mut run = Run::new(faults, seed as u64);
        run.raise(named(parity_long(), 1));
        run.venue.faults.refuse = Some(code);
        for _ in 0..100 {
            run.turn();
        }
        assert_eq!(run.desk().risk().halted(), None, "{code}");
        if run.venue.shares().len() == 1 {
            with_one_leg += 1;
            assert_eq!(run.desk().plans().len(), 1, "{code}: the leg was given up");
        }
        run.venue.faults = Faults::none();
        run.until_quiet();
        assert!(run.venue.shares().is_empty(), "{code}: {:?}", run.venue.shares());
        run.check();
    }
    assert!(with_one_leg >= 4, "{with_one_leg}");
}

#[test]
fn while_the_venue_takes_no_orders_none_is_decided_and_the_reason_is_told() {
    let mut run = Run::new(Faults::none(), 1);
    let until = NOW.plus(domain::DurationMillis(60_000));
    let why = "the engine restarts".to_owned();
    let hold = VenueHold { scope: HoldScope::Orders, until, why };
    run.input(Input::VenueHeld(Some(hold)));
    run.raise(named(parity_long(), 1));
    let refused = run.decisions().pop().unwrap();
    let gate = refused.gates.iter().find(|gate| gate.is_refused()).unwrap();
    assert_eq!((gate.rule.code(), refused.plan), ("venue_refuses", None));
    assert!(gate.to_string().contains("the engine restarts"), "{gate}");
    assert_eq!(run.venue.accepted(), 0);
    run.input(Input::VenueHeld(None));
    run.raise(named(parity_long(), 2));
    run.until_quiet();
    assert!(run.venue.accepted() > 0);
    run.check();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is lost, repeated, late, failed or killed: one venue order an order, no limit broken,
    /// and in the end both sides hold the same.
    #[test]
    fn nothing_is_lost_doubled_or_invented(
        seed in any::<u64>(),
        faults in any_faults(),
        crashes in proptest::collection::vec(0u16..200, 0..6),
        order in proptest::sample::subsequence((0..5).collect::<Vec<usize>>(), 1..=5),
    ) {
        let mut run = Run::new(faults, seed);
        run.crash_at(crashes);
        let all = signals();
        for number in order {
            run.raise(all[number].clone());
            run.expect_no_refusal();
            run.turn();
            run.turn();
        }
        run.until_quiet();
        run.check();
    }
}
