//! The best prices of a token at one moment. The key makes a second write of the same a no-op.

use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait,
};

use crate::columns::{TOKEN, WORD, integer, integer_or_null, text};
use crate::steps::{create_table, drop_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("token", TOKEN),
            integer("observed_at"),
            integer_or_null("bid"),
            integer_or_null("ask"),
            text("source", WORD),
        ];
        create_table(manager, "market_prices", columns, &["token", "observed_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "market_prices").await
    }
}
