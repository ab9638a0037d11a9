//! Who may do what only one process may do.

use sea_orm_migration::MigrationTrait;

use crate::columns::{LABEL, NAME, integer, text};
use crate::declared::NewTable;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(NewTable {
        name: "m20261122_000171_leases",
        table: "leases",
        columns: vec![
            text("name", LABEL),
            text("holder", NAME),
            integer("fence"),
            integer("taken_at"),
            integer("expires_at"),
        ],
        primary_key: &["name"],
    })]
}
