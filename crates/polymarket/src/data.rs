//! The Data API, version 2: what was traded and how markets were resolved. It lags behind the
//! chain and the books: for insight and audit, not for orders.

mod client;
mod position;

use domain::{ConditionId, IdError, UnixMillis, Usd};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::http::Excerpt;
use crate::rtds::{MatchedTrade, TradeRefusal, parse_trade};
use crate::wire::{Scalar, moment, object, texts};

pub use client::{DataClient, PositionPages, PositionState, TradePages, TradesWanted};
pub use position::{Position, PositionRefusal, PositionsPage, parse_positions};

/// Trades of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TradesPage {
    /// Trades that were understood, in the order of the page.
    pub trades: Vec<MatchedTrade>,
    /// Why others were not.
    pub refused: Vec<TradeRefusal>,
    /// Where the next page begins; nothing on the last one.
    pub next_cursor: Option<String>,
}

/// How a market stands with its oracle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The market.
    pub condition: ConditionId,
    /// What one share of each outcome pays; only where the market is resolved.
    pub payouts: Option<[Usd; 2]>,
    /// When it was resolved.
    pub resolved_at: Option<UnixMillis>,
    /// Somebody objected.
    pub was_disputed: bool,
}

/// Why a resolution cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResolutionRefusal {
    /// Not the JSON object that was expected.
    #[error("not a readable resolution: {0}")]
    Json(Excerpt),
    /// A broken condition id.
    #[error("its condition id is not usable: {0}")]
    Condition(IdError),
    /// Resolved, but the payouts are not two amounts that add up to a dollar.
    #[error("its payouts are not two amounts that add up to one dollar")]
    Payouts,
}

#[derive(Deserialize)]
struct EnvelopeWire<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    pagination: Option<PaginationWire>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PaginationWire {
    next_cursor: Scalar,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResolutionWire {
    condition_id: Scalar,
    status: Scalar,
    payouts: Scalar,
    was_disputed: Scalar,
    resolved_at: Scalar,
}

/// Reads an answer of `/v2/trades`.
///
/// # Errors
/// Not the envelope of that API.
pub fn parse_trades(json: &str) -> Result<TradesPage, serde_json::Error> {
    let EnvelopeWire { data, pagination } = object(json)?;
    let cursor = pagination.unwrap_or_default().next_cursor;
    let mut page =
        TradesPage { next_cursor: cursor.get().map(str::to_owned), ..TradesPage::default() };
    for record in data {
        match parse_trade(record.get()) {
            Ok(trade) => page.trades.push(trade),
            Err(why) => page.refused.push(why),
        }
    }
    Ok(page)
}

/// Reads an answer of `/v2/resolutions`.
///
/// # Errors
/// Not the envelope of that API; or, inside, why one record cannot be used.
pub fn parse_resolutions(
    json: &str,
) -> Result<Vec<Result<Resolution, ResolutionRefusal>>, serde_json::Error> {
    let EnvelopeWire { data, .. } = object(json)?;
    Ok(data.into_iter().map(|record| resolution(record.get())).collect())
}

fn resolution(json: &str) -> Result<Resolution, ResolutionRefusal> {
    let wire: ResolutionWire = object(json)
        .map_err(|error| ResolutionRefusal::Json(Excerpt::of(error.to_string().as_bytes())))?;
    let is_resolved = wire.status.as_str() == "resolved";
    Ok(Resolution {
        condition: ConditionId::parse(wire.condition_id.as_str())
            .map_err(ResolutionRefusal::Condition)?,
        payouts: if is_resolved { Some(payouts(&wire.payouts)?) } else { None },
        resolved_at: moment(&wire.resolved_at),
        was_disputed: wire.was_disputed.is_true(),
    })
}

/// Two amounts in millionths.
fn payouts(stated: &Scalar) -> Result<[Usd; 2], ResolutionRefusal> {
    let amounts = texts(stated).ok_or(ResolutionRefusal::Payouts)?;
    let micros: Vec<i64> = amounts
        .iter()
        .map(|text| text.parse().ok().filter(|micros| (0..=1_000_000).contains(micros)))
        .collect::<Option<_>>()
        .ok_or(ResolutionRefusal::Payouts)?;
    match micros.as_slice() {
        [yes, no] if yes + no == 1_000_000 => Ok([Usd::from_micros(*yes), Usd::from_micros(*no)]),
        _ => Err(ResolutionRefusal::Payouts),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(status: &str, payouts: &str) -> Result<Resolution, ResolutionRefusal> {
        let condition = format!("0x{}", "ab".repeat(32));
        resolution(&format!(
            r#"{{"condition_id":"{condition}","status":"{status}","payouts":{payouts}}}"#
        ))
    }

    #[test]
    fn payouts_count_only_when_resolved_and_when_they_add_up() {
        let payouts = |status, payouts| read(status, payouts).map(|r| r.payouts);
        let won = Some([Usd::from_micros(0), Usd::from_micros(1_000_000)]);
        assert_eq!(payouts("resolved", "[0,1000000]"), Ok(won));
        assert_eq!(payouts("proposed", "[0,1000000]"), Ok(None));
        for bad in ["[]", "[0,0]", "[2000000,-1000000]", "[0.5,0.5]", "null", "7"] {
            assert_eq!(payouts("resolved", bad), Err(ResolutionRefusal::Payouts), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(text in "[\\[\\]{}\":,a-z0-9. ]{0,60}") {
            let _ = (parse_trades(&text), parse_resolutions(&text), read("resolved", &text));
            let _ = parse_trades(&format!("{{\"data\":[{text}]}}"));
        }
    }
}
