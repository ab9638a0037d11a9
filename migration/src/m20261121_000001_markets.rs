//! The catalogue: one row a market.

use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait,
};

use crate::columns::{
    KEY, LABEL, NAME, TITLE, TOKEN, WORD, flag, integer, integer_or_null, json, text, text_or_null,
};
use crate::steps::{create_table, drop_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("condition_id", KEY),
            text("gamma_id", LABEL),
            text("slug", NAME),
            text("title", TITLE),
            text("group_item", NAME),
            text_or_null("group_id", LABEL),
            text("protocol", WORD),
            text("yes_token", TOKEN),
            text("yes_name", NAME),
            text("no_token", TOKEN),
            text("no_name", NAME),
            flag("neg_risk"),
            flag("placeholder"),
            text("state", WORD),
            integer_or_null("yes_payout"),
            integer_or_null("no_payout"),
            integer("tick"),
            integer("order_size_min"),
            integer_or_null("fee_rate_ppm"),
            integer_or_null("fee_exponent"),
            integer_or_null("ends_at"),
            integer("volume_24h"),
            integer("liquidity"),
            json("tags"),
            integer_or_null("price_hint"),
            integer("first_seen_at"),
            integer("updated_at"),
            integer_or_null("closed_at"),
            integer("version"),
        ];
        create_table(manager, "markets", columns, &["condition_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "markets").await
    }
}
