//! What each run of a collector did.

use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait,
};

use crate::columns::{LABEL, TITLE, integer, text, text_or_null};
use crate::steps::{create_table, drop_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("name", LABEL),
            integer("started_at"),
            integer("took_ms"),
            integer("added"),
            integer("changed"),
            integer("closed"),
            integer("failed"),
            text_or_null("error", TITLE),
        ];
        create_table(manager, "collector_runs", columns, &["name", "started_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "collector_runs").await
    }
}
