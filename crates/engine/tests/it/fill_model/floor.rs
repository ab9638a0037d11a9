//! The floor and a desk, each of which may begin again at any moment.

mod pair;

use domain::{Lifetime, Shares, TradeState};
use engine::desk::{
    CancelAnswer, Control, EndCause, Input, OrderNumber, OrderSight, OrderStanding, Origin,
    PostAnswer, TaskNumber, TaskSight,
};
use engine::fill_model::{Floor, PaperSettings, Ticket};
use proptest::prelude::*;

use super::{after, book, buy, settings};
use crate::desk::named;
use crate::kit::{NOW, market};
use crate::ledger::{YES, order};
use crate::plan::world::{convert, parity_long, parity_short, sets_long, sets_short};
use pair::{Pair, Restart};

const GTC: Lifetime = Lifetime::GoodTilCancelled;
const FAK: Lifetime = Lifetime::FillAndKill;

fn ticket(number: u8, size: &str, at: &str, lifetime: Lifetime) -> Ticket {
    let order = buy(number, size, at, lifetime);
    Ticket { number: OrderNumber(number.into()), condition: market(1).condition, order }
}

fn floor(asks: &str) -> Floor {
    let mut floor = Floor::new(settings());
    floor.on_book(YES, &book("", asks), NOW);
    floor
}

fn matched(inputs: &[Input]) -> Shares {
    let sights = inputs.iter().filter_map(|input| match input {
        Input::Traded(sight) if sight.state == TradeState::Matched => Some(sight.size),
        _ => None,
    });
    sights.sum()
}

fn ended(number: u8, cause: EndCause, matched: Shares) -> Input {
    let standing = OrderStanding::Ended { cause };
    Input::Sighted(OrderSight { id: order(number), standing, matched })
}

#[test]
fn a_match_is_told_before_the_order_that_says_it_matched() {
    let mut floor = floor("0.40x20");
    floor.post(ticket(1, "50", "0.40", FAK), NOW);
    let told = floor.advance(after(100));
    let twenty = Shares::from_whole(20);
    assert!(matches!(&told[0], Input::Traded(sight) if sight.size == twenty), "{told:?}");
    let answer = PostAnswer::Matched { shares: Some(twenty) };
    assert_eq!(told[1], Input::Posted(OrderNumber(1), answer));
    assert_eq!(told[2], ended(1, EndCause::Cancelled, twenty));

    floor.look_up(OrderNumber(1), order(1), after(150));
    let told = floor.advance(after(150));
    assert!(matches!(&told[0], Input::Traded(_)), "whoever asks is told of the match again");
    assert_eq!(told[1], ended(1, EndCause::Cancelled, twenty));
}

#[test]
fn an_order_on_its_way_is_not_told_of_and_one_never_heard_of_is_unknown() {
    let mut floor = floor("0.40x20");
    floor.post(ticket(1, "50", "0.30", GTC), NOW);
    floor.look_up(OrderNumber(1), order(1), after(50));
    floor.look_up(OrderNumber(2), order(2), after(50));
    assert_eq!(floor.advance(after(50)), [Input::NotFound(OrderNumber(2))]);
    assert_eq!(floor.advance(after(100)), [Input::Posted(OrderNumber(1), PostAnswer::Live)]);
}

#[test]
fn the_same_order_posted_twice_is_carried_out_once() {
    let mut floor = floor("0.40x200");
    floor.post(ticket(1, "50", "0.40", FAK), NOW);
    floor.post(ticket(1, "50", "0.40", FAK), after(50));
    assert_eq!(matched(&floor.advance(after(100))), Shares::from_whole(50));
    floor.post(ticket(1, "50", "0.40", FAK), after(200));
    let told = floor.advance(after(400));
    assert_eq!(told, [Input::Posted(OrderNumber(1), PostAnswer::Duplicated)]);
}

