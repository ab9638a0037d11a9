//! Who may use the service: the tokens of programs.

use sea_orm_migration::MigrationTrait;

use crate::columns::{KEY, LABEL, WORD, integer, integer_or_null, text};
use crate::declared::NewTable;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(NewTable {
        name: "m20261122_000151_api_tokens",
        table: "api_tokens",
        columns: vec![
            text("name", LABEL),
            text("role", WORD),
            text("hash", KEY),
            integer("created_at"),
            integer_or_null("expires_at"),
            integer_or_null("revoked_at"),
            integer_or_null("last_used_at"),
        ],
        primary_key: &["name"],
    })]
}
