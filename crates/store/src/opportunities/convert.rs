//! Between an opportunity and its row.

use domain::{Shares, UnixMillis, Usd};

use crate::column::{RowReader, key_text, moment, span, span_micros};
use crate::entity::opportunities::Model;
use crate::error::StoreError;
use crate::text::{KEY_CHARS_MAX, LONG_KEY_CHARS_MAX};

use super::{OpportunityRow, TABLE};

pub(super) fn to_row(row: &OpportunityRow) -> Result<Model, StoreError> {
    Ok(Model {
        id: key_text(TABLE, "id", &row.id, LONG_KEY_CHARS_MAX)?,
        kind: row.kind.to_string(),
        subject: key_text(TABLE, "subject", &row.subject, KEY_CHARS_MAX)?,
        found_at: row.found_at.micros(),
        seen_at: row.seen_at.micros(),
        closed_at: row.closed_at.map(UnixMillis::micros),
        closed_reason: row.closed_reason.as_ref().map(ToString::to_string),
        size: row.size.micros(),
        gross: row.gross.micros(),
        fees: row.fees.micros(),
        chain_cost: row.chain_cost.micros(),
        net: row.net.micros(),
        capital: row.capital.micros(),
        lock_up: row.lock_up.map(span_micros),
        annualised_bips: row.annualised_bips,
        score: row.score,
        legs: row.legs.clone(),
    })
}

pub(super) fn from_row(row: Model) -> Result<OpportunityRow, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.id };
    let kind = reader.word("kind", &row.kind)?;
    let closed_reason =
        row.closed_reason.map(|text| reader.word("closed_reason", &text)).transpose()?;
    Ok(OpportunityRow {
        kind,
        subject: row.subject,
        found_at: moment(row.found_at),
        seen_at: moment(row.seen_at),
        closed_at: row.closed_at.map(moment),
        closed_reason,
        size: Shares::from_micros(row.size),
        gross: Usd::from_micros(row.gross),
        fees: Usd::from_micros(row.fees),
        chain_cost: Usd::from_micros(row.chain_cost),
        net: Usd::from_micros(row.net),
        capital: Usd::from_micros(row.capital),
        lock_up: row.lock_up.map(span),
        annualised_bips: row.annualised_bips,
        score: row.score,
        legs: row.legs,
        id: row.id,
    })
}
