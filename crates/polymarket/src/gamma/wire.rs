//! Gamma's records as they are written, reduced to the fields that are used.
//!
//! Every field may be missing, `null`, a number, a string or the text of a list; see
//! [`crate::wire::Scalar`]. Unknown fields are ignored.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::wire::Scalar;

/// A market.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct MarketWire<'a> {
    pub id: Scalar,
    pub version: Scalar,
    pub slug: Scalar,
    pub question: Scalar,
    pub group_item_title: Scalar,
    pub condition_id: Scalar,
    #[serde(rename = "questionID", alias = "questionId")]
    pub question_id: Scalar,
    pub outcomes: Scalar,
    pub outcome_prices: Scalar,
    pub clob_token_ids: Scalar,
    pub position_ids: Scalar,
    pub active: Scalar,
    pub closed: Scalar,
    pub accepting_orders: Scalar,
    pub enable_order_book: Scalar,
    pub end_date: Scalar,
    pub neg_risk: Scalar,
    pub neg_risk_other: Scalar,
    pub order_price_min_tick_size: Scalar,
    pub order_min_size: Scalar,
    pub fees_enabled: Scalar,
    pub fee_type: Scalar,
    pub fee_schedule: Scalar,
    pub liquidity: Scalar,
    pub liquidity_num: Scalar,
    #[serde(rename = "volume24hr")]
    pub volume_24h: Scalar,
    pub uma_resolution_status: Scalar,
    pub resolution_status: Scalar,
    pub crypto_market_config: Scalar,
    pub sports_market_type: Scalar,
    pub game_id: Scalar,
    #[serde(borrow, deserialize_with = "readable")]
    pub events: Vec<EventWire<'a>>,
    #[serde(deserialize_with = "readable")]
    pub tags: Vec<TagWire>,
}

/// An event; also the parent that a market names, then without markets.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct EventWire<'a> {
    pub id: Scalar,
    pub slug: Scalar,
    pub title: Scalar,
    pub neg_risk: Scalar,
    pub enable_neg_risk: Scalar,
    pub neg_risk_augmented: Scalar,
    pub neg_risk_fee_bips: Scalar,
    #[serde(deserialize_with = "readable")]
    pub tags: Vec<TagWire>,
    #[serde(borrow)]
    pub markets: Option<Vec<&'a RawValue>>,
}

/// A tag.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct TagWire {
    pub id: Scalar,
    pub label: Scalar,
    pub slug: Scalar,
}

/// What a taker pays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct FeeWire {
    pub rate: Scalar,
    pub exponent: Scalar,
}

/// One page of markets or events.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageWire<'a> {
    /// The records, where this is a list of markets.
    #[serde(borrow)]
    pub markets: Option<Vec<&'a RawValue>>,
    /// The records, where this is a list of events.
    #[serde(borrow)]
    pub events: Option<Vec<&'a RawValue>>,
    /// Where the next page begins; nothing on the last one.
    pub next_cursor: Scalar,
}

/// The entries of a list that can be read; none where it is no list.
fn readable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let raw = <&'de RawValue>::deserialize(deserializer)?;
    let entries: Vec<&'de RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
    Ok(entries.into_iter().filter_map(|entry| serde_json::from_str(entry.get()).ok()).collect())
}
