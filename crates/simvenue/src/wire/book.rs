//! Order books as REST and the market socket state them, and their hash.

use std::fmt::Write;

use domain::{Level, Price, Shares, TickSize, UnixMillis};
use sha1::{Digest, Sha1};

use super::last_trade;
use crate::universe::{Sides, Version};

/// Everything a book states.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BookFacts<'a> {
    pub(crate) condition: &'a str,
    pub(crate) token: &'a str,
    pub(crate) stamp: UnixMillis,
    pub(crate) sides: &'a Sides,
    pub(crate) order_size_min: Shares,
    pub(crate) tick: TickSize,
    pub(crate) neg_risk: bool,
    pub(crate) last_trade: Option<Price>,
    pub(crate) version: Version,
}

fn levels(out: &mut String, name: &str, levels: &[Level]) {
    let _ = write!(out, "\"{name}\":[");
    for (at, level) in levels.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}{{\"price\":\"{}\",\"size\":\"{}\"}}", level.price, level.size);
    }
    out.push(']');
}

fn head(facts: &BookFacts<'_>, hash: &str) -> String {
    let mut out = String::with_capacity(600 + 36 * facts.sides.bids.len());
    let _ = write!(
        out,
        "{{\"market\":\"{}\",\"asset_id\":\"{}\",\"timestamp\":\"{}\",\"hash\":\"{hash}\",",
        facts.condition, facts.token, facts.stamp.0
    );
    levels(&mut out, "bids", &facts.sides.bids);
    out.push(',');
    levels(&mut out, "asks", &facts.sides.asks);
    out
}

fn close(out: &mut String, facts: &BookFacts<'_>) {
    let _ = write!(out, ",\"last_trade_price\":\"{}\"", last_trade(facts.last_trade));
    // Only books of the second protocol name their version.
    if facts.version == Version::V2 {
        out.push_str(",\"version\":\"v2\"");
    }
    out.push('}');
}

fn rest_with(facts: &BookFacts<'_>, hash: &str) -> String {
    let mut out = head(facts, hash);
    let _ = write!(
        out,
        ",\"min_order_size\":\"{}\",\"tick_size\":\"{}\",\"neg_risk\":{}",
        facts.order_size_min, facts.tick, facts.neg_risk
    );
    close(&mut out, facts);
    out
}

/// The hash that a book states of itself.
pub(crate) fn hash(facts: &BookFacts<'_>) -> String {
    hex::encode(Sha1::digest(rest_with(facts, "")))
}

/// A book as `/book` answers.
pub(crate) fn rest(facts: &BookFacts<'_>) -> String {
    rest_with(facts, &hash(facts))
}

/// A book as the market socket sends it.
pub(crate) fn frame(facts: &BookFacts<'_>) -> String {
    let mut out = head(facts, &hash(facts));
    let _ = write!(out, ",\"tick_size\":\"{}\",\"event_type\":\"book\"", facts.tick);
    close(&mut out, facts);
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_recorded_book_is_written_back_byte_for_byte_and_hash_for_hash() {
        let usual =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/samples");
        let folder = std::env::var_os("SAMPLES_DIR").map_or(usual, PathBuf::from);
        for name in ["clob_book_v1_2026-10-05.json", "clob_book_v2_canary_2026-10-05.json"] {
            let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
                let required = std::env::var("DUTCHBOOK_REQUIRE_ALL").is_ok_and(|it| it == "1");
                assert!(!required, "no sample {name}");
                eprintln!("SKIPPED: no sample {name}; set SAMPLES_DIR");
                continue;
            };
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            let string = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let levels = |side: &str| -> Vec<Level> {
                let read = |level: &serde_json::Value| Level {
                    price: Price::parse(&string(&level["price"])).unwrap(),
                    size: Shares::parse(&string(&level["size"])).unwrap(),
                };
                json[side].as_array().unwrap().iter().map(read).collect()
            };
            let facts = BookFacts {
                condition: &string(&json["market"]),
                token: &string(&json["asset_id"]),
                stamp: UnixMillis(string(&json["timestamp"]).parse().unwrap()),
                sides: &Sides { bids: levels("bids"), asks: levels("asks") },
                order_size_min: Shares::from_whole(5),
                tick: TickSize::Hundredth,
                neg_risk: false,
                last_trade: Price::parse(&string(&json["last_trade_price"])).ok(),
                version: if json["version"] == "v2" { Version::V2 } else { Version::V1 },
            };
            assert_eq!(rest(&facts), text.trim());
        }
    }
}
