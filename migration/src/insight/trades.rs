//! Large trades of the public tape, whales among them, and the wallets behind them.

use sea_orm_migration::MigrationTrait;

use crate::columns::{
    KEY, LONG_KEY, NAME, TITLE, TOKEN, WORD, flag, integer, integer_or_null, text, text_or_null,
};
use crate::declared::{NewIndex, NewTable};

pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let mut all = trades();
    all.extend(whales());
    all.push(Box::new(NewTable {
        name: "m20261121_000127_wallets",
        table: "wallets",
        columns: vec![
            text("address", KEY),
            integer_or_null("first_seen_at"),
            integer("open"),
            integer("settled"),
            integer("wins"),
            integer("volume"),
            integer("settled_cost"),
            integer("profit"),
            flag("partial"),
            integer("fetched_at"),
        ],
        primary_key: &["address"],
    }));
    all
}

fn trades() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(NewTable {
            name: "m20261121_000120_trades",
            table: "trades",
            columns: vec![
                text("id", LONG_KEY),
                integer("at"),
                text("condition_id", KEY),
                text("token", TOKEN),
                text("side", WORD),
                integer("price"),
                integer("size"),
                integer("value"),
                text_or_null("wallet", KEY),
                text_or_null("transaction_hash", KEY),
                text("source", WORD),
                text("title", TITLE),
                text("slug", NAME),
                text("event_slug", NAME),
                text("outcome", NAME),
            ],
            primary_key: &["id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000121_trades_by_time",
            table: "trades",
            index: "trades_by_time",
            columns: &["at", "id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000122_trades_by_wallet",
            table: "trades",
            index: "trades_by_wallet",
            columns: &["wallet", "at"],
        }),
    ]
}

fn whales() -> Vec<Box<dyn MigrationTrait>> {
    let mut columns = vec![
        text("id", LONG_KEY),
        text("kind", WORD),
        integer_or_null("fresh"),
        integer("told_at"),
        integer("first_at"),
        integer("last_at"),
        integer("prints"),
        text("condition_id", KEY),
        text("token", TOKEN),
        text("side", WORD),
        integer("entry_price"),
        integer("size"),
        integer("value"),
        text_or_null("wallet", KEY),
        text("title", TITLE),
        text("slug", NAME),
        text("event_slug", NAME),
        text("outcome", NAME),
        text_or_null("stake_token", TOKEN),
        integer("stake_price"),
        integer("fee_rate"),
        integer("fee_exponent"),
    ];
    columns.extend([
        text("hour_state", WORD),
        integer_or_null("hour_at"),
        integer_or_null("hour_mark"),
        integer_or_null("hour_profit"),
        integer_or_null("hour_return"),
        text("day_state", WORD),
        integer_or_null("day_at"),
        integer_or_null("day_mark"),
        integer_or_null("day_profit"),
        integer_or_null("day_return"),
        text("end_state", WORD),
        integer_or_null("end_at"),
        integer_or_null("end_mark"),
        integer_or_null("end_profit"),
        integer_or_null("end_return"),
    ]);
    vec![
        Box::new(NewTable {
            name: "m20261121_000123_whales",
            table: "whales",
            columns,
            primary_key: &["id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000124_whales_by_time",
            table: "whales",
            index: "whales_by_time",
            columns: &["told_at", "id"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000125_whales_by_wallet",
            table: "whales",
            index: "whales_by_wallet",
            columns: &["wallet", "told_at"],
        }),
        Box::new(NewIndex {
            name: "m20261121_000126_whales_by_end",
            table: "whales",
            index: "whales_by_end",
            columns: &["end_state", "told_at"],
        }),
    ]
}
