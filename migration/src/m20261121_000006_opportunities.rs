//! What the detector found, with its numbers.

use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait,
};

use crate::columns::{
    KEY, LABEL, LONG_KEY, WORD, integer, integer_or_null, json, text, text_or_null,
};
use crate::steps::{create_table, drop_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("id", LONG_KEY),
            text("kind", WORD),
            text("subject", KEY),
            integer("found_at"),
            integer("seen_at"),
            integer_or_null("closed_at"),
            text_or_null("closed_reason", LABEL),
            integer("size"),
            integer("gross"),
            integer("fees"),
            integer("chain_cost"),
            integer("net"),
            integer("capital"),
            integer_or_null("lock_up"),
            integer_or_null("annualised_bips"),
            integer("score"),
            json("legs"),
        ];
        create_table(manager, "opportunities", columns, &["id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "opportunities").await
    }
}
