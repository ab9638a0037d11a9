//! What a live message means.

use domain::money::{MICROS, divide};
use domain::{
    ConditionId, DecimalError, IdError, Price, PriceError, Rounding, Shares, Side, TokenId,
    UnixMillis, Usd,
};
use serde::Deserialize;
use thiserror::Error;

use crate::http::Excerpt;
use crate::ids::{Address, HexError, TxHash};
use crate::wire::{Scalar, moment, object, side};

/// A trade as it was matched. Not settled: it may still fail on chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedTrade {
    /// Who took.
    pub wallet: Address,
    /// What.
    pub token: TokenId,
    /// In which market.
    pub condition: ConditionId,
    /// Whether the taker bought or sold.
    pub side: Side,
    /// At what price; an average may have more digits than a price, which are cut.
    pub price: Price,
    /// Dollars a share as written, averages included; digits beyond the sixth are cut.
    pub unit_price: Usd,
    /// How many shares; digits beyond the sixth are cut.
    pub size: Shares,
    /// What they cost together, rounded half up.
    pub value: Usd,
    /// When.
    pub at: UnixMillis,
    /// The transaction that is to settle it, once there is one.
    pub transaction: Option<TxHash>,
    /// The market's slug. From outside: untrusted text, like the texts below.
    pub slug: Box<str>,
    /// The event's slug.
    pub event_slug: Box<str>,
    /// The market's question.
    pub title: Box<str>,
    /// The outcome's name.
    pub outcome: Box<str>,
}

/// A price of something outside the venue, such as bitcoin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferencePrice {
    /// Whose, such as `btcusdt`.
    pub symbol: Box<str>,
    /// When.
    pub at: UnixMillis,
    /// The number as it was written: some sources write fixed point in a field of its own.
    pub value: Box<str>,
}

/// A message of the live socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RtdsMessage {
    /// A trade.
    Trade(Box<MatchedTrade>),
    /// Prices of something outside the venue, oldest first.
    Prices(Vec<ReferencePrice>),
    /// Anything else; left out, and worth counting.
    Other {
        /// Its topic.
        topic: Excerpt,
        /// Its type.
        kind: Excerpt,
    },
}

