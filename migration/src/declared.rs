//! Migrations as data: a table, an index or a column, and the name it is noted under.

use sea_orm_migration::prelude::{
    ColumnDef, DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
};

use crate::steps::{add_column, create_index, create_table, drop_column, drop_index, drop_table};

/// A new table.
pub(crate) struct NewTable {
    /// The name of the migration.
    pub(crate) name: &'static str,
    /// The name of the table.
    pub(crate) table: &'static str,
    /// Its columns.
    pub(crate) columns: Vec<ColumnDef>,
    /// The columns of its primary key.
    pub(crate) primary_key: &'static [&'static str],
}

/// A new index.
pub(crate) struct NewIndex {
    /// The name of the migration.
    pub(crate) name: &'static str,
    /// On which table.
    pub(crate) table: &'static str,
    /// The name of the index.
    pub(crate) index: &'static str,
    /// Its columns.
    pub(crate) columns: &'static [&'static str],
}

/// A new column of a table that may have rows, so it may be null.
pub(crate) struct NewColumn {
    /// The name of the migration.
    pub(crate) name: &'static str,
    /// To which table.
    pub(crate) table: &'static str,
    /// The name of the column.
    pub(crate) column: &'static str,
    /// The column.
    pub(crate) definition: ColumnDef,
}

macro_rules! named {
    ($($kind:ident)*) => {$(
        impl MigrationName for $kind {
            fn name(&self) -> &str {
                self.name
            }
        }
    )*};
}
named! { NewTable NewIndex NewColumn }

#[async_trait::async_trait]
impl MigrationTrait for NewTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_table(manager, self.table, self.columns.clone(), self.primary_key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, self.table).await
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NewIndex {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_index(manager, self.table, self.index, self.columns).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, self.table, self.index).await
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NewColumn {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, self.table, self.column, self.definition.clone()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, self.table, self.column).await
    }
}
