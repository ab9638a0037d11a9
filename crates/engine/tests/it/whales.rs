//! Large sums in small prints, each once, whatever the order.

use domain::{AccountAddress, Shares, Side, UnixMillis, Usd};
use engine::tape::{Print, PrintId, Source, ToldPrint};
use engine::whales::{Change, WhaleEvent, WhaleKind, WhaleSettings, WhaleWatch};
use proptest::prelude::*;

use crate::tape::print;

const MINUTE: i64 = 60_000;

fn part(wallet: u8, minute: i64, dollars: i64) -> ToldPrint {
    let value = Usd::from_whole(dollars);
    let print = Print {
        wallet: Some(AccountAddress::from_bytes([wallet; 20])),
        value,
        size: Shares::from_micros(value.micros() * 2),
        at: UnixMillis(minute * MINUTE),
        ..print(1, Source::Live)
    };
    ToldPrint { id: PrintId::known(&format!("{wallet}-{minute}-{dollars}")), print }
}

fn told(watch: &mut WhaleWatch, parts: &[ToldPrint]) -> Vec<WhaleEvent> {
    let changes = parts.iter().filter_map(|part| watch.take(part));
    changes
        .filter_map(|change| match change {
            Change::New(event) => Some(event),
            Change::Grew(_) => None,
        })
        .collect()
}

#[test]
fn split_orders_of_one_wallet_are_one_whale_that_grows() {
    let mut watch = WhaleWatch::new(WhaleSettings::default());
    let parts: Vec<_> = (0..4).map(|n| part(1, n, 3_000)).collect();
    let events = told(&mut watch, &parts);
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!((event.kind, event.prints), (WhaleKind::Accumulation, 4));
    assert_eq!((event.value, event.size), (Usd::from_whole(12_000), Shares::from_whole(24_000)));
    assert_eq!(event.entry_price, Usd::from_micros(500_000));
    let Some(Change::Grew(grown)) = watch.take(&part(1, 9, 5_000)) else { panic!("it goes on") };
    assert_eq!((grown.id.clone(), grown.value), (event.id.clone(), Usd::from_whole(17_000)));
    // Quiet for longer than the window: what comes now is another matter.
    assert_eq!(watch.take(&part(1, 25, 9_000)), None);
    assert!(matches!(watch.take(&part(1, 26, 1_000)), Some(Change::New(_))));
}

#[test]
fn others_other_sides_and_slow_sums_are_not_added_up() {
    let mut watch = WhaleWatch::new(WhaleSettings::default());
    let mut parts: Vec<_> = (1..=9).map(|wallet| part(wallet, 0, 9_000)).collect();
    parts.extend((1..9).map(|n| part(50, n * 11, 9_000)));
    let mut sold = part(60, 1, 9_000);
    sold.print.side = Side::Sell;
    parts.extend([part(60, 1, 9_000), sold]);
    let mut nobody = part(70, 1, 9_000);
    nobody.print.wallet = None;
    parts.extend([nobody.clone(), nobody]);
    assert_eq!(told(&mut watch, &parts), []);
}

#[test]
fn a_restart_in_the_middle_of_a_whale_tells_it_no_second_time() {
    let mut before = WhaleWatch::new(WhaleSettings::default());
    let parts: Vec<_> = (0..4).map(|n| part(1, n, 3_000)).collect();
    let event = told(&mut before, &parts).remove(0);
    let mut after = WhaleWatch::new(WhaleSettings::default());
    after.prime(event);
    assert_eq!(told(&mut after, &parts), [], "the list is read again with an overlap");
}

#[test]
fn memory_is_bounded_by_forgetting_who_was_quiet_for_longest() {
    let mut watch = WhaleWatch::new(WhaleSettings { hoards_max: 2, ..Default::default() });
    assert_eq!(told(&mut watch, &[part(1, 0, 6_000), part(2, 1, 6_000), part(3, 2, 6_000)]), []);
    assert_eq!(told(&mut watch, &[part(3, 3, 6_000), part(2, 3, 6_000)]).len(), 2);
    assert_eq!(told(&mut watch, &[part(1, 3, 6_000)]), [], "its first half is forgotten");
}

proptest! {
    #[test]
    fn late_prints_find_the_same_money_as_prints_in_order(
        parts in proptest::collection::vec((0i64..40, 100i64..5_000), 1..30),
        swaps in proptest::collection::vec((0usize..30, 0usize..30), 0..20),
    ) {
        let in_order = {
            let mut sorted = parts.clone();
            sorted.sort_unstable();
            sorted
        };
        let mut shuffled = parts.clone();
        for (a, b) in swaps {
            let (a, b) = (a % shuffled.len(), b % shuffled.len());
            shuffled.swap(a, b);
        }
        let run = |parts: &[(i64, i64)]| {
            let mut watch = WhaleWatch::new(WhaleSettings::default());
            let parts: Vec<_> = parts.iter().map(|(at, usd)| part(1, *at, *usd)).collect();
            told(&mut watch, &parts)
        };
        let (sorted, late) = (run(&in_order), run(&shuffled));
        // Which prints meet first may differ; whether there was a whale at all may not.
        prop_assert_eq!(sorted.is_empty(), late.is_empty());
        for event in sorted.iter().chain(&late) {
            prop_assert!(event.value >= Usd::from_whole(10_000));
            prop_assert!(event.last_at.since(event.first_at).0 <= 10 * MINUTE);
        }
    }
}
