//! The schema's history, walked with a row in every table: an upgrade keeps what was written, and what
//! the version before it reads stays where it is.

use std::collections::BTreeMap;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use store::testing::TestDatabase;

use crate::support::{on_both_databases, raw};

on_both_databases! {
    every_step_of_an_upgrade_keeps_every_row_and_every_column
}

/// A column as the database states it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    kind: String,
    must_be_given: bool,
}

type Tables = BTreeMap<String, BTreeMap<String, Column>>;
/// What was written: a value, as SQL, for each column of a row.
type Row = BTreeMap<String, String>;

async fn rows(raw: &DatabaseConnection, sql: &str) -> Vec<Vec<String>> {
    let ask = Statement::from_string(raw.get_database_backend(), sql);
    let found = raw.query_all_raw(ask).await.unwrap();
    let text = |row: &sea_orm::QueryResult, at: usize| -> String {
        let number = || row.try_get_by_index::<i64>(at).map(|it| it.to_string());
        row.try_get_by_index::<String>(at).or_else(|_| number()).unwrap_or_default()
    };
    found.iter().map(|row| (0..4).map(|at| text(row, at)).collect()).collect()
}

async fn tables(raw: &DatabaseConnection) -> Tables {
    let sql = match raw.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name, c.name, LOWER(c.type), CASE WHEN c.\"notnull\" = 1 AND c.dflt_value IS NULL
                    THEN 'YES' ELSE 'NO' END
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'seaql_migrations'"
        }
        _ => {
            "SELECT table_name, column_name, LOWER(column_type), CASE WHEN is_nullable = 'NO'
                    AND column_default IS NULL AND extra NOT LIKE '%auto_increment%' THEN 'YES' ELSE 'NO' END
             FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name <> 'seaql_migrations'"
        }
    };
    let mut tables = Tables::new();
    for row in rows(raw, sql).await {
        let [table, column, kind, must] = row.try_into().unwrap();
        let column_of = Column { kind, must_be_given: must == "YES" };
        tables.entry(table).or_default().insert(column, column_of);
    }
    tables
}

/// A row that nobody could mistake for another.
fn made_up(columns: &BTreeMap<String, Column>, step: usize) -> Row {
    let value = |at: usize, kind: &str| {
        let number = step * 1_000 + at + 1;
        // MariaDB keeps JSON as a long text that it checks.
        if kind.contains("json") || kind == "longtext" {
            return format!("'{{\"n\":{number}}}'");
        }
        let is_text = ["char", "text", "clob"].iter().any(|word| kind.contains(word));
        let is_bytes = ["blob", "binary"].iter().any(|word| kind.contains(word));
        match (is_text, is_bytes) {
            (true, _) => format!("'w{number}'"),
            (_, true) => "X'00ff10'".to_owned(),
            _ => (number % 100).to_string(),
        }
    };
    let given = columns.iter().enumerate();
    given.map(|(at, (name, column))| (name.clone(), value(at, &column.kind))).collect()
}

async fn insert(raw: &DatabaseConnection, table: &str, row: &Row) {
    let names: Vec<_> = row.keys().cloned().collect();
    let values: Vec<_> = row.values().cloned().collect();
    let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
    raw.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn count(
    raw: &DatabaseConnection,
    table: &str,
    row: &Row,
    columns: &BTreeMap<String, Column>,
) -> String {
    let same = row.iter().filter(|(name, _)| !columns[*name].kind.contains("json"));
    let same: Vec<_> = same.map(|(name, value)| format!("{name} = {value}")).collect();
    let sql = format!("SELECT COUNT(*), 0, 0, 0 FROM {table} WHERE {}", same.join(" AND "));
    rows(raw, &sql).await.remove(0).remove(0)
}

async fn every_step_of_an_upgrade_keeps_every_row_and_every_column(database: TestDatabase) {
    let raw = raw(&database).await;
    let steps = Migrator::migrations().len();
    database.store.migrate_down(u32::try_from(steps).unwrap()).await.unwrap();
    let mut written: Vec<(String, Row)> = Vec::new();
    let mut before = Tables::new();
    for step in 0..steps {
        Migrator::up(&raw, Some(1)).await.unwrap();
        let name = Migrator::migrations()[step].name().to_owned();
        let now = tables(&raw).await;
        for (table, columns) in &before {
            let kept = now.get(table).unwrap_or_else(|| panic!("{name} drops {table}"));
            for (column, stated) in columns {
                let still = kept.get(column);
                assert_eq!(
                    still.map(|it| &it.kind),
                    Some(&stated.kind),
                    "{name}: {table}.{column}"
                );
            }
            // What the version before writes does not know the new columns.
            let new = kept.iter().filter(|(column, _)| !columns.contains_key(*column));
            let must: Vec<_> = new.filter(|(_, column)| column.must_be_given).collect();
            assert!(must.is_empty(), "{name}: the version before cannot write {table}: {must:?}");
        }
        for (table, row) in &written {
            assert_eq!(count(&raw, table, row, &now[table]).await, "1", "{name}: {table} {row:?}");
        }
        for (table, columns) in
            now.iter().filter(|(table, _)| before.get(*table) != now.get(*table))
        {
            let row = made_up(columns, step);
            insert(&raw, table, &row).await;
            written.push((table.clone(), row));
        }
        before = now;
    }
    assert!(written.len() > 25, "{} rows", written.len());
    assert_eq!(database.store.schema_state().await.unwrap().pending(), 0);
}