/// Why a trade cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TradeRefusal {
    /// Not the JSON that was expected.
    #[error("not a readable message: {0}")]
    Json(Excerpt),
    /// A broken wallet address.
    #[error("its wallet is not usable: {0}")]
    Wallet(HexError),
    /// A broken token id.
    #[error("its token id is not usable: {0}")]
    Token(IdError),
    /// A broken condition id.
    #[error("its condition id is not usable: {0}")]
    Condition(IdError),
    /// Neither bought nor sold.
    #[error("it was neither bought nor sold")]
    Side,
    /// A price outside 0 to 1 or not a number.
    #[error("its price is not usable: {0}")]
    Price(PriceError),
    /// A size below zero or not a number.
    #[error("its size is not usable: {0}")]
    Size(DecimalError),
    /// No time.
    #[error("it does not say when it happened")]
    Time,
    /// A broken transaction hash.
    #[error("its transaction is not usable: {0}")]
    Transaction(HexError),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EnvelopeWire {
    topic: Scalar,
    #[serde(rename = "type")]
    kind: Scalar,
    payload: Scalar,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PricesWire {
    symbol: Scalar,
    timestamp: Scalar,
    value: Scalar,
    data: Option<Vec<PointWire>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PointWire {
    timestamp: Scalar,
    value: Scalar,
}

/// The trade as written, in the camel case of the live socket or the snake case of the Data API.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TradeWire {
    #[serde(alias = "proxyWallet")]
    proxy_wallet: Scalar,
    #[serde(alias = "token_id")]
    asset: Scalar,
    #[serde(alias = "conditionId")]
    condition_id: Scalar,
    side: Scalar,
    price: Scalar,
    size: Scalar,
    timestamp: Scalar,
    #[serde(alias = "transactionHash")]
    transaction_hash: Scalar,
    slug: Scalar,
    #[serde(alias = "eventSlug")]
    event_slug: Scalar,
    title: Scalar,
    outcome: Scalar,
}

/// Reads one frame.
///
/// # Errors
/// Why a trade in it cannot be used. Unknown topics are no error.
pub fn parse_message(json: &[u8]) -> Result<RtdsMessage, TradeRefusal> {
    let envelope: EnvelopeWire = serde_json::from_slice(json).map_err(|e| unreadable(&e))?;
    let topic = envelope.topic.as_str();
    if topic.starts_with("crypto_prices") || topic.starts_with("equity_prices") {
        return prices(envelope.payload.as_str()).map(RtdsMessage::Prices);
    }
    let is_trade = envelope.topic.as_str() == "activity"
        && matches!(envelope.kind.as_str(), "orders_matched" | "trades");
    if !is_trade {
        let excerpt = |scalar: &Scalar| Excerpt::of(scalar.as_str().as_bytes());
        return Ok(RtdsMessage::Other {
            topic: excerpt(&envelope.topic),
            kind: excerpt(&envelope.kind),
        });
    }
    parse_trade(envelope.payload.as_str()).map(Box::new).map(RtdsMessage::Trade)
}

/// Reads one trade, as the live socket or as the Data API writes it.
///
/// # Errors
/// Why it cannot be used.
pub fn parse_trade(json: &str) -> Result<MatchedTrade, TradeRefusal> {
    object::<TradeWire>(json).map_err(|error| unreadable(&error))?.read()
}

/// One price, or the snapshot that answers a subscription.
fn prices(json: &str) -> Result<Vec<ReferencePrice>, TradeRefusal> {
    let wire: PricesWire = object(json).map_err(|error| unreadable(&error))?;
    let one = PointWire { timestamp: wire.timestamp, value: wire.value };
    let points = wire.data.unwrap_or_else(|| vec![one]);
    let price = |point: &PointWire| {
        let (symbol, value) = (wire.symbol.as_str().into(), point.value.as_str().into());
        let at = moment(&point.timestamp).ok_or(TradeRefusal::Time)?;
        Ok(ReferencePrice { symbol, at, value })
    };
    let mut prices: Vec<_> = points.iter().map(price).collect::<Result<_, _>>()?;
    prices.sort_by_key(|price| price.at);
    Ok(prices)
}

impl TradeWire {
    fn read(&self) -> Result<MatchedTrade, TradeRefusal> {
        let text = |scalar: &Scalar| -> Box<str> { scalar.as_str().into() };
        let size = Shares::parse_display(self.size.as_str()).map_err(TradeRefusal::Size)?;
        if size.micros() < 0 {
            return Err(TradeRefusal::Size(DecimalError::Negative));
        }
        let price = Price::parse_display(self.price.as_str()).map_err(TradeRefusal::Price)?;
        let unit_price = Usd::parse_display(self.price.as_str())
            .map_err(|error| TradeRefusal::Price(PriceError::Decimal(error)))?;
        let product = i128::from(size.micros()) * i128::from(unit_price.micros());
        let value = divide(product, i128::from(MICROS), Rounding::HalfUp);
        let transaction = self.transaction_hash.get().map(TxHash::parse).transpose();
        Ok(MatchedTrade {
            wallet: Address::parse(self.proxy_wallet.as_str()).map_err(TradeRefusal::Wallet)?,
            token: TokenId::parse(self.asset.as_str()).map_err(TradeRefusal::Token)?,
            condition: ConditionId::parse(self.condition_id.as_str())
                .map_err(TradeRefusal::Condition)?,
            side: side(&self.side).ok_or(TradeRefusal::Side)?,
            price,
            unit_price,
            size,
            value: Usd::from_micros(value),
            at: moment(&self.timestamp).ok_or(TradeRefusal::Time)?,
            transaction: transaction.map_err(TradeRefusal::Transaction)?,
            slug: text(&self.slug),
            event_slug: text(&self.event_slug),
            title: text(&self.title),
            outcome: text(&self.outcome),
        })
    }
}

fn unreadable(error: &serde_json::Error) -> TradeRefusal {
    TradeRefusal::Json(Excerpt::of(error.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(change: serde_json::Value) -> Vec<u8> {
        let mut payload = serde_json::json!({
            "asset": "7255", "conditionId": format!("0x{}", "1d".repeat(32)), "price": 0.260049,
            "proxyWallet": "0x510F4963b66B1B18505faaB74b0bB943D1dDa43C", "side": "BUY",
            "size": 2.7027001, "timestamp": 1_787_102_287, "transactionHash": "",
        });
        payload.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let envelope = serde_json::json!({
            "topic": "activity", "type": "orders_matched", "payload": payload, "extra": [],
        });
        envelope.to_string().into_bytes()
    }

    #[test]
    fn a_trade_is_read_without_a_float_in_between() {
        let RtdsMessage::Trade(trade) = parse_message(&frame(serde_json::json!({}))).unwrap()
        else {
            panic!("no trade");
        };
        assert_eq!((trade.price.ten_thousandths(), trade.size.micros()), (2_600, 2_702_700));
        assert_eq!(trade.unit_price, Usd::from_micros(260_049));
        assert_eq!(trade.value, Usd::from_micros(702_834), "2.7027001 x 0.260049 = 0.70283445");
        assert_eq!((trade.at.0, trade.side), (1_787_102_287_000, Side::Buy));
        assert_eq!(trade.transaction, None);
        assert_eq!(trade.wallet.to_string(), "0x510f4963b66b1b18505faab74b0bb943d1dda43c");
    }

    #[test]
    fn a_broken_trade_says_why_and_an_unknown_topic_is_no_error() {
        use serde_json::json;
        let refusal = |change| parse_message(&frame(change)).unwrap_err();
        assert!(matches!(refusal(json!({ "price": 1.01 })), TradeRefusal::Price(_)));
        assert!(matches!(refusal(json!({ "price": "NaN" })), TradeRefusal::Price(_)));
        let negative = TradeRefusal::Size(DecimalError::Negative);
        assert_eq!(refusal(json!({ "size": -1 })), negative);
        assert_eq!(refusal(json!({ "side": "" })), TradeRefusal::Side);
        assert!(matches!(refusal(json!({ "proxyWallet": "0x1" })), TradeRefusal::Wallet(_)));
        assert!(matches!(parse_message(b"nothing"), Err(TradeRefusal::Json(_))));
        let other = parse_message(br#"{"topic":"comments","type":"x","payload":{}}"#);
        assert!(matches!(other, Ok(RtdsMessage::Other { .. })));
    }

    proptest! {
        #[test]
        fn no_message_makes_the_reader_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
            key in "(asset|price|size|side|timestamp|proxyWallet|transactionHash)",
            value in ".{0,20}",
        ) {
            let _ = parse_message(&bytes);
            let _ = parse_message(&frame(serde_json::json!({ key: value })));
        }
    }
}
