//! The steps that migrations are made of, each safe to run again.

use sea_orm_migration::prelude::{
    ColumnDef, DbErr, Index, IndexCreateStatement, SchemaManager, Table,
};
use sea_orm_migration::sea_orm::DbBackend;

/// Creates `table` with the given columns and primary key.
///
/// On MySQL the table compares text byte by byte, whatever the default of the database is.
pub(crate) async fn create_table(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: impl IntoIterator<Item = ColumnDef>,
    primary_key: &[&'static str],
) -> Result<(), DbErr> {
    let mut key = Index::create();
    for column in primary_key {
        key.col(*column);
    }
    let mut statement = Table::create();
    statement.table(table).if_not_exists().primary_key(&mut key);
    for mut column in columns {
        statement.col(&mut column);
    }
    if manager.get_database_backend() == DbBackend::MySql {
        statement.engine("InnoDB").character_set("utf8mb4").collate("utf8mb4_bin");
    }
    manager.create_table(statement).await
}

/// Drops `table` with everything in it.
pub(crate) async fn drop_table(
    manager: &SchemaManager<'_>,
    table: &'static str,
) -> Result<(), DbErr> {
    manager.drop_table(Table::drop().table(table).if_exists().take()).await
}

/// Creates an index unless it is there. MySQL has no `IF NOT EXISTS` for it.
pub(crate) async fn create_index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    if manager.has_index(table, name).await? {
        return Ok(());
    }
    let mut statement: IndexCreateStatement = Index::create();
    statement.name(name).table(table);
    for column in columns {
        statement.col(*column);
    }
    manager.create_index(statement).await
}

/// Drops an index if it is there.
pub(crate) async fn drop_index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
) -> Result<(), DbErr> {
    if !manager.has_index(table, name).await? {
        return Ok(());
    }
    manager.drop_index(Index::drop().name(name).table(table).to_owned()).await
}

/// Adds a column unless it is there. Neither database has `IF NOT EXISTS` for it.
pub(crate) async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    if manager.has_column(table, name).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}

/// Drops a column if it is there, with what is in it.
pub(crate) async fn drop_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
) -> Result<(), DbErr> {
    if !manager.has_table(table).await? || !manager.has_column(table, name).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(table).drop_column(name).take()).await
}
