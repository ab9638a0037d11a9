//! Kills, silence and doubt: what was acknowledged is there, once.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::task::Poll;
use std::time::Duration;

use store::testing::{MariaDb, TestDatabase};
use store::{Begun, DatabaseUrl, LoadFrom, Store, StoreSettings};
use tokio::time::{sleep, timeout};

use super::fixtures::{entry_of, open, read_all, records};
use crate::support::{NOON, install_tls, later, market, on_both_databases};

const CHILD_DATABASE: &str = "STORE_TEST_CHILD_DATABASE";
const ACKNOWLEDGED: &str = "acknowledged ";

on_both_databases! {
    what_was_acknowledged_before_a_kill_is_there_and_the_journal_is_free
    a_caller_that_gives_up_half_way_and_asks_again_writes_once
    readers_that_give_up_half_way_leave_no_answers_behind
}

/// The other process: appends until it is killed. Not a test of its own.
#[tokio::test]
async fn child() {
    let Ok(address) = std::env::var(CHILD_DATABASE) else { return };
    install_tls();
    let url: DatabaseUrl = address.parse().unwrap();
    let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
    let journal = store.money().open_journal("child", NOON).await.unwrap();
    loop {
        let first = journal.next_seq().await;
        journal.append(&records(first, 2)).await.unwrap();
        println!("\n{ACKNOWLEDGED}{}", first + 1);
    }
}

async fn what_was_acknowledged_before_a_kill_is_there_and_the_journal_is_free(
    database: TestDatabase,
) {
    let mut before = 0;
    for round in 0..4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "money::survival::child", "--nocapture"])
            .env(CHILD_DATABASE, database.address())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged =
            lines.filter_map(|line| line.unwrap().strip_prefix(ACKNOWLEDGED)?.parse::<u64>().ok());
        let enough = acknowledged.by_ref().nth(5 + round * 7).unwrap();
        child.kill().unwrap();
        let last = acknowledged.last().unwrap_or(enough);
        child.wait().unwrap();
        let journal = open(&database).await;
        let next = journal.next_seq().await;
        assert!(last < next && next <= last + 3, "{last} was acknowledged, {next} comes next");
        assert!(last > before);
        before = last;
        let want: Vec<_> = (1..next).map(entry_of).collect();
        assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap(), want);
        journal.close().await.unwrap();
    }
}

/// At every point where a call waits, its caller goes away: a client that hung up, a time-out.
async fn a_caller_that_gives_up_half_way_and_asks_again_writes_once(database: TestDatabase) {
    let journal = open(&database).await;
    let mut given_up = 0;
    for step in 0..90 {
        let batch = records(1 + step * 3, 3);
        let polls = usize::try_from(step % 6).unwrap();
        given_up += u64::from(give_up_after(polls, journal.append(&batch)).await.is_none());
        journal.append(&batch).await.unwrap();
    }
    assert!(given_up > 20, "the test gave up {given_up} times only");
    let want: Vec<_> = (1..=270).map(entry_of).collect();
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap(), want);
}

/// A driver that loses its place would answer one question with the answer to another.
async fn readers_that_give_up_half_way_leave_no_answers_behind(database: TestDatabase) {
    let store = &database.store;
    for step in 0..90 {
        let polls = usize::try_from(step % 6).unwrap();
        let two = [&market(1), &market(2)];
        give_up_after(polls, store.markets().upsert_many(&two, later(step))).await;
        give_up_after(polls, store.markets().load_open()).await;
        let key = format!("k{step}");
        give_up_after(polls, store.money().idempotency().begin(&key, "d", NOON)).await;
        let count = store.markets().count().await.unwrap();
        assert!(count == 0 || count == 2, "{count}");
        let begun = store.money().idempotency().begin(&key, "d", NOON).await.unwrap();
        let other = Store::connect(&database.settings).await.unwrap();
        let known = other.money().idempotency().begin(&key, "d", NOON).await.unwrap();
        assert_eq!(known, Begun::InProgress { since: NOON }, "committed, whatever was {begun:?}");
        other.close().await.unwrap();
    }
}

/// What comes out, or nothing where that is not known after so many polls.
async fn give_up_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

async fn own_server() -> Option<(MariaDb, Store)> {
    install_tls();
    let Some(server) = MariaDb::start() else {
        // Says that it is skipped, or fails where that is demanded.
        let _ = MariaDb::shared();
        return None;
    };
    let settings = StoreSettings {
        acquire_timeout: Duration::from_millis(500),
        call_timeout: Duration::from_secs(1),
        ..StoreSettings::new(server.create_database("survival"))
    };
    let store = Store::connect(&settings).await.unwrap();
    store.migrate().await.unwrap();
    Some((server, store))
}

#[tokio::test]
async fn a_server_that_was_away_gets_the_batch_once_and_the_owner_keeps_the_journal() {
    let Some((server, store)) = own_server().await else { return };
    let journal = store.money().open_journal("first", NOON).await.unwrap();
    journal.append(&records(1, 2)).await.unwrap();

    server.freeze();
    let error = journal.append(&records(3, 2)).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    server.thaw();
    retry(async || journal.append(&records(3, 2)).await.map_err(|error| error.is_transient()))
        .await;

    server.kill();
    let error = journal.append(&records(5, 2)).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(journal.renew().await.unwrap_err().is_transient());
    server.restart();
    retry(async || journal.renew().await.map_err(|error| error.is_transient())).await;
    retry(async || journal.append(&records(5, 2)).await.map_err(|error| error.is_transient()))
        .await;

    let other = store.money().open_journal("second", NOON).await;
    assert!(other.is_err(), "the lock was taken again with the new connection");
    let want: Vec<_> = (1..=6).map(entry_of).collect();
    assert_eq!(read_all(&store, LoadFrom::Newest).await.unwrap(), want);
}

/// Until it succeeds; anything but a passing failure is one.
async fn retry(work: impl AsyncFn() -> Result<(), bool>) {
    let again = async {
        while let Err(is_transient) = work().await {
            assert!(is_transient);
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(30), again).await.unwrap();
}