#[test]
fn a_cancellation_that_comes_after_the_fill_is_told_so_with_the_fill_first() {
    let mut floor = floor("0.50x20");
    floor.post(ticket(1, "50", "0.40", GTC), NOW);
    floor.advance(after(100));
    floor.cancel(OrderNumber(1), order(1), after(200));
    floor.on_book(YES, &book("", "0.40x80"), after(250));
    let told = floor.advance(after(300));
    assert_eq!(matched(&told[..1]), Shares::from_whole(50));
    assert!(told.contains(&ended(1, EndCause::Filled, Shares::from_whole(50))));
    let late = Input::CancelAnswered(OrderNumber(1), CancelAnswer::AlreadyDone);
    assert_eq!(told.last(), Some(&late));
}

#[test]
fn all_is_cancelled_only_when_nothing_is_open_or_on_its_way() {
    let mut floor = floor("0.50x20");
    floor.post(ticket(1, "50", "0.40", GTC), NOW);
    floor.advance(after(100));
    floor.post(ticket(2, "50", "0.40", GTC), after(150));
    floor.cancel_all(after(200));
    assert!(!floor.cleared());
    floor.advance(after(299));
    assert!(!floor.cleared());
    let told = floor.advance(after(300));
    assert_eq!(told.iter().filter(|input| matches!(input, Input::Sighted(_))).count(), 2);
    assert!(floor.cleared());
    assert!(!floor.cleared(), "told once");
    assert_eq!(floor.open_orders(), 0);
}

#[test]
fn a_transaction_submitted_again_happens_once_and_is_told_again() {
    let mut floor = Floor::new(settings());
    floor.prepare(TaskNumber(1), 7);
    let told = floor.advance(NOW);
    let Input::Task(_, TaskSight::Prepared { prepared, .. }) = &told[0] else { panic!("{told:?}") };
    floor.submit(TaskNumber(1), prepared, NOW);
    floor.submit(TaskNumber(1), prepared, after(10));
    let task = |sight| Input::Task(TaskNumber(1), sight);
    assert_eq!(floor.advance(after(1_000)), [task(TaskSight::Mined)]);
    assert_eq!(floor.advance(after(5_000)), [task(TaskSight::Confirmed)]);
    floor.submit(TaskNumber(1), prepared, after(6_000));
    assert_eq!(floor.advance(after(9_000)), [task(TaskSight::Mined), task(TaskSight::Confirmed)]);
}

#[test]
fn an_approved_signal_becomes_settled_money_on_paper() {
    let traded = (1..=12).filter(|seed| {
        let mut pair = Pair::new(settings(), *seed);
        pair.raise(named(parity_long(), 1));
        pair.until_quiet();
        pair.check();
        pair.bought().is_positive()
    });
    let traded = traded.count();
    assert!(traded >= 4, "the books of chance are good enough now and then: {traded}");
}

#[test]
fn after_a_halt_nothing_is_open_and_that_is_proven() {
    let mut pair = Pair::new(settings(), 3);
    pair.thin_books();
    pair.raise(named(parity_long(), 1));
    pair.turn();
    pair.turn();
    assert!(pair.open_orders() > 0);
    pair.input(Input::Ordered(Origin("test".into()), Control::Halt { reason: "a test".into() }));
    for _ in 0..10 {
        pair.turn();
    }
    assert!(pair.was_cleared());
    assert_eq!(pair.open_orders(), 0);
}

fn restart() -> impl Strategy<Value = (u16, Restart)> {
    let kinds = prop_oneof![Just(Restart::Floor), Just(Restart::Desk), Just(Restart::Both)];
    (0u16..120, kinds)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Whoever begins again and whenever: nothing is stuck, no order is carried out twice, and the
    /// ledger balances with the journal.
    #[test]
    fn any_order_of_restarts_leaves_a_ledger_that_balances(
        seed in any::<u64>(),
        failures in prop_oneof![Just(0u64), Just(200_000u64)],
        restarts in proptest::collection::vec(restart(), 0..8),
        order in proptest::sample::subsequence((0..5).collect::<Vec<usize>>(), 1..=3),
    ) {
        let settings = PaperSettings {
            trade_failures_ppm: failures,
            task_failures_ppm: failures,
            ..settings()
        };
        let mut pair = Pair::new(settings, seed);
        pair.restart_at(restarts);
        let all = [parity_long(), parity_short(), sets_long(), sets_short(), convert()];
        for number in order {
            pair.raise(named(all[number].clone(), number));
            pair.turn();
            pair.turn();
        }
        pair.until_quiet();
        pair.check();
    }
}
