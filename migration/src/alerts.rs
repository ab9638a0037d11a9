//! What people were told, and how each message fared on its way.

use sea_orm_migration::MigrationTrait;

use crate::columns::{
    KEY, LONG_KEY, NAME, REFERENCE, TITLE, WORD, integer, integer_or_null, text, text_or_null,
};
use crate::declared::{NewIndex, NewTable};

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(NewTable {
            name: "m20261121_000141_alerts",
            table: "alerts",
            columns: vec![
                text("id", REFERENCE),
                integer("at"),
                text("kind", WORD),
                text("severity", WORD),
                text("topic", LONG_KEY),
                text_or_null("condition_id", KEY),
                text_or_null("market", TITLE),
                integer_or_null("size"),
                text("title", TITLE),
                text("body", TITLE),
            ],
            primary_key: &["id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000142_alerts_by_time",
            table: "alerts",
            index: "alerts_by_time",
            columns: &["at", "id"],
        }),
        Box::new(NewTable {
            name: "m20261121_000143_alert_deliveries",
            table: "alert_deliveries",
            columns: vec![
                text("alert_id", REFERENCE),
                text("channel", WORD),
                integer("at"),
                text("state", WORD),
                integer("tries"),
                integer("due_at"),
                integer_or_null("sent_at"),
                text_or_null("problem", NAME),
            ],
            primary_key: &["alert_id", "channel"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000144_alert_deliveries_by_state",
            table: "alert_deliveries",
            index: "alert_deliveries_by_state",
            columns: &["state", "due_at"],
        }),
    ]
}
