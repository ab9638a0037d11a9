//! What a wallet holds and held.

use domain::{ConditionId, DecimalError, IdError, UnixMillis, Usd};
use serde::Deserialize;
use thiserror::Error;

use super::EnvelopeWire;
use crate::http::Excerpt;
use crate::wire::{Scalar, moment, object};

/// One position of one wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// In which market.
    pub condition: ConditionId,
    /// What it cost altogether, fees included where the venue states them.
    pub cost: Usd,
    /// What came of it so far, worth of open shares included.
    pub profit: Usd,
    /// When it was begun.
    pub first_at: Option<UnixMillis>,
}

/// Positions of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PositionsPage {
    /// Positions that were understood, in the order of the page.
    pub positions: Vec<Position>,
    /// Why others were not.
    pub refused: Vec<PositionRefusal>,
    /// Where the next page begins; nothing on the last one.
    pub next_cursor: Option<String>,
}

/// Why a position cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PositionRefusal {
    /// Not the JSON object that was expected.
    #[error("not a readable position: {0}")]
    Json(Excerpt),
    /// A broken condition id.
    #[error("its condition id is not usable: {0}")]
    Condition(IdError),
    /// No cost, or not a number.
    #[error("its cost is not usable: {0}")]
    Cost(DecimalError),
    /// No profit, or not a number.
    #[error("its profit is not usable: {0}")]
    Profit(DecimalError),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PositionWire {
    condition_id: Scalar,
    entry_cost_usdc: Scalar,
    total_cost_usdc: Scalar,
    realized_pnl: Scalar,
    total_pnl: Scalar,
    first_entry_at: Scalar,
}

/// Reads an answer of `/v2/positions`.
///
/// # Errors
/// Not the envelope of that API.
pub fn parse_positions(json: &str) -> Result<PositionsPage, serde_json::Error> {
    let EnvelopeWire { data, pagination } = object(json)?;
    let cursor = pagination.unwrap_or_default().next_cursor;
    let mut page =
        PositionsPage { next_cursor: cursor.get().map(str::to_owned), ..PositionsPage::default() };
    for record in data {
        match position(record.get()) {
            Ok(position) => page.positions.push(position),
            Err(why) => page.refused.push(why),
        }
    }
    Ok(page)
}

fn position(json: &str) -> Result<Position, PositionRefusal> {
    let wire: PositionWire = object(json)
        .map_err(|error| PositionRefusal::Json(Excerpt::of(error.to_string().as_bytes())))?;
    let cost = wire.total_cost_usdc.get().unwrap_or(wire.entry_cost_usdc.as_str());
    let profit = wire.total_pnl.get().unwrap_or(wire.realized_pnl.as_str());
    Ok(Position {
        condition: ConditionId::parse(wire.condition_id.as_str())
            .map_err(PositionRefusal::Condition)?,
        cost: Usd::parse_display(cost).map_err(PositionRefusal::Cost)?,
        profit: Usd::parse_display(profit).map_err(PositionRefusal::Profit)?,
        first_at: moment(&wire.first_entry_at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_and_a_missing_figure_is_refused_not_taken_for_nought() {
        let condition = format!("0x{}", "ab".repeat(32));
        let read = |rest: &str| position(&format!(r#"{{"condition_id":"{condition}"{rest}}}"#));
        let whole = r#","total_cost_usdc":50.25,"total_pnl":-50.25,"first_entry_at":1790000000"#;
        let found = read(whole).unwrap();
        assert_eq!(found.profit, Usd::from_micros(-50_250_000));
        assert_eq!(found.first_at, Some(UnixMillis(1_790_000_000_000)));
        let older = read(r#","entry_cost_usdc":1,"realized_pnl":2"#).unwrap();
        assert_eq!((older.cost, older.first_at), (Usd::from_whole(1), None));
        assert!(matches!(read(r#","total_pnl":1"#), Err(PositionRefusal::Cost(_))));
        assert!(matches!(read(r#","total_cost_usdc":1"#), Err(PositionRefusal::Profit(_))));
    }
}
