//! Recordings and answers that are made up here.

use std::io::Write as _;

use serde_json::json;
use tempfile::NamedTempFile;

const BEGIN_MS: i64 = 1_790_000_000_000;

/// A moment of these recordings.
pub(super) fn at(offset_ms: i64) -> i64 {
    BEGIN_MS + offset_ms
}

pub(super) fn file(lines: &[String]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(lines.join("\n").as_bytes()).unwrap();
    file
}

pub(super) fn condition(market: u32) -> String {
    format!("0x{market:064x}")
}

pub(super) fn tokens(market: u32) -> [String; 2] {
    [1, 2].map(|side| format!("{}", market * 10 + side))
}

/// A frame with one level a side.
pub(super) fn book(token: &str, ms: i64, bid: (&str, &str), ask: (&str, &str)) -> String {
    book_of(1, token, ms, bid, ask)
}

pub(super) fn book_of(
    market: u32,
    token: &str,
    ms: i64,
    (bid, bid_size): (&str, &str),
    (ask, ask_size): (&str, &str),
) -> String {
    json!({
        "event_type": "book", "asset_id": token, "market": condition(market),
        "bids": [{"price": bid, "size": bid_size}], "asks": [{"price": ask, "size": ask_size}],
        "timestamp": at(ms).to_string(), "hash": "0x",
        "min_order_size": "5", "tick_size": "0.01", "neg_risk": true,
    })
    .to_string()
}

/// A whole book by a recorder with names of its own.
pub(super) fn snapshot(market: &str, side: &str, ms: i64, bid: f64, ask: f64) -> String {
    let (bids, asks) = ([[bid, 100.0]], [[ask, 100.0]]);
    json!({"market_id": market, "ts": at(ms), "side": side, "bids": bids, "asks": asks}).to_string()
}

/// A neg-risk event with three free markets.
pub(super) fn event() -> String {
    event_with(json!({"feesEnabled": false}))
}

/// The same with other fields in every market.
pub(super) fn event_with(fields: serde_json::Value) -> String {
    let market = |market: u32| {
        let mut record = json!({
            "id": market.to_string(), "version": "v1", "conditionId": condition(market),
            "slug": format!("m{market}"), "question": format!("Does number {market} win?"),
            "outcomes": "[\"Yes\", \"No\"]",
            "clobTokenIds": json!(tokens(market)).to_string(),
            "active": true, "closed": false, "acceptingOrders": true, "enableOrderBook": true,
            "negRisk": true, "orderPriceMinTickSize": 0.01, "orderMinSize": 5,
            "endDate": "2027-01-01T00:00:00Z", "outcomePrices": "[\"0.3\", \"0.7\"]",
            "liquidityNum": 100_000, "volume24hr": 100_000,
        });
        record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        record
    };
    json!({
        "id": "77", "slug": "who", "title": "Who wins?", "negRisk": true, "enableNegRisk": true,
        "negRiskAugmented": false, "markets": [market(1), market(2), market(3)],
    })
    .to_string()
}
