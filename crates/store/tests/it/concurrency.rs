//! Writers at the same time.

use std::time::Duration;

use domain::{Market, Usd};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use store::testing::TestDatabase;
use store::{Backend, Store};
use tokio::time::sleep;

use crate::support::{NOON, condition, install_tls, later, market, on_both_databases, raw};
use crate::{opportunities, prices};

const TASKS: u64 = 8;
const WRITES: u64 = 20;

on_both_databases! {
    no_change_of_eight_writers_is_lost
    writers_that_are_first_at_the_same_time_add_each_row_once
    readers_and_all_kinds_of_writers_get_on_with_each_other
}

/// Every write reads the row, compares it and counts its version up, so a lost one is missing in
/// the count.
async fn no_change_of_eight_writers_is_lost(database: TestDatabase) {
    database.store.markets().upsert_many(&[&market(1), &market(2)], NOON).await.unwrap();
    let tasks = (0..TASKS).map(|task| {
        let store = database.store.clone();
        tokio::spawn(async move {
            for write in 0..WRITES {
                let volume_24h = Usd::from_micros((task * WRITES + write + 1) as i64);
                let one = Market { volume_24h, ..market(1) };
                let two = Market { volume_24h, ..market(2) };
                let report = store.markets().upsert_many(&[&two, &one], NOON).await.unwrap();
                assert_eq!(report.changed, 2);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    for number in [1, 2] {
        let version = database.store.markets().version(condition(number)).await.unwrap();
        assert_eq!(version, Some((1 + TASKS * WRITES) as i64));
    }
}

async fn writers_that_are_first_at_the_same_time_add_each_row_once(database: TestDatabase) {
    let tasks = (0..TASKS).map(|_| {
        let store = database.store.clone();
        tokio::spawn(async move {
            let wanted: Vec<Market> = (0..50).map(market).collect();
            let all: Vec<&Market> = wanted.iter().collect();
            store.markets().upsert_many(&all, NOON).await.unwrap()
        })
    });
    let (mut added, mut unchanged) = (0, 0);
    for task in tasks.collect::<Vec<_>>() {
        let report = task.await.unwrap();
        added += report.added;
        unchanged += report.unchanged;
    }
    assert_eq!((added, unchanged), (50, (TASKS - 1) * 50));
    assert_eq!(database.store.markets().count().await.unwrap(), 50);
}

async fn readers_and_all_kinds_of_writers_get_on_with_each_other(database: TestDatabase) {
    async fn work(store: Store, task: i64) {
        for step in 0..10 {
            let at = later(task * 100 + step);
            let prices: Vec<_> = (0..20).map(|token| prices::row(token, at)).collect();
            store.prices().insert_many(&prices).await.unwrap();
            store.opportunities().upsert_many(&[opportunities::row(task, NOON)]).await.unwrap();
            store.prices().prune_before(NOON, 100).await.unwrap();
            store.markets().load_open().await.unwrap();
        }
    }
    let tasks: Vec<_> =
        (0..8).map(|task| tokio::spawn(work(database.store.clone(), task))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let token = crate::support::token(3);
    let found = database.store.prices().history(token, NOON, later(10_000), 500).await.unwrap();
    assert_eq!(found.len(), 80);
}

/// A transaction beside the store holds the second row, waits until the store holds the first and
/// wants the second, and then wants the first. It has changed more, so the store's is undone.
#[tokio::test]
async fn a_deadlock_undoes_a_write_and_it_is_repeated() {
    install_tls();
    let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
    database.store.markets().upsert_many(&[&market(1), &market(2)], NOON).await.unwrap();
    let lock = |number| {
        format!("SELECT 1 FROM markets WHERE condition_id = '{}' FOR UPDATE", condition(number))
    };
    let other = raw(&database).await;
    let heavy = other.begin().await.unwrap();
    for id in 0..20 {
        let sql = format!(
            "INSERT INTO commands (id, at, actor, action, target, outcome)
             VALUES ('{id}', 1, '', '', '', '')"
        );
        heavy.execute_unprepared(&sql).await.unwrap();
    }
    heavy.execute_unprepared(&lock(2)).await.unwrap();

    let store = database.store.clone();
    let write = tokio::spawn(async move {
        let [one, two] =
            [1, 2].map(|number| Market { liquidity: Usd::from_micros(7), ..market(number) });
        store.markets().upsert_many(&[&one, &two], NOON).await
    });
    loop {
        sleep(LOCK_TABLES_REST).await;
        assert!(!write.is_finished());
        if waiting_transactions(&other).await > 0 {
            break;
        }
    }
    heavy.execute_unprepared(&lock(1)).await.unwrap();
    heavy.commit().await.unwrap();

    assert_eq!(write.await.unwrap().unwrap().changed, 2);
    assert_eq!(database.store.markets().version(condition(1)).await.unwrap(), Some(2));
}

/// InnoDB answers questions about its locks from a copy, and makes a new one only when nobody has
/// read the old one for a tenth of a second. Who asks more often sees the same for ever.
const LOCK_TABLES_REST: Duration = Duration::from_millis(250);

/// Transactions that wait for a lock, of connections to the same database.
async fn waiting_transactions(raw: &DatabaseConnection) -> i64 {
    let sql = "SELECT COUNT(*) FROM information_schema.innodb_trx t
               JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
               WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()";
    let query = Statement::from_string(raw.get_database_backend(), sql);
    raw.query_one_raw(query).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}
