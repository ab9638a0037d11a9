//! Three sources, two of which may be late, doubled or silent.

use domain::{DurationMillis, Shares, UnixMillis, Usd};
use engine::tape::{Print, Source, Tape, TapeSettings, Verdict};
use proptest::prelude::*;

use super::print;

const NOW: UnixMillis = UnixMillis(1_100_000);

fn unnamed(number: u8) -> Print {
    Print { transaction: None, wallet: None, ..print(number, Source::Book) }
}

#[test]
fn a_print_of_two_sources_that_round_differently_is_one() {
    let mut tape = Tape::new(TapeSettings::default());
    assert!(matches!(tape.take(print(1, Source::Live), NOW), Verdict::New(_)));
    let exact = print(1, Source::Walk(1));
    let exact = Print {
        size: exact.size + Shares::from_micros(4_999),
        price: exact.price + Usd::from_micros(499),
        at: exact.at.plus(DurationMillis(4_000)),
        ..exact
    };
    assert_eq!(tape.take(exact, NOW), Verdict::Known);
}

#[test]
fn several_prints_of_one_transaction_are_told_apart() {
    let mut tape = Tape::new(TapeSettings::default());
    let first = print(1, Source::Live);
    let second = Print { size: first.size + Shares::from_whole(1), ..first.clone() };
    let third = Print { wallet: print(2, Source::Live).wallet, ..first.clone() };
    let mut names = Vec::new();
    for fill in [&first, &second, &third] {
        let Verdict::New(told) = tape.take(fill.clone(), NOW) else { panic!("{fill:?}") };
        names.push(told.id);
    }
    names.dedup();
    assert_eq!(names.len(), 3);
    for fill in [first, second, third] {
        assert_eq!(tape.take(fill, NOW), Verdict::Known);
    }
}

#[test]
fn equal_prints_of_one_transaction_are_two_when_the_list_has_two_and_one_when_a_socket_repeats() {
    let mut tape = Tape::new(TapeSettings::default());
    assert!(matches!(tape.take(print(1, Source::Live), NOW), Verdict::New(_)));
    assert_eq!(tape.take(print(1, Source::Live), NOW), Verdict::Known);
    assert_eq!(tape.take(print(1, Source::Walk(1)), NOW), Verdict::Known);
    let Verdict::New(twin) = tape.take(print(1, Source::Walk(1)), NOW) else { panic!("one row") };
    // The next walk reads both rows again.
    assert_eq!(tape.take(print(1, Source::Walk(2)), NOW), Verdict::Known);
    assert_eq!(tape.take(print(1, Source::Walk(2)), NOW), Verdict::Known);
    let mut other = Tape::new(TapeSettings::default());
    let Verdict::New(first) = other.take(print(1, Source::Live), NOW) else { panic!() };
    assert_ne!(first.id, twin.id);
}

#[test]
fn a_print_without_a_name_waits_for_its_twin_and_is_told_as_it_is_when_none_comes() {
    let mut tape = Tape::new(TapeSettings::default());
    assert_eq!(tape.take(unnamed(1), NOW), Verdict::Waiting);
    assert_eq!(tape.take(unnamed(1), NOW), Verdict::Known, "the same frame again");
    assert_eq!(tape.take(unnamed(2), NOW), Verdict::Waiting);
    let Verdict::New(named) = tape.take(print(1, Source::Live), NOW) else { panic!("twin") };
    assert!(named.print.wallet.is_some());
    let later = NOW.plus(DurationMillis(20_000));
    let due = tape.due(later);
    assert_eq!(due.len(), 1, "the first has its twin");
    assert_eq!(due[0].print.wallet, None);
    // The freeze is over: the list names it, under the name that it was told by.
    let Verdict::Named(told) = tape.take(print(2, Source::Walk(1)), later) else { panic!("late") };
    assert_eq!((told.id, told.print.wallet), (due[0].id.clone(), print(2, Source::Live).wallet));
    assert_eq!(tape.take(print(2, Source::Live), later), Verdict::Known);
    assert!(tape.due(later).is_empty());
}

#[test]
fn what_is_older_than_the_memory_is_stored_and_not_told_again() {
    let settings = TapeSettings { prints_max: 2, ..TapeSettings::default() };
    let mut tape = Tape::new(settings);
    for number in 1..=3 {
        assert!(matches!(tape.take(print(number, Source::Live), NOW), Verdict::New(_)));
    }
    assert_eq!(tape.len(), 2);
    assert!(matches!(tape.take(print(1, Source::Walk(1)), NOW), Verdict::Late(_)));
    assert_eq!(tape.take(print(3, Source::Walk(1)), NOW), Verdict::Known);
    let old = UnixMillis(NOW.0 + 3 * 3_600_000);
    assert!(matches!(tape.take(print(9, Source::Walk(2)), old), Verdict::Late(_)));
}

#[derive(Clone, Copy, Debug)]
enum Said {
    Live,
    Book,
    List,
}

proptest! {
    #[test]
    fn whatever_the_order_each_trade_is_told_exactly_once(
        said in proptest::collection::vec(
            (1u8..12, prop_oneof![Just(Said::Live), Just(Said::Book), Just(Said::List)]), 0..60,
        ),
    ) {
        let mut tape = Tape::new(TapeSettings::default());
        let mut told = Vec::new();
        let mut heard = std::collections::BTreeSet::new();
        for (step, (number, source)) in said.into_iter().enumerate() {
            heard.insert(number);
            let print = match source {
                Said::Live => print(number, Source::Live),
                Said::Book => unnamed(number),
                Said::List => print(number, Source::Walk(step as u64)),
            };
            let now = NOW.plus(DurationMillis(step as i64 * 3_000));
            told.extend(tape.due(now).into_iter().map(|told| told.print.size));
            if let Verdict::New(one) = tape.take(print, now) {
                told.push(one.print.size);
            }
        }
        told.extend(tape.due(NOW.plus(DurationMillis(600_000))).into_iter().map(|it| it.print.size));
        told.sort_unstable();
        let expected: Vec<Shares> =
            heard.into_iter().map(|number| print(number, Source::Live).size).collect();
        prop_assert_eq!(told, expected);
    }
}
