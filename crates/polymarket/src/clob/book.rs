//! One order book as the venue answers it.

use domain::{
    ConditionId, DecimalError, IdError, Level, Price, PriceError, Shares, Side, TickSize, TokenId,
    UnixMillis,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha1::{Digest as _, Sha1};
use thiserror::Error;

use crate::http::Excerpt;
use crate::wire::{Scalar, moment, object};

/// A book, with what is needed to check its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookAnswer {
    /// The market.
    pub condition: ConditionId,
    /// The outcome.
    pub token: TokenId,
    /// When the venue stated it.
    pub at: UnixMillis,
    /// What people pay, best first.
    pub bids: Vec<Level>,
    /// What people ask, best first.
    pub asks: Vec<Level>,
    /// The smallest order, if stated.
    pub order_size_min: Option<Shares>,
    /// The price grid, if stated and known.
    pub tick: Option<TickSize>,
    /// Traded through the neg-risk contracts, if stated.
    pub neg_risk: Option<bool>,
    /// The last trade, if stated.
    pub last_trade: Option<Price>,
    /// The venue's own hash, as written.
    pub hash: Box<str>,
    /// The text that the venue hashes.
    canonical: Box<str>,
}

/// Why a book cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BookRefusal {
    /// Not the JSON object that was expected.
    #[error("not a readable book: {0}")]
    Json(Excerpt),
    /// A broken condition id.
    #[error("its condition id is not usable: {0}")]
    Condition(IdError),
    /// A broken token id.
    #[error("its token id is not usable: {0}")]
    Token(IdError),
    /// No time.
    #[error("it does not say when it was true")]
    Time,
    /// A price outside 0 to 1, too fine or not a number.
    #[error("a price is not usable: {0}")]
    Price(PriceError),
    /// A size below zero, too fine or not a number.
    #[error("a size is not usable: {0}")]
    Size(DecimalError),
    /// A book about a token that was not asked for.
    #[error("it was not asked for")]
    NotAskedFor,
}

impl BookAnswer {
    /// Whether the venue's hash fits what it sent: evidence that nothing is missing.
    #[must_use]
    pub fn hash_fits(&self) -> bool {
        hex::encode(Sha1::digest(self.canonical.as_bytes())) == *self.hash
    }
    /// The text that the venue hashes: compact JSON, its own digits, the hash left empty.
    #[must_use]
    pub fn canonical_text(&self) -> &str {
        &self.canonical
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BookWire {
    market: Scalar,
    asset_id: Scalar,
    timestamp: Scalar,
    hash: Scalar,
    bids: Vec<LevelWire>,
    asks: Vec<LevelWire>,
    min_order_size: Scalar,
    tick_size: Scalar,
    neg_risk: Scalar,
    last_trade_price: Scalar,
}

#[derive(Deserialize)]
struct LevelWire {
    price: Scalar,
    size: Scalar,
}

/// The same record, each value as its text, in the order in which the venue hashes them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct CanonicalWire<'a> {
    #[serde(borrow)]
    market: Option<&'a RawValue>,
    asset_id: Option<&'a RawValue>,
    timestamp: Option<&'a RawValue>,
    bids: Option<&'a RawValue>,
    asks: Option<&'a RawValue>,
    min_order_size: Option<&'a RawValue>,
    tick_size: Option<&'a RawValue>,
    neg_risk: Option<&'a RawValue>,
    last_trade_price: Option<&'a RawValue>,
    version: Option<&'a RawValue>,
}

/// Reads one book. Levels may come in any order and leave best first; levels without shares are
/// left out.
///
/// # Errors
/// Why the book cannot be used: one broken level spoils it, because a book with a hole is worse
/// than none.
pub fn parse_book(json: &str) -> Result<BookAnswer, BookRefusal> {
    let unreadable =
        |error: serde_json::Error| BookRefusal::Json(Excerpt::of(error.to_string().as_bytes()));
    let wire: BookWire = object(json).map_err(unreadable)?;
    let canonical: CanonicalWire<'_> = serde_json::from_str(json).map_err(unreadable)?;
    Ok(BookAnswer {
        condition: ConditionId::parse(wire.market.as_str()).map_err(BookRefusal::Condition)?,
        token: TokenId::parse(wire.asset_id.as_str()).map_err(BookRefusal::Token)?,
        at: moment(&wire.timestamp).ok_or(BookRefusal::Time)?,
        bids: levels(&wire.bids, Side::Buy)?,
        asks: levels(&wire.asks, Side::Sell)?,
        order_size_min: wire.min_order_size.get().and_then(|text| Shares::parse(text).ok()),
        tick: wire.tick_size.get().and_then(|text| TickSize::parse(text).ok()),
        neg_risk: wire.neg_risk.get().map(|_| wire.neg_risk.is_true()),
        last_trade: wire.last_trade_price.get().and_then(|text| Price::parse(text).ok()),
        hash: wire.hash.as_str().into(),
        canonical: canonical.text().into(),
    })
}

/// Best first, whatever the order on the wire.
fn levels(wire: &[LevelWire], side: Side) -> Result<Vec<Level>, BookRefusal> {
    let mut levels = Vec::with_capacity(wire.len());
    for LevelWire { price, size } in wire {
        let level = parse_level(price.as_str(), size.as_str())?;
        if level.size.is_positive() {
            levels.push(level);
        }
    }
    sort_best_first(&mut levels, side);
    Ok(levels)
}

/// One level from its two texts.
pub(crate) fn parse_level(price: &str, size: &str) -> Result<Level, BookRefusal> {
    let price = Price::parse(price).map_err(BookRefusal::Price)?;
    let size = Shares::parse(size).map_err(BookRefusal::Size)?;
    if size.micros() < 0 {
        return Err(BookRefusal::Size(DecimalError::Negative));
    }
    Ok(Level { price, size })
}

pub(crate) fn sort_best_first(levels: &mut [Level], side: Side) {
    match side {
        Side::Buy => levels.sort_by_key(|level| std::cmp::Reverse(level.price)),
        Side::Sell => levels.sort_by_key(|level| level.price),
    }
}

impl CanonicalWire<'_> {
    fn text(&self) -> String {
        let fields = [
            ("market", self.market.map(RawValue::get)),
            ("asset_id", self.asset_id.map(RawValue::get)),
            ("timestamp", self.timestamp.map(RawValue::get)),
            ("hash", Some("\"\"")),
            ("bids", self.bids.map(RawValue::get)),
            ("asks", self.asks.map(RawValue::get)),
            ("min_order_size", self.min_order_size.map(RawValue::get)),
            ("tick_size", self.tick_size.map(RawValue::get)),
            ("neg_risk", self.neg_risk.map(RawValue::get)),
            ("last_trade_price", self.last_trade_price.map(RawValue::get)),
            ("version", self.version.map(RawValue::get)),
        ];
        let mut text = String::from("{");
        for (name, value) in fields {
            let Some(value) = value else { continue };
            if text.len() > 1 {
                text.push(',');
            }
            text.push('"');
            text.push_str(name);
            text.push_str("\":");
            push_compact(&mut text, value);
        }
        text.push('}');
        text
    }
}

