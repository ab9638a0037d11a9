//! Retention: deletes what is older than a moment, so many rows at a time.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::error::StoreError;
use crate::store::Store;

/// Whose rows go, and by which columns.
pub(crate) struct Prunable {
    pub(crate) table: &'static str,
    /// The primary key, as SQL lists it.
    pub(crate) key: &'static str,
    /// The moment that decides; rows where it is null stay.
    pub(crate) moment: &'static str,
}

impl Prunable {
    /// Deletes at most `rows_max` rows whose moment lies before `before_micros`, oldest first.
    /// Returns how many. One statement, so the lock is held for one batch.
    pub(crate) async fn prune(
        &self,
        store: &Store,
        before_micros: i64,
        rows_max: u32,
    ) -> Result<u64, StoreError> {
        let backend = store.connection().get_database_backend();
        let Self { table, key, moment } = self;
        // MySQL deletes with a limit but not from a limited subquery; SQLite the other way round.
        let sql = match backend {
            DbBackend::MySql => {
                format!("DELETE FROM {table} WHERE {moment} < ? ORDER BY {moment} LIMIT ?")
            }
            _ => format!(
                "DELETE FROM {table} WHERE ({key}) IN \
                 (SELECT {key} FROM {table} WHERE {moment} < ? ORDER BY {moment} LIMIT ?)"
            ),
        };
        let values = [before_micros.into(), i64::from(rows_max).into()];
        let statement = Statement::from_sql_and_values(backend, sql, values);
        store
            .transact(|| async {
                Ok(store.connection().execute_raw(statement.clone()).await?.rows_affected())
            })
            .await
    }
}
