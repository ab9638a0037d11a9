//! What is appended comes back, once, in order, or not at all.

use sea_orm::ConnectionTrait;
use store::testing::TestDatabase;
use store::{
    AppendError, ChainError, Checkpoint, JournalRecord, LoadError, LoadFrom, MoneyBatch, OpenError,
};

use super::fixtures::{entry, entry_of, one_of_each, open, order, read_all, record, records};
use crate::support::{NOON, later, on_both_databases, raw};

on_both_databases! {
    records_come_back_to_the_byte_over_many_pages
    the_same_batch_again_changes_nothing
    a_batch_of_long_ago_is_known_again
    another_batch_with_the_same_number_is_a_conflict
    a_batch_that_leaves_a_gap_is_refused
    a_batch_is_written_whole_or_not_at_all
    what_is_too_large_is_refused_before_anything_is_written
    rows_alone_are_written_only_at_the_end_of_the_journal
    a_ledger_entry_needs_a_record
    any_altered_or_missing_record_is_noticed
    a_journal_that_was_tampered_with_at_its_end_is_not_opened
    a_start_begins_after_the_newest_of_three_checkpoints
    a_damaged_checkpoint_is_passed_over
    a_checkpoint_of_what_is_not_written_is_refused
    a_reader_beside_the_writer_never_sees_a_broken_chain
}

async fn records_come_back_to_the_byte_over_many_pages(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 1)).await.unwrap();
    journal.append(&records(2, 1_000)).await.unwrap();
    assert_eq!(journal.next_seq().await, 1_002);
    let want: Vec<_> = (1..=1_001).map(entry_of).collect();
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap(), want);
    journal.close().await.unwrap();
    let journal = open(&database).await;
    assert_eq!(journal.next_seq().await, 1_002, "a new owner goes on where the last one ended");
    journal.append(&records(1_002, 1)).await.unwrap();
    assert_eq!(read_all(&database.store, LoadFrom::Beginning).await.unwrap().len(), 1_002);
}

async fn the_same_batch_again_changes_nothing(database: TestDatabase) {
    let journal = open(&database).await;
    let batch = one_of_each();
    journal.append(&batch).await.unwrap();
    journal.append(&batch).await.unwrap();
    assert_eq!(journal.next_seq().await, 2);
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap(), [entry_of(1)]);
    let ledger = database.store.money().ledger(&Default::default(), None, 9).await.unwrap();
    assert_eq!(ledger.rows, [entry(1)]);
}

async fn a_batch_of_long_ago_is_known_again(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 3)).await.unwrap();
    journal.append(&records(4, 3)).await.unwrap();
    for (first, count) in [(1, 3), (4, 3), (2, 4)] {
        journal.append(&records(first, count)).await.unwrap();
    }
    assert_eq!(journal.next_seq().await, 7);
    let error = journal.append(&records(5, 3)).await.unwrap_err();
    assert!(matches!(error, AppendError::Conflict { seq: 7 }), "half of it is new: {error}");
}

async fn another_batch_with_the_same_number_is_a_conflict(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 2)).await.unwrap();
    let mut other = records(1, 2);
    other.records[1].at = later(99);
    let error = journal.append(&other).await.unwrap_err();
    assert!(matches!(error, AppendError::Conflict { seq: 2 }), "{error}");
    assert!(!error.is_transient());
}

async fn a_batch_that_leaves_a_gap_is_refused(database: TestDatabase) {
    let journal = open(&database).await;
    for bad in [2, 7] {
        let error = journal.append(&records(bad, 1)).await.unwrap_err();
        assert!(matches!(error, AppendError::OutOfOrder { expected: 1, .. }), "{error}");
    }
    assert!(journal.append(&records(0, 1)).await.is_err(), "the first one is 1");
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap(), []);
}

/// The entry's number was used before, which the database finds out after it took the rest.
async fn a_batch_is_written_whole_or_not_at_all(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&one_of_each()).await.unwrap();
    let bad = MoneyBatch {
        orders: vec![order(2, NOON)],
        entries: vec![entry(2), entry(1)],
        ..records(2, 1)
    };
    let error = journal.append(&bad).await.unwrap_err();
    assert!(matches!(&error, AppendError::Store(_)), "{error}");
    assert!(!error.is_transient(), "{error}");
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap(), [entry_of(1)]);
    let orders = database.store.money().orders(&Default::default(), None, 9).await.unwrap();
    assert_eq!(orders.rows, [order(1, NOON)]);
    let good = MoneyBatch { entries: vec![entry(2)], ..bad };
    journal.append(&good).await.unwrap();
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap().len(), 2);
}

