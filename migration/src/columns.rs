//! The only column types there are. Why these: they mean the same on SQLite and MySQL.

use sea_orm_migration::prelude::ColumnDef;

/// Characters of a word of ours: an enum, a source.
pub(crate) const WORD: u32 = 16;
/// Characters of a condition id or another key.
pub(crate) const KEY: u32 = 66;
/// Characters of the id of an opportunity: kind, subject, moment.
pub(crate) const LONG_KEY: u32 = 120;
/// Characters of the name of a signal, a plan, an order's intent, a venue's trade.
pub(crate) const REFERENCE: u32 = 200;
/// Characters of a token id: up to 78 decimal digits.
pub(crate) const TOKEN: u32 = 80;
/// Characters of a reason, a number of the venue, the name of a thing of ours.
pub(crate) const LABEL: u32 = 64;
/// Characters of a short text from outside.
pub(crate) const NAME: u32 = 255;
/// Characters of a long text from outside.
pub(crate) const TITLE: u32 = 1_000;

/// Money, prices, sizes, moments and counts: millionths, microseconds since 1970, pieces.
pub(crate) fn integer(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// An integer that may be unknown.
pub(crate) fn integer_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

/// Text of at most `chars` characters.
pub(crate) fn text(name: &'static str, chars: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(chars).not_null().take()
}

/// Text that may be absent.
pub(crate) fn text_or_null(name: &'static str, chars: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(chars).null().take()
}

/// Yes or no.
pub(crate) fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

/// JSON that no query looks into.
pub(crate) fn json(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).json().not_null().take()
}

/// JSON that no query looks into, where there is any.
pub(crate) fn json_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).json().null().take()
}

/// Text of any length, kept to the byte: a database may rewrite what it knows to be JSON.
pub(crate) fn long_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("longtext").not_null().take()
}

/// Text of any length that may be absent.
pub(crate) fn long_text_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("longtext").null().take()
}
