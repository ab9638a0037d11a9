//! Decisions are counted without reading their gates, which are most of each row.

use sea_orm_migration::MigrationTrait;

use crate::declared::NewIndex;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(NewIndex {
        name: "m20261122_000150_decisions_counted",
        table: "decisions",
        index: "decisions_counted",
        columns: &["at", "strategy", "verdict", "rule", "plan_id"],
    })]
}
