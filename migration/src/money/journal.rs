//! The journal: who may write it, what it says, and its sums.

use sea_orm_migration::MigrationTrait;

use crate::columns::{KEY, LABEL, NAME, integer, long_text, text};
use crate::declared::NewTable;

pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(NewTable {
            name: "m20261121_000012_journal",
            table: "journal",
            columns: vec![
                integer("seq"),
                integer("at"),
                text("kind", LABEL),
                long_text("body"),
                text("checksum", KEY),
            ],
            primary_key: &["seq"],
        }),
        Box::new(NewTable {
            name: "m20261121_000013_journal_owner",
            table: "journal_owner",
            columns: vec![
                integer("id"),
                text("owner", NAME),
                integer("opened_at"),
                integer("fence"),
                integer("head_seq"),
                text("head_checksum", KEY),
            ],
            primary_key: &["id"],
        }),
        Box::new(NewTable {
            name: "m20261121_000014_checkpoints",
            table: "checkpoints",
            columns: vec![
                integer("seq"),
                integer("at"),
                long_text("body"),
                text("checksum", KEY),
                text("digest", KEY),
            ],
            primary_key: &["seq"],
        }),
    ]
}
