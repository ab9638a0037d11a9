//! A request that comes twice is carried out once.

use serde_json::json;
use store::testing::TestDatabase;
use store::{Answer, Begun, StoreError};

use crate::support::{NOON, later, on_both_databases};

on_both_databases! {
    the_second_time_the_same_is_answered
    the_same_key_with_another_request_is_a_conflict
    of_many_at_once_one_is_new
    an_abandoned_request_may_be_made_again_and_a_done_one_not
    old_keys_are_forgotten_in_batches
    a_key_that_does_not_fit_is_refused
}

fn answer() -> Answer {
    Answer { status: 202, body: json!({"order": "0xab", "size": "1.5", "null": null}) }
}

async fn the_second_time_the_same_is_answered(database: TestDatabase) {
    let keys = database.store.money().idempotency();
    assert_eq!(keys.begin("k", "d", NOON).await.unwrap(), Begun::New);
    let waiting = Begun::InProgress { since: NOON };
    assert_eq!(keys.begin("k", "d", later(1)).await.unwrap(), waiting);
    keys.finish("k", &answer()).await.unwrap();
    let other = Answer { status: 500, body: json!(null) };
    keys.finish("k", &other).await.unwrap();
    for _ in 0..2 {
        assert_eq!(keys.begin("k", "d", later(2)).await.unwrap(), Begun::Done(answer()));
    }
    assert_eq!(keys.begin("K", "d", later(3)).await.unwrap(), Begun::New, "another key");
}

async fn the_same_key_with_another_request_is_a_conflict(database: TestDatabase) {
    let keys = database.store.money().idempotency();
    keys.begin("k", "d", NOON).await.unwrap();
    assert_eq!(keys.begin("k", "e", NOON).await.unwrap(), Begun::Conflict);
    keys.finish("k", &answer()).await.unwrap();
    assert_eq!(keys.begin("k", "e", NOON).await.unwrap(), Begun::Conflict);
}

async fn of_many_at_once_one_is_new(database: TestDatabase) {
    let tasks = (0..8).map(|_| {
        let store = database.store.clone();
        tokio::spawn(
            async move { store.money().idempotency().begin("k", "d", NOON).await.unwrap() },
        )
    });
    let mut new = 0;
    for task in tasks.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Begun::New => new += 1,
            begun => assert_eq!(begun, Begun::InProgress { since: NOON }),
        }
    }
    assert_eq!(new, 1);
}

async fn an_abandoned_request_may_be_made_again_and_a_done_one_not(database: TestDatabase) {
    let keys = database.store.money().idempotency();
    keys.begin("k", "d", NOON).await.unwrap();
    keys.abandon("k").await.unwrap();
    assert_eq!(keys.begin("k", "d", NOON).await.unwrap(), Begun::New);
    keys.finish("k", &answer()).await.unwrap();
    keys.abandon("k").await.unwrap();
    assert_eq!(keys.begin("k", "d", NOON).await.unwrap(), Begun::Done(answer()));
}

async fn old_keys_are_forgotten_in_batches(database: TestDatabase) {
    let keys = database.store.money().idempotency();
    for step in 0..4 {
        keys.begin(&format!("k{step}"), "d", later(step)).await.unwrap();
    }
    assert_eq!(keys.prune_before(later(3), 2).await.unwrap(), 2);
    assert_eq!(keys.prune_before(later(3), 2).await.unwrap(), 1);
    assert_eq!(keys.begin("k3", "d", NOON).await.unwrap(), Begun::InProgress { since: later(3) });
    assert_eq!(keys.begin("k0", "d", NOON).await.unwrap(), Begun::New);
}

async fn a_key_that_does_not_fit_is_refused(database: TestDatabase) {
    let keys = database.store.money().idempotency();
    for (key, digest) in [("two words", "d"), (&*"k".repeat(121), "d"), ("k", &*"d".repeat(67))] {
        let error = keys.begin(key, digest, NOON).await.unwrap_err();
        assert!(matches!(error, StoreError::BadKey { table: "idempotency_keys", .. }), "{error}");
    }
}
