//! Two processes never both write.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use store::testing::TestDatabase;
use store::{
    AppendError, Backend, Checkpoint, Cleared, Durability, Lease, LeaseName, LoadFrom, OpenError,
    Store, Taken,
};

use super::fixtures::{entry_of, open, read_all, records};
use crate::support::{NOON, later, on_both_databases, raw};

on_both_databases! {
    a_second_opener_is_refused_while_the_first_is_alive
    a_journal_that_was_let_go_is_free_at_once
    whoever_lost_the_journal_writes_nothing_any_more
    of_many_openers_at_once_one_gets_the_journal
    a_live_owner_renews_for_ever
    whoever_takes_the_lease_opens_the_journal_though_its_last_holder_never_let_it_go
    without_the_lease_nobody_opens_the_journal_that_its_holder_writes
    a_holder_of_a_lease_does_not_push_a_lone_process_off_the_journal
}

async fn a_second_opener_is_refused_while_the_first_is_alive(database: TestDatabase) {
    let journal = database.store.money().open_journal("first 🦀", later(5)).await.unwrap();
    let other = Store::connect(&database.settings).await.unwrap();
    let error = other.money().open_journal("second", later(9)).await.unwrap_err();
    let OpenError::Owned { owner, since } = &error else { panic!("{error}") };
    assert_eq!((owner.as_str(), *since), ("first 🦀", later(5)));
    assert!(error.to_string().contains("first 🦀"), "{error}");
    journal.append(&records(1, 1)).await.unwrap();
    assert_eq!(read_all(&other, LoadFrom::Newest).await.unwrap(), [entry_of(1)], "all may read");
}

async fn a_journal_that_was_let_go_is_free_at_once(database: TestDatabase) {
    open(&database).await.close().await.unwrap();
    drop(open(&database).await);
    let journal = open(&database).await;
    journal.append(&records(1, 1)).await.unwrap();
}

/// As after a lock that was lost while its owner lived on: somebody else has opened the journal.
async fn whoever_lost_the_journal_writes_nothing_any_more(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 2)).await.unwrap();
    let sql = "UPDATE journal_owner SET fence = fence + 1, owner = 'usurper'";
    raw(&database).await.execute_unprepared(sql).await.unwrap();
    let checkpoint = Checkpoint { seq: 2, body: "{}".to_owned(), at: NOON };
    for outcome in [
        journal.append(&records(3, 1)).await,
        journal.append(&records(1, 2)).await,
        journal.put_checkpoint(&checkpoint).await,
        journal.renew().await,
    ] {
        let error = outcome.unwrap_err();
        assert!(matches!(&error, AppendError::Fenced { by } if by == "usurper"), "{error}");
        assert!(!error.is_transient());
    }
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap().len(), 2);
    let loaded = database.store.money().load(LoadFrom::Newest).await.unwrap();
    assert_eq!(loaded.checkpoint, None);
}

async fn of_many_openers_at_once_one_gets_the_journal(database: TestDatabase) {
    let tasks = (0..6).map(|task| {
        let store = database.store.clone();
        let name = format!("opener {task}");
        tokio::spawn(async move { store.money().open_journal(&name, NOON).await })
    });
    let mut opened = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok(journal) => opened.push(journal),
            Err(error) => assert!(matches!(error, OpenError::Owned { .. }), "{error}"),
        }
    }
    assert_eq!(opened.len(), 1);
    opened.remove(0).append(&records(1, 1)).await.unwrap();
}

async fn a_live_owner_renews_for_ever(database: TestDatabase) {
    let journal = open(&database).await;
    for _ in 0..3 {
        journal.renew().await.unwrap();
    }
    journal.append(&records(1, 1)).await.unwrap();
    // The tests' server writes its log once a second, and that is said.
    let want = match database.store.backend() {
        Backend::Sqlite => Durability::PowerCut,
        Backend::Mysql => Durability::ProcessEnd,
    };
    assert_eq!(journal.durability(), want);
}

async fn lease_of(database: &TestDatabase, holder: &str, term: Duration) -> Lease {
    match database.store.leases().take(LeaseName::Decide, holder, term).await.unwrap() {
        Taken::Ours(lease) => lease,
        Taken::Theirs(other) => panic!("{holder} does not get the lease of {other:?}"),
    }
}

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(600);

/// As with a process that stands still for longer than its lease, and then goes on.
async fn whoever_takes_the_lease_opens_the_journal_though_its_last_holder_never_let_it_go(
    database: TestDatabase,
) {
    let money = database.store.money();
    let first = lease_of(&database, "first", SHORT).await;
    let still = money.open_journal_under(&first, "first", NOON).await.unwrap();
    still.append(&records(1, 2)).await.unwrap();
    tokio::time::sleep(SHORT * 2).await;

    let second = lease_of(&database, "second", LONG).await;
    let journal = money.open_journal_under(&second, "second", NOON).await.unwrap();
    for outcome in [still.append(&records(3, 1)).await, still.renew().await] {
        let error = outcome.unwrap_err();
        assert!(matches!(&error, AppendError::Fenced { by } if by == "second"), "{error}");
    }
    let again = money.open_journal_under(&first, "first", NOON).await.unwrap_err();
    assert!(matches!(again, OpenError::LeaseLost), "{again}");
    journal.append(&records(3, 1)).await.unwrap();
    journal.renew().await.unwrap();
    assert_eq!(money.journal_holder().await.unwrap().as_deref(), Some("second"));
    if database.store.backend() == Backend::Sqlite {
        assert_eq!(store::clear(&database.settings).unwrap(), Cleared::InUse);
        assert!(store::backup::claim(&database.settings).is_err(), "nothing is put in its place");
    }
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap().len(), 3);
}

async fn without_the_lease_nobody_opens_the_journal_that_its_holder_writes(database: TestDatabase) {
    let lease = lease_of(&database, "decider", LONG).await;
    let error = database.store.money().open_journal("alone", NOON).await.unwrap_err();
    assert!(matches!(&error, OpenError::Owned { owner, .. } if owner == "decider"), "{error}");
    database.store.leases().give_back(&lease).await.unwrap();
    open(&database).await.append(&records(1, 1)).await.unwrap();
}

async fn a_holder_of_a_lease_does_not_push_a_lone_process_off_the_journal(database: TestDatabase) {
    let alone = open(&database).await;
    let lease = lease_of(&database, "decider", LONG).await;
    let opened = database.store.money().open_journal_under(&lease, "decider", NOON).await;
    assert!(matches!(opened, Err(OpenError::Owned { .. })));
    alone.append(&records(1, 1)).await.unwrap();
}
