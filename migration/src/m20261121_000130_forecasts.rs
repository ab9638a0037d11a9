//! What the models were asked, what they said, and what it cost.

use sea_orm_migration::MigrationTrait;

use crate::columns::{
    KEY, LABEL, NAME, TITLE, WORD, flag, integer, integer_or_null, json_or_null, text, text_or_null,
};
use crate::declared::{NewIndex, NewTable};

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(NewTable {
            name: "m20261121_000130_forecasts",
            table: "forecasts",
            columns: vec![
                text("id", KEY),
                text("condition_id", KEY),
                text_or_null("group_id", LABEL),
                text("slug", NAME),
                text("title", TITLE),
                text("category", LABEL),
                text("source", WORD),
                text("state", WORD),
                text_or_null("reason", TITLE),
                integer("asked_at"),
                integer_or_null("made_at"),
                integer_or_null("market"),
                integer_or_null("blind"),
                integer_or_null("blended"),
                integer("cost"),
                json_or_null("body"),
                integer_or_null("resolved_at"),
                integer_or_null("outcome"),
            ],
            primary_key: &["id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000131_forecasts_by_time",
            table: "forecasts",
            index: "forecasts_by_time",
            columns: &["asked_at", "id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000132_forecasts_by_market",
            table: "forecasts",
            index: "forecasts_by_market",
            columns: &["condition_id", "asked_at"],
        }),
        Box::new(NewTable {
            name: "m20261121_000133_model_answers",
            table: "model_answers",
            columns: vec![
                text("forecast_id", KEY),
                text("member", LABEL),
                integer("sample"),
                text("model", NAME),
                integer("at"),
                text("state", WORD),
                text_or_null("failure", LABEL),
                flag("late"),
                flag("repaired"),
                integer_or_null("probability"),
                integer_or_null("low"),
                integer_or_null("high"),
                json_or_null("reasons"),
                integer("prompt_tokens"),
                integer("completion_tokens"),
                integer("cost"),
                integer("latency"),
                text_or_null("error", TITLE),
            ],
            primary_key: &["forecast_id", "member", "sample"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000134_model_answers_by_time",
            table: "model_answers",
            index: "model_answers_by_time",
            columns: &["at"],
        }),
        Box::new(NewTable {
            name: "m20261121_000135_model_budget",
            table: "model_budget",
            columns: vec![
                integer("day"),
                integer("reserved"),
                integer("spent"),
                integer("calls"),
                integer("refused"),
                integer("updated_at"),
            ],
            primary_key: &["day"],
        }),
        Box::new(NewTable {
            name: "m20261121_000136_model_calls",
            table: "model_calls",
            columns: vec![
                text("id", KEY),
                integer("day"),
                integer("reserved_at"),
                integer("reserved"),
                integer_or_null("settled_at"),
                integer_or_null("paid"),
            ],
            primary_key: &["id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000137_model_calls_by_time",
            table: "model_calls",
            index: "model_calls_by_time",
            columns: &["reserved_at"],
        }),
    ]
}
