//! Who is signed in: the sessions of browsers.

use sea_orm_migration::MigrationTrait;

use crate::columns::{KEY, WORD, integer, text, text_or_null};
use crate::declared::NewTable;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(NewTable {
        name: "m20261122_000172_web_sessions",
        table: "web_sessions",
        columns: vec![
            text("cookie_hash", KEY),
            text("begun_by", WORD),
            text_or_null("token_hash", KEY),
            integer("begun_at"),
            integer("ends_at"),
        ],
        primary_key: &["cookie_hash"],
    })]
}
