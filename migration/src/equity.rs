//! What everything was worth over time: at most a row a minute.

use sea_orm_migration::MigrationTrait;

use crate::columns::integer;
use crate::declared::NewTable;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(NewTable {
        name: "m20261122_000152_equity_marks",
        table: "equity_marks",
        columns: vec![integer("at"), integer("equity"), integer("peak"), integer("net")],
        primary_key: &["at"],
    })]
}
