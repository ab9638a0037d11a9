//! Two processes never both write.

use sea_orm::ConnectionTrait;
use store::testing::TestDatabase;
use store::{AppendError, Backend, Checkpoint, Durability, LoadFrom, OpenError, Store};

use super::fixtures::{entry_of, open, read_all, records};
use crate::support::{NOON, later, on_both_databases, raw};

on_both_databases! {
    a_second_opener_is_refused_while_the_first_is_alive
    a_journal_that_was_let_go_is_free_at_once
    whoever_lost_the_journal_writes_nothing_any_more
    of_many_openers_at_once_one_gets_the_journal
    a_live_owner_renews_for_ever
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
