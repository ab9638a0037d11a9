//! What is owned and owed, the state of risk, and commands that may come twice.

use sea_orm_migration::MigrationTrait;

use crate::columns::{
    KEY, LABEL, LONG_KEY, REFERENCE, TITLE, TOKEN, WORD, integer, integer_or_null, json,
    json_or_null, text, text_or_null,
};
use crate::declared::{NewColumn, NewIndex, NewTable};

pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(NewTable {
            name: "m20261121_000032_ledger_entries",
            table: "ledger_entries",
            columns: vec![
                integer("id"),
                integer("seq"),
                integer("at"),
                text("cause_kind", LABEL),
                text("cause_reference", REFERENCE),
                text("phase", WORD),
                text_or_null("strategy", LABEL),
                text_or_null("condition_id", KEY),
                text_or_null("group_id", LABEL),
                text("memo", TITLE),
            ],
            primary_key: &["id"],
        }),
        Box::new(NewTable {
            name: "m20261121_000033_ledger_postings",
            table: "ledger_postings",
            columns: vec![
                integer("entry_id"),
                integer("line"),
                text("account", LONG_KEY),
                text("asset", TOKEN),
                integer("amount"),
            ],
            primary_key: &["entry_id", "line"],
        }),
        Box::new(NewTable {
            name: "m20261121_000034_positions",
            table: "positions",
            columns: vec![
                text("token", TOKEN),
                text("condition_id", KEY),
                text_or_null("group_id", LABEL),
                integer("settled"),
                integer("pending_in"),
                integer("pending_out"),
                integer("cost"),
                integer("realised"),
                integer("fees"),
                integer("updated_at"),
            ],
            primary_key: &["token"],
        }),
        Box::new(NewTable {
            name: "m20261121_000035_daily_results",
            table: "daily_results",
            columns: vec![
                integer("day"),
                text("strategy", LABEL),
                text("condition_id", KEY),
                text("group_id", LABEL),
                integer("realised"),
                integer("fees"),
                integer("gas"),
                integer("adjusted"),
                integer("trades"),
                integer("updated_at"),
            ],
            primary_key: &["day", "strategy", "condition_id", "group_id"],
        }),
        Box::new(NewTable {
            name: "m20261121_000036_risk_state",
            table: "risk_state",
            columns: vec![text("name", LABEL), json("body"), integer("at")],
            primary_key: &["name"],
        }),
        Box::new(NewTable {
            name: "m20261121_000037_idempotency_keys",
            table: "idempotency_keys",
            columns: vec![
                text("id", LONG_KEY),
                integer("at"),
                text("digest", KEY),
                text("state", WORD),
                integer_or_null("status"),
                json_or_null("answer"),
            ],
            primary_key: &["id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000038_idempotency_keys_by_time",
            table: "idempotency_keys",
            index: "idempotency_keys_by_time",
            columns: &["at", "id"],
        }),
        Box::new(NewColumn {
            name: "m20261121_000039_commands_value_before",
            table: "commands",
            column: "value_before",
            definition: json_or_null("value_before"),
        }),
        Box::new(NewColumn {
            name: "m20261121_000040_commands_value_after",
            table: "commands",
            column: "value_after",
            definition: json_or_null("value_after"),
        }),
    ]
}