async fn what_is_too_large_is_refused_before_anything_is_written(database: TestDatabase) {
    let journal = open(&database).await;
    let body = |bytes: usize| JournalRecord { body: "x".repeat(bytes), ..record(1) };
    let batch = |records| MoneyBatch { first_seq: 1, records, ..MoneyBatch::default() };
    let orders = MoneyBatch { orders: vec![order(1, NOON); 1_001], ..records(1, 1) };
    for bad in
        [records(1, 1_001), batch(vec![body((1 << 20) + 1)]), batch(vec![body(1 << 20); 9]), orders]
    {
        let error = journal.append(&bad).await.unwrap_err();
        assert!(matches!(error, AppendError::TooLarge { .. }), "{error}");
    }
    let odd = MoneyBatch {
        orders: vec![store::OrderRow { intent: "two words".to_owned(), ..order(1, NOON) }],
        ..records(1, 1)
    };
    let error = journal.append(&odd).await.unwrap_err();
    assert!(error.to_string().contains("intent"), "{error}");
    assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap(), []);
    journal.append(&batch(vec![body(1 << 20); 8])).await.unwrap();
}

async fn rows_alone_are_written_only_at_the_end_of_the_journal(database: TestDatabase) {
    let journal = open(&database).await;
    let rows = |first_seq, number| MoneyBatch {
        first_seq,
        orders: vec![order(number, NOON)],
        ..MoneyBatch::default()
    };
    journal.append(&rows(1, 1)).await.unwrap();
    journal.append(&records(1, 1)).await.unwrap();
    for bad in [1, 3] {
        let error = journal.append(&rows(bad, 2)).await.unwrap_err();
        assert!(matches!(error, AppendError::OutOfOrder { expected: 2, .. }), "{error}");
    }
    journal.append(&rows(2, 3)).await.unwrap();
    let orders = database.store.money().orders(&Default::default(), None, 9).await.unwrap();
    assert_eq!(orders.rows, [order(3, NOON), order(1, NOON)]);
}

async fn a_ledger_entry_needs_a_record(database: TestDatabase) {
    let journal = open(&database).await;
    let bad = MoneyBatch { first_seq: 1, entries: vec![entry(1)], ..MoneyBatch::default() };
    assert!(matches!(journal.append(&bad).await.unwrap_err(), AppendError::Unexplained));
}

async fn change(database: &TestDatabase, sql: &str) {
    raw(database).await.execute_unprepared(sql).await.unwrap();
}

async fn any_altered_or_missing_record_is_noticed(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 5)).await.unwrap();
    let altered = ChainError::Altered { seq: 3 };
    for (damage, repair, want) in [
        ("body = CONCAT(body, ' ')", "body = TRIM(body)", altered),
        ("kind = 'other'", "kind = 'order_signed'", altered),
        ("at = at + 1", "at = at - 1", altered),
        ("seq = 33", "seq = 3", ChainError::Missing { seq: 3 }),
    ] {
        let damage = damage.replace("CONCAT(body, ' ')", concat_space(&database));
        change(&database, &format!("UPDATE journal SET {damage} WHERE seq = 3")).await;
        let found = read_all(&database.store, LoadFrom::Newest).await.unwrap_err();
        assert!(matches!(found, LoadError::Damaged(error) if error == want), "{damage}: {found}");
        let at = if damage.starts_with("seq") { 33 } else { 3 };
        change(&database, &format!("UPDATE journal SET {repair} WHERE seq = {at}")).await;
        assert_eq!(read_all(&database.store, LoadFrom::Newest).await.unwrap().len(), 5);
    }
    for (delete, want) in [("= 5", 5), ("= 4", 4), ("<= 1", 1)] {
        change(&database, &format!("DELETE FROM journal WHERE seq {delete}")).await;
        let found = read_all(&database.store, LoadFrom::Newest).await.unwrap_err();
        let want = ChainError::Missing { seq: want };
        assert!(matches!(found, LoadError::Damaged(error) if error == want), "{found}");
    }
}

/// Text is joined in two ways.
fn concat_space(database: &TestDatabase) -> &'static str {
    match database.store.backend() {
        store::Backend::Sqlite => "body || ' '",
        store::Backend::Mysql => "CONCAT(body, ' ')",
    }
}

async fn a_journal_that_was_tampered_with_at_its_end_is_not_opened(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 3)).await.unwrap();
    journal.close().await.unwrap();
    let refused = async |want: ChainError| {
        let error = database.store.money().open_journal("test", NOON).await.unwrap_err();
        assert!(matches!(error, OpenError::Damaged(found) if found == want), "{error}");
    };
    change(&database, "UPDATE journal SET seq = 4 WHERE seq = 3").await;
    refused(ChainError::BehindTheEnd { seq: 4 }).await;
    let found = read_all(&database.store, LoadFrom::Newest).await.unwrap_err();
    assert!(matches!(found, LoadError::Damaged(ChainError::Missing { seq: 3 })), "{found}");
    change(&database, "DELETE FROM journal WHERE seq = 4").await;
    refused(ChainError::Missing { seq: 3 }).await;
    change(&database, "UPDATE journal_owner SET head_seq = 2").await;
    refused(ChainError::Altered { seq: 2 }).await;
    let found = read_all(&database.store, LoadFrom::Newest).await.unwrap_err();
    assert!(matches!(found, LoadError::Damaged(ChainError::Altered { seq: 2 })), "{found}");
    change(&database, "UPDATE journal_owner SET head_seq = 1").await;
    let found = read_all(&database.store, LoadFrom::Newest).await.unwrap_err();
    assert!(matches!(found, LoadError::Damaged(ChainError::BehindTheEnd { seq: 2 })), "{found}");
}

