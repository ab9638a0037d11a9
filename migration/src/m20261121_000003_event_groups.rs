//! Groups of markets that belong together.

use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait,
};

use crate::columns::{LABEL, NAME, TITLE, flag, integer, json, text};
use crate::steps::{create_table, drop_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("id", LABEL),
            text("slug", NAME),
            text("title", TITLE),
            flag("neg_risk"),
            flag("augmented"),
            integer("convert_fee_bips"),
            json("markets"),
            integer("first_seen_at"),
            integer("updated_at"),
            integer("version"),
        ];
        create_table(manager, "event_groups", columns, &["id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "event_groups").await
    }
}
