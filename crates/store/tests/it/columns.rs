//! What is really in the tables, beneath the drivers: the column policy, kept.

use domain::{Market, Usd};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use store::testing::TestDatabase;

use crate::support::{NOON, later, market, on_both_databases, raw};

on_both_databases! {
    every_column_has_a_type_that_means_the_same_on_both_databases
    money_is_an_exact_integer_in_the_table
    a_moment_is_microseconds_since_1970_in_the_table
    text_is_compared_byte_by_byte
}

/// Allowed in SQLite's words, where every integer has 64 bits, and in MySQL's, where `integer` has
/// another name. No decimal, no date, no float, nothing unsigned.
const TYPES: [&str; 8] = [
    "bigint",
    "integer",
    "boolean",
    "tinyint(1)",
    "json_text",
    "longtext",
    "varchar(N)",
    "varchar",
];

async fn rows(raw: &DatabaseConnection, sqlite: &str, mysql: &str) -> Vec<Vec<String>> {
    let backend = raw.get_database_backend();
    let sql = if backend == DbBackend::MySql { mysql } else { sqlite };
    let rows = raw.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    let columns = |row: &sea_orm::QueryResult| {
        (0..row.column_names().len()).map(|at| row.try_get_by_index(at).unwrap()).collect()
    };
    rows.iter().map(columns).collect()
}

async fn every_column_has_a_type_that_means_the_same_on_both_databases(database: TestDatabase) {
    let raw = raw(&database).await;
    let found = rows(
        &raw,
        "SELECT t.name, c.name, lower(c.type) FROM sqlite_master t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name <> 'seaql_migrations'",
        "SELECT table_name, column_name, CAST(column_type AS CHAR) FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name <> 'seaql_migrations'",
    )
    .await;
    assert_eq!(found.len(), 362, "a new column is looked at here first");
    for column in found {
        let kind = column[2].replace("bigint(20)", "bigint");
        let length = kind.strip_prefix("varchar(").and_then(|rest| rest.strip_suffix(')'));
        let kind = if length.is_some() { "varchar(N)" } else { kind.as_str() };
        assert!(TYPES.contains(&kind), "{column:?}");
    }
}

async fn money_is_an_exact_integer_in_the_table(database: TestDatabase) {
    // SQLite keeps a DECIMAL as a float: this amount would come back as …346 instead of …345.
    let amount = 1_234_567_890_123_456_345;
    let rich = Market { volume_24h: Usd::from_micros(amount), ..market(1) };
    database.store.markets().upsert_many(&[&rich], NOON).await.unwrap();
    let raw = raw(&database).await;
    let found = rows(
        &raw,
        "SELECT CAST(volume_24h AS TEXT), typeof(volume_24h) FROM markets",
        "SELECT CAST(volume_24h AS CHAR), 'integer' FROM markets",
    )
    .await;
    assert_eq!(found, [[amount.to_string(), "integer".to_owned()]]);
    let found = database.store.markets().find(rich.condition).await.unwrap().unwrap();
    assert_eq!(found.volume_24h.micros(), amount);
}

async fn a_moment_is_microseconds_since_1970_in_the_table(database: TestDatabase) {
    database.store.markets().upsert_many(&[&market(1)], NOON).await.unwrap();
    let changed = Market { placeholder: false, ..market(1) };
    database.store.markets().upsert_many(&[&changed], later(1)).await.unwrap();
    let raw = raw(&database).await;
    let found = rows(
        &raw,
        "SELECT CAST(first_seen_at AS TEXT), CAST(updated_at AS TEXT) FROM markets",
        "SELECT CAST(first_seen_at AS CHAR), CAST(updated_at AS CHAR) FROM markets",
    )
    .await;
    assert_eq!(found, [["1790000000123000", "1790000000124000"]]);
}

/// The tests' MariaDB creates databases that take `A` for `a`, so only the tables' own rule helps.
async fn text_is_compared_byte_by_byte(database: TestDatabase) {
    let raw = raw(&database).await;
    for id in ["aa", "AA", "äa"] {
        let sql = format!(
            "INSERT INTO commands (id, at, actor, action, target, outcome)
             VALUES ('{id}', 1, '', '', '', '')"
        );
        raw.execute_unprepared(&sql).await.unwrap();
    }
    let found = rows(
        &raw,
        "SELECT id FROM commands WHERE id = 'aa'",
        "SELECT id FROM commands WHERE id = 'aa'",
    )
    .await;
    assert_eq!(found, [["aa"]]);
}

/// sea-orm drops the condition of an upsert on MySQL without a word, and offers calls that need
/// `RETURNING`. Neither is found by a test of behaviour on one database, so the words are banned.
#[test]
fn the_calls_that_differ_between_the_databases_are_not_used() {
    let banned = ["action_and_where", "exec_with_returning", "RETURNING", ".do_nothing()"];
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            for word in banned {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
    assert!(files > 20);
}
