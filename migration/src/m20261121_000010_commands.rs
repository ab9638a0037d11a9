//! Who did what.

use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait,
};

use crate::columns::{KEY, LABEL, NAME, TITLE, integer, text};
use crate::steps::{create_table, drop_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("id", KEY),
            integer("at"),
            text("actor", NAME),
            text("action", LABEL),
            text("target", NAME),
            text("outcome", TITLE),
        ];
        create_table(manager, "commands", columns, &["id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "commands").await
    }
}
