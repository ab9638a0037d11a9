//! How fast it is, for the eye: `STORE_FIGURES=1 cargo test -p store throughput -- --nocapture`.
//! Asserts nothing about time.

#![expect(clippy::print_stdout, reason = "the figures are what this test is for")]

use std::time::Instant;

use domain::{Market, Usd};
use store::testing::TestDatabase;

use crate::support::{NOON, later, market, on_both_databases, repetitions};
use crate::{opportunities, prices};

const ROWS: u64 = 5_000;

on_both_databases! {
    rows_a_second_of_every_kind_of_write
}

async fn timed<T>(database: &TestDatabase, what: &str, work: impl Future<Output = T>) -> T {
    let before = Instant::now();
    let done = work.await;
    let seconds = before.elapsed().as_secs_f64();
    println!(
        "{:?} {what}: {:.0} rows/s",
        database.store.backend(),
        repetitions(ROWS) as f64 / seconds
    );
    done
}

async fn rows_a_second_of_every_kind_of_write(database: TestDatabase) {
    let store = &database.store;
    let first: Vec<Market> = (0..repetitions(ROWS)).map(market).collect();
    let changed: Vec<Market> =
        first.iter().map(|market| Market { liquidity: Usd::ZERO, ..market.clone() }).collect();
    let (first, changed): (Vec<_>, Vec<_>) = (first.iter().collect(), changed.iter().collect());
    let prices: Vec<_> = (0..repetitions(ROWS)).map(|token| prices::row(token, NOON)).collect();
    let found: Vec<_> =
        (0..repetitions(ROWS)).map(|n| opportunities::row(n as i64, NOON)).collect();

    let (markets, prices_of, opportunities) =
        (store.markets(), store.prices(), store.opportunities());
    timed(&database, "markets added", markets.upsert_many(&first, NOON)).await.unwrap();
    timed(&database, "markets unchanged", markets.upsert_many(&first, later(1))).await.unwrap();
    timed(&database, "markets changed", markets.upsert_many(&changed, later(2))).await.unwrap();
    timed(&database, "markets loaded", markets.load_open()).await.unwrap();
    timed(&database, "prices added", prices_of.insert_many(&prices)).await.unwrap();
    timed(&database, "prices again", prices_of.insert_many(&prices)).await.unwrap();
    let prune = prices_of.prune_before(later(1), 10_000);
    assert_eq!(timed(&database, "prices pruned", prune).await.unwrap(), repetitions(ROWS));
    let upsert = opportunities.upsert_many(&found);
    timed(&database, "opportunities added", upsert).await.unwrap();
}
