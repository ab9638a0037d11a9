//! How fast the journal is, for the eye: `STORE_FIGURES=1 cargo test -p store money::throughput --
//! --nocapture`. Asserts nothing about time.

#![expect(clippy::print_stdout, reason = "the figures are what this test is for")]

use std::time::{Duration, Instant};

use store::testing::{MariaDb, TestDatabase};
use store::{Durability, Journal, MoneyBatch, OrderRow, Store, StoreSettings};

use super::fixtures::{decision, entry, open, order, position, records};
use crate::prices;
use crate::support::{NOON, install_tls, later, on_both_databases, repetitions};

const BATCHES: u64 = 200;

on_both_databases! {
    batches_a_second_alone_and_grouped
    batches_a_second_beside_a_writer_of_prices
}

/// What one approved order comes to: a record, an order, a decision, an entry, a position.
fn batch(first: u64, records_each: u64) -> MoneyBatch {
    let numbers = first..first + records_each;
    let order = |number: u64| OrderRow { ..order((number % 250) as u8, later(number as i64)) };
    MoneyBatch {
        orders: numbers.clone().map(order).collect(),
        decisions: numbers.clone().map(|number| decision(number as i64)).collect(),
        entries: numbers.clone().map(entry).collect(),
        positions: numbers.map(|number| position(number % 50)).collect(),
        ..records(first, records_each)
    }
}

async fn timed(journal: &Journal, what: &str, records_each: u64) {
    let mut took = Vec::new();
    for _ in 0..repetitions(BATCHES) {
        let batch = batch(journal.next_seq().await, records_each);
        let before = Instant::now();
        journal.append(&batch).await.unwrap();
        took.push(before.elapsed());
    }
    took.sort();
    let total: Duration = took.iter().sum();
    let a_second = (took.len() as u64 * records_each) as f64 / total.as_secs_f64();
    let at = |part: usize| took[took.len() * part / 100];
    println!(
        "{what}: {a_second:.0} records/s, a batch takes {:?} (median), {:?} (p99)",
        at(50),
        at(99)
    );
}

async fn batches_a_second_alone_and_grouped(database: TestDatabase) {
    let journal = open(&database).await;
    let name = format!("{:?} ({:?})", database.store.backend(), journal.durability());
    for records_each in [1, 10, 50] {
        timed(&journal, &format!("{name}, {records_each} records a batch"), records_each).await;
    }
}

/// SQLite has one writer at a time: whoever comes second waits, and looks again in growing steps.
async fn batches_a_second_beside_a_writer_of_prices(database: TestDatabase) {
    let journal = open(&database).await;
    let store = database.store.clone();
    let writer = tokio::spawn(async move {
        for step in 0.. {
            let rows: Vec<_> = (0..200).map(|token| prices::row(token, later(step))).collect();
            store.prices().insert_many(&rows).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let name = format!("{:?}, beside 200 prices every 50 ms", database.store.backend());
    timed(&journal, &name, 1).await;
    writer.abort();
}

/// The servers of the other tests write their log once a second.
#[tokio::test]
async fn batches_a_second_on_a_server_that_waits_for_the_disk() {
    install_tls();
    let Some(server) = MariaDb::start() else {
        // Says that it is skipped, or fails where that is demanded.
        let _ = MariaDb::shared();
        return;
    };
    server.run_sql("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
    let store = Store::connect(&StoreSettings::new(server.create_database("durable"))).await;
    let store = store.unwrap();
    store.migrate().await.unwrap();
    let journal = store.money().open_journal("test", NOON).await.unwrap();
    assert_eq!(journal.durability(), Durability::PowerCut);
    for records_each in [1, 10, 50] {
        let what = format!("Mysql (PowerCut), {records_each} records a batch");
        timed(&journal, &what, records_each).await;
    }
}