fn checkpoint(seq: u64) -> Checkpoint {
    Checkpoint { seq, body: format!("{{ \"sum\":{seq} }}"), at: later(seq as i64) }
}

async fn a_start_begins_after_the_newest_of_three_checkpoints(database: TestDatabase) {
    let journal = open(&database).await;
    let loaded = database.store.money().load(LoadFrom::Newest).await.unwrap();
    assert_eq!(loaded.checkpoint, None);
    journal.append(&records(1, 10)).await.unwrap();
    for seq in [0, 2, 4, 6, 8] {
        journal.put_checkpoint(&checkpoint(seq)).await.unwrap();
    }
    journal.put_checkpoint(&checkpoint(8)).await.unwrap();
    for (from, want) in [
        (LoadFrom::Newest, Some(8)),
        (LoadFrom::Before(8), Some(6)),
        (LoadFrom::Before(6), Some(4)),
        (LoadFrom::Before(4), None),
        (LoadFrom::Beginning, None),
    ] {
        let mut loaded = database.store.money().load(from).await.unwrap();
        assert_eq!(loaded.checkpoint, want.map(checkpoint), "{from:?}");
        assert_eq!(loaded.damaged_checkpoints, [0; 0]);
        let page = loaded.pages.next_page().await.unwrap();
        let want: Vec<_> = (want.unwrap_or(0) + 1..=10).map(entry_of).collect();
        assert_eq!(page, want, "{from:?}");
    }
}

async fn a_damaged_checkpoint_is_passed_over(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 9)).await.unwrap();
    for seq in [3, 6, 9] {
        journal.put_checkpoint(&checkpoint(seq)).await.unwrap();
    }
    change(&database, "UPDATE checkpoints SET body = '{}' WHERE seq = 9").await;
    let loaded = database.store.money().load(LoadFrom::Newest).await.unwrap();
    assert_eq!(loaded.checkpoint, Some(checkpoint(6)));
    assert_eq!(loaded.damaged_checkpoints, [9]);
    change(&database, "UPDATE checkpoints SET checksum = digest WHERE seq = 6").await;
    let loaded = database.store.money().load(LoadFrom::Newest).await.unwrap();
    assert_eq!(loaded.checkpoint, Some(checkpoint(3)), "it belongs to another journal");
    assert_eq!(loaded.damaged_checkpoints, [9, 6]);
    journal.put_checkpoint(&checkpoint(9)).await.unwrap();
    let loaded = database.store.money().load(LoadFrom::Newest).await.unwrap();
    assert_eq!(loaded.checkpoint, Some(checkpoint(9)), "made again, it is whole");
}

async fn a_checkpoint_of_what_is_not_written_is_refused(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&records(1, 2)).await.unwrap();
    let error = journal.put_checkpoint(&checkpoint(3)).await.unwrap_err();
    assert!(matches!(error, AppendError::OutOfOrder { expected: 2, got: 3 }), "{error}");
    let huge = Checkpoint { body: "x".repeat(9 << 20), ..checkpoint(1) };
    journal.put_checkpoint(&huge).await.unwrap();
    let loaded = database.store.money().load(LoadFrom::Newest).await.unwrap();
    assert_eq!(loaded.checkpoint.unwrap(), huge, "what repeats itself takes little room");
    let huge = Checkpoint { body: noise(12 << 20), ..checkpoint(1) };
    let error = journal.put_checkpoint(&huge).await.unwrap_err();
    assert!(matches!(error, AppendError::TooLarge { .. }), "{error}");
}

/// Text that cannot be packed.
fn noise(bytes: usize) -> String {
    let mut state = 7_u64;
    let letters = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'0' + (state >> 58) as u8)
    });
    letters.take(bytes).collect()
}

async fn a_reader_beside_the_writer_never_sees_a_broken_chain(database: TestDatabase) {
    let journal = open(&database).await;
    let store = database.store.clone();
    let reader = tokio::spawn(async move {
        let mut seen = 0;
        while seen < 200 {
            let entries = read_all(&store, LoadFrom::Newest).await.unwrap();
            assert!(entries.len() >= seen, "what was there stays there");
            seen = entries.len();
        }
    });
    for first in (1..=199).step_by(2) {
        journal.append(&records(first, 2)).await.unwrap();
    }
    reader.await.unwrap();
}
