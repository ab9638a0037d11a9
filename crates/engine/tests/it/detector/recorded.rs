//! Recorded books of one-market pairs: real moments hold no parity arbitrage, injected ones do.

use domain::{Level, Price, Shares, Side, UnixMillis};
use engine::books::TrackedBook;
use engine::detector::{PairView, examine_pair};
use engine::funnel::{Funnel, Reason};
use engine::opportunity::OpportunityKind;
use serde_json::Value;

use super::brute::audit;
use crate::kit::{Pair, fee, market, plain_settings};
use crate::recordings;

fn levels(value: &Value) -> Vec<Level> {
    let level = |level: &Value| Level {
        price: Price::parse(&level[0].to_string()).unwrap(),
        size: Shares::parse_display(&level[1].to_string()).unwrap(),
    };
    value.as_array().unwrap().iter().map(level).collect()
}

/// Runs `each` after every snapshot of every `nth` recorded market.
fn replay(nth: usize, mut each: impl FnMut(&Pair, UnixMillis)) -> bool {
    let Some(folder) = recordings::folder("l2_btc15m_2026_09") else { return false };
    let files = recordings::files(&folder, ".jsonl.gz");
    assert!(!files.is_empty(), "the folder holds recordings");
    for path in files.into_iter().step_by(nth) {
        let mut pair = Pair::new(market(1));
        for line in recordings::lines(&path) {
            let now = UnixMillis(line["ts"].as_i64().unwrap());
            let book = if line["side"] == "UP" { &mut pair.yes } else { &mut pair.no };
            book.snapshot(now, levels(&line["bids"]), levels(&line["asks"]));
            each(&pair, now);
        }
    }
    true
}

#[test]
fn no_moment_of_the_recorded_books_is_a_parity_arbitrage_even_without_fees() {
    let settings = plain_settings();
    let (mut funnel, mut phantoms) = (Funnel::default(), 0);
    let ran = replay(1, |pair, now| {
        let examination = examine_pair(&pair.view(), &settings, now);
        assert!(examination.found().is_empty(), "at {}: {:?}", now.0, examination.found());
        for (_, end) in examination.ends() {
            funnel.record(end);
        }
        let touches = [&pair.yes, &pair.no].map(|book| book.untrusted().touch());
        let naive = match touches.map(|touch| touch.ask.map(Price::ten_thousandths)) {
            [Some(yes), Some(no)] => yes + no < 10_000,
            _ => false,
        };
        phantoms += u32::from(naive);
    });
    if ran {
        assert!(funnel.looks() > 0 && funnel.passed() == 0);
        println!("looks {}, phantoms of a naive sum of asks {phantoms}", funnel.looks());
        for (reason, count) in funnel.reasons().filter(|(_, count)| *count > 0) {
            println!("{reason}: {count}");
        }
    }
}

/// Puts an order into the YES book that contradicts the NO book by five cents, and takes away what
/// it would have traded with: the book stays one that an exchange may keep.
fn inject(pair: &Pair, kind: OpportunityKind) -> Option<TrackedBook> {
    let (yes, no) = (pair.yes.untrusted(), pair.no.untrusted().touch());
    let size = Shares::from_whole(50);
    let (mut bids, mut asks): (Vec<_>, Vec<_>) =
        (yes.side(Side::Buy).best_first().collect(), yes.side(Side::Sell).best_first().collect());
    if kind == OpportunityKind::ParityLong {
        let below = no.ask?.complement().ten_thousandths().checked_sub(500)?;
        let price = Price::from_ten_thousandths(below).filter(|price| *price > Price::ZERO)?;
        bids.retain(|level| level.price < price);
        asks.push(Level { price, size });
    } else {
        let above = no.bid?.complement().ten_thousandths() + 500;
        let price = Price::from_ten_thousandths(above).filter(|price| *price < Price::ONE)?;
        asks.retain(|level| level.price > price);
        bids.push(Level { price, size });
    }
    let mut book = TrackedBook::new(pair.yes.token());
    book.snapshot(pair.yes.stated_at(), bids, asks);
    Some(book)
}

#[test]
fn every_arbitrage_that_is_put_into_the_recorded_books_is_found() {
    let mut settings = plain_settings();
    settings.capital_usd_max = domain::Usd::from_whole(10_000);
    let mut listed = market(1);
    listed.fee = fee("0.07");
    let (mut injected, mut moments) = ([0u32; 2], 0u32);
    let ran = replay(3, |pair, now| {
        moments += 1;
        // Every fifth moment: neighbours are nearly the same books.
        let usable = moments.is_multiple_of(5)
            && pair.no.trusted().is_ok()
            && pair.yes.stated_at() == pair.no.stated_at();
        for kind in OpportunityKind::OF_MARKET.into_iter().filter(|_| usable) {
            let Some(yes) = inject(pair, kind) else { continue };
            let view = PairView { market: &listed, yes: yes.trusted(), no: pair.no.trusted() };
            let examination = examine_pair(&view, &settings, now);
            let found = examination.found().iter().find(|found| found.kind == kind);
            // Five cents are more than the fee of both legs, 0.07 x 0.25 x 2 at most.
            let found = found.unwrap_or_else(|| panic!("{kind} at {}: {examination:?}", now.0));
            audit(found, &[view], 0, &settings);
            injected[kind as usize] += 1;

            let older = UnixMillis(yes.stated_at().0 - 1);
            let mut skewed = yes.clone();
            let (bids, asks) = (yes.untrusted().side(Side::Buy), yes.untrusted().side(Side::Sell));
            skewed.snapshot(older, bids.best_first(), asks.best_first());
            let view = PairView { yes: skewed.trusted(), ..view };
            let reason = examine_pair(&view, &settings, now).reason(kind);
            assert_eq!(reason, Some(Reason::Skewed), "the same books a millisecond apart");
        }
    });
    if ran {
        println!("injected and found: {injected:?}");
        assert!(injected.iter().all(|count| *count > 500));
    }
}