/// Copies JSON without the blanks between its parts.
fn push_compact(text: &mut String, json: &str) {
    let (mut quoted, mut escaped) = (false, false);
    for c in json.chars() {
        if quoted || !c.is_ascii_whitespace() {
            text.push(c);
        }
        quoted = (c == '"' && !escaped) != quoted;
        escaped = quoted && c == '\\' && !escaped;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn book(bids: &str) -> String {
        format!(
            r#"{{"market":"0x{}","asset_id":"7","timestamp":"1791241810525","hash":"x","bids":{bids},"asks":[]}}"#,
            "ab".repeat(32)
        )
    }

    fn refusal(bids: &str) -> BookRefusal {
        parse_book(&book(bids)).unwrap_err()
    }

    #[test]
    fn levels_leave_best_first_and_without_the_empty_ones() {
        let bids = r#"[{"price":"0.3","size":"1"},{"price":".5","size":"2"},{"price":"0.4","size":"0"},{"price":0.45,"size":3.5}]"#;
        let read = parse_book(&book(bids)).unwrap();
        let prices: Vec<_> = read.bids.iter().map(|l| l.price.ten_thousandths()).collect();
        assert_eq!(prices, [5_000, 4_500, 3_000]);
    }

    #[test]
    fn a_broken_level_spoils_the_book_with_its_reason() {
        assert!(matches!(refusal(r#"[{"price":"1.01","size":"1"}]"#), BookRefusal::Price(_)));
        assert!(matches!(refusal(r#"[{"price":"-0.1","size":"1"}]"#), BookRefusal::Price(_)));
        assert!(matches!(refusal(r#"[{"price":"NaN","size":"1"}]"#), BookRefusal::Price(_)));
        assert!(matches!(refusal(r#"[{"price":"0.5","size":"NaN"}]"#), BookRefusal::Size(_)));
        let negative = BookRefusal::Size(DecimalError::Negative);
        assert_eq!(refusal(r#"[{"price":"0.5","size":"-1"}]"#), negative);
        assert!(matches!(refusal(r#"[{"price":"0.5"}]"#), BookRefusal::Json(_)));
        assert!(matches!(refusal("7"), BookRefusal::Json(_)));
    }

    #[test]
    fn blanks_inside_texts_survive_compaction() {
        let mut text = String::new();
        push_compact(&mut text, r#" { "a b" : "c \" d" , "e" : [ 1 , "\\" , 2 ] } "#);
        assert_eq!(text, r#"{"a b":"c \" d","e":[1,"\\",2]}"#);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,80}", bids in "[\\[\\]{}\":,a-z0-9.]{0,60}") {
            let _ = parse_book(&text);
            let _ = parse_book(&book(&bids));
        }

        #[test]
        fn compaction_keeps_the_meaning(text in ".{0,40}") {
            let json = serde_json::to_string_pretty(&serde_json::json!({ "a": [text, 1] })).unwrap();
            let mut compact = String::new();
            push_compact(&mut compact, &json);
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(compact, value.to_string());
        }
    }
}
