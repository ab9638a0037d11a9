//! The schema comes and goes.

use domain::Market;
use store::Backend;
use store::testing::TestDatabase;

use crate::support::{NOON, install_tls, market, on_both_databases};

on_both_databases! {
    migrating_twice_changes_nothing
    every_migration_goes_down_and_up_again
    a_migration_that_was_cut_off_before_its_note_runs_again
    a_database_of_the_first_version_keeps_what_it_holds
    a_database_of_a_newer_version_is_refused
    the_database_answers_a_ping_and_is_closed_for_good
}

async fn migrating_twice_changes_nothing(database: TestDatabase) {
    let store = &database.store;
    store.markets().upsert_many(&[&market(1)], NOON).await.unwrap();
    let before = store.schema_state().await.unwrap();
    assert_eq!(before.pending(), 0);
    store.migrate().await.unwrap();
    assert_eq!(store.schema_state().await.unwrap(), before);
    assert_eq!(store.markets().count().await.unwrap(), 1);
}

async fn every_migration_goes_down_and_up_again(database: TestDatabase) {
    let store = &database.store;
    let all = store.schema_state().await.unwrap().migrations.len();
    for taken_back in 1..=all {
        store.migrate_down(1).await.unwrap();
        assert_eq!(store.schema_state().await.unwrap().pending(), taken_back);
    }
    assert!(store.markets().count().await.is_err(), "no table is left");
    store.migrate().await.unwrap();
    assert_eq!(store.schema_state().await.unwrap().pending(), 0);
    assert_eq!(store.markets().count().await.unwrap(), 0);
}

async fn a_migration_that_was_cut_off_before_its_note_runs_again(database: TestDatabase) {
    use sea_orm::ConnectionTrait;
    let raw = crate::support::raw(&database).await;
    raw.execute_unprepared("DELETE FROM seaql_migrations").await.unwrap();
    let store = &database.store;
    let state = store.schema_state().await.unwrap();
    assert_eq!(state.pending(), state.migrations.len());
    store.migrate().await.unwrap();
    assert_eq!(store.schema_state().await.unwrap().pending(), 0);
}

/// The first version had eleven migrations.
async fn a_database_of_the_first_version_keeps_what_it_holds(database: TestDatabase) {
    use sea_orm::ConnectionTrait;
    let store = &database.store;
    let newer = store.schema_state().await.unwrap().migrations.len() - 11;
    store.markets().upsert_many(&[&market(1)], NOON).await.unwrap();
    store.migrate_down(u32::try_from(newer).unwrap()).await.unwrap();
    assert_eq!(store.schema_state().await.unwrap().pending(), newer);
    store.opportunities().upsert_many(&[crate::opportunities::row(1, NOON)]).await.unwrap();
    let raw = crate::support::raw(&database).await;
    // As the first version wrote it: without the columns that came later.
    let sql = "INSERT INTO commands VALUES ('c1', 1790000000123000, 'me', 'halt', 'all', 'done')";
    raw.execute_unprepared(sql).await.unwrap();

    store.migrate().await.unwrap();
    assert_eq!(store.schema_state().await.unwrap().pending(), 0);
    let kept = Market { question: None, ..market(1) };
    assert_eq!(store.markets().load_open().await.unwrap().markets, [kept]);
    let report = store.markets().upsert_many(&[&market(1)], NOON).await.unwrap();
    assert_eq!(report.changed, 1, "the venue's next list adds the question");
    assert_eq!(store.markets().load_open().await.unwrap().markets, [market(1)]);
    let any = store::OpportunityState::Any;
    let found = store.opportunities().page(any, None, None, 9).await.unwrap();
    assert_eq!(found.rows, [crate::opportunities::row(1, NOON)]);
    let commands = store.commands().page(None, 9).await.unwrap().rows;
    assert_eq!((commands[0].id.as_str(), commands[0].at), ("c1", NOON));
    assert_eq!((&commands[0].value_before, &commands[0].value_after), (&None, &None));
    // And the first version may still write beside this one.
    let sql = "INSERT INTO commands (id, at, actor, action, target, outcome)
               VALUES ('c2', 1, 'me', 'halt', 'all', 'done')";
    raw.execute_unprepared(sql).await.unwrap();
    store.money().open_journal("test", NOON).await.unwrap();
}

async fn a_database_of_a_newer_version_is_refused(database: TestDatabase) {
    use sea_orm::ConnectionTrait;
    let raw = crate::support::raw(&database).await;
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_x', 1)";
    raw.execute_unprepared(sql).await.unwrap();
    for refused in [database.store.migrate().await, database.store.schema_state().await.map(drop)] {
        let error = refused.unwrap_err();
        assert!(!error.is_transient(), "{error}");
        assert!(error.to_string().contains("m29991231_000001_x"), "{error}");
    }
}

async fn the_database_answers_a_ping_and_is_closed_for_good(database: TestDatabase) {
    let store = database.store.clone();
    store.ping().await.unwrap();
    store.clone().close().await.unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
}

#[tokio::test]
async fn asking_an_empty_database_for_its_schema_creates_nothing() {
    install_tls();
    for backend in [Backend::Sqlite, Backend::Mysql] {
        let Some(database) = TestDatabase::open_empty(backend).await else { continue };
        let state = database.store.schema_state().await.unwrap();
        assert_eq!(state.pending(), state.migrations.len());
        assert_eq!(database.store.backend(), backend);
        assert!(database.store.markets().count().await.is_err());
    }
}
