//! Prices over time.

use domain::UnixMillis;
use store::testing::TestDatabase;
use store::{PriceRow, Word};

use crate::support::{NOON, later, on_both_databases, price, token};

on_both_databases! {
    prices_come_back_in_order_and_the_newest_is_found
    the_same_price_twice_is_written_once_and_the_first_stays
    old_prices_go_in_batches_and_young_ones_stay
    a_long_span_is_thinned_to_the_last_price_of_each_part
    an_empty_batch_is_no_error
}

pub(crate) fn row(number: u64, at: UnixMillis) -> PriceRow {
    PriceRow {
        token: token(number),
        observed_at: at,
        bid: Some(price(4_800)),
        ask: None,
        source: Word::new("clob_books").unwrap(),
    }
}

async fn prices_come_back_in_order_and_the_newest_is_found(database: TestDatabase) {
    let prices = database.store.prices();
    let rows: Vec<PriceRow> = (0..1_201).map(|step| row(1, later(step))).collect();
    let mut shuffled: Vec<PriceRow> = rows.iter().rev().cloned().collect();
    shuffled.push(row(2, later(5_000)));
    prices.insert_many(&shuffled).await.unwrap();
    assert_eq!(prices.latest(token(1)).await.unwrap().as_ref(), rows.last());
    assert_eq!(prices.latest(token(3)).await.unwrap(), None);
    let page = prices.history(token(1), later(10), later(20), 5).await.unwrap();
    assert_eq!(page, rows[10..15]);
    let page = prices.history(token(1), later(10), later(20), 500).await.unwrap();
    assert_eq!(page, rows[10..20], "the end is not included");
    let page = prices.history(token(1), NOON, later(9_999), u64::MAX).await.unwrap();
    assert_eq!(page.len(), 500, "a page has a limit");
}

async fn the_same_price_twice_is_written_once_and_the_first_stays(database: TestDatabase) {
    let prices = database.store.prices();
    let first = row(1, NOON);
    let second = PriceRow { bid: None, ask: Some(price(1)), ..row(1, NOON) };
    prices.insert_many(std::slice::from_ref(&first)).await.unwrap();
    prices.insert_many(&[second.clone(), second, row(1, later(1))]).await.unwrap();
    let page = prices.history(token(1), NOON, later(10), 10).await.unwrap();
    assert_eq!(page, [first, row(1, later(1))]);
}

async fn old_prices_go_in_batches_and_young_ones_stay(database: TestDatabase) {
    let prices = database.store.prices();
    // All at one moment, as a collector writes them: a batch must get on nevertheless.
    let old: Vec<PriceRow> = (0..25).map(|number| row(number, NOON)).collect();
    prices.insert_many(&old).await.unwrap();
    prices.insert_many(&[row(1, later(1)), row(2, later(2))]).await.unwrap();
    let mut batches = Vec::new();
    while let gone @ 1.. = prices.prune_before(later(1), 10).await.unwrap() {
        batches.push(gone);
    }
    assert_eq!(batches, [10, 10, 5]);
    assert_eq!(prices.latest(token(1)).await.unwrap(), Some(row(1, later(1))));
    assert_eq!(prices.latest(token(3)).await.unwrap(), None);
}

async fn a_long_span_is_thinned_to_the_last_price_of_each_part(database: TestDatabase) {
    let prices = database.store.prices();
    let rows: Vec<PriceRow> = (0..1_000).map(|step| row(1, later(step))).collect();
    prices.insert_many(&rows).await.unwrap();
    prices.insert_many(&[row(2, later(55))]).await.unwrap();
    let thinned = prices.thinned(token(1), NOON, later(1_000), 10).await.unwrap();
    let want: Vec<PriceRow> = (1..=10).map(|part| rows[part * 100 - 1].clone()).collect();
    assert_eq!(thinned, want);
    let few = prices.thinned(token(1), later(10), later(13), 500).await.unwrap();
    assert_eq!(few, rows[10..13], "nothing is thinned that fits");
    let all = prices.thinned(token(1), NOON, later(9_999_999), 3).await.unwrap();
    assert_eq!(all, [rows[999].clone()]);
}

async fn an_empty_batch_is_no_error(database: TestDatabase) {
    database.store.prices().insert_many(&[]).await.unwrap();
    let report = database.store.markets().upsert_many(&[], NOON).await.unwrap();
    assert_eq!(report.added, 0);
}
