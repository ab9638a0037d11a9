//! Answers of the order-book service to its account's owner, as written.
//!
//! Every field may be missing, `null` or `""`, which all mean nothing; see
//! [`crate::wire::Scalar`]. The same records come over HTTP and over the user socket with small
//! differences in spelling, which are evened out here. Nothing is interpreted beyond that.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::wire::Scalar;

/// One page of orders or trades.
#[derive(Clone, Debug, Deserialize)]
pub struct PageWire<T> {
    /// The records.
    pub data: Vec<T>,
    /// Where the next page begins; `LTE=` on the last one.
    #[serde(default)]
    pub next_cursor: Scalar,
}

/// The answer to one order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OrderAnswerWire {
    /// The venue's own verdict, which is not enough: see [`Self::accepted`].
    pub success: Scalar,
    /// The order's id, `""` where there is none.
    #[serde(rename = "orderID")]
    pub order_id: Scalar,
    /// `live`, `matched`, `delayed`, `unmatched` or nothing.
    pub status: Scalar,
    /// What was given, a decimal number.
    #[serde(rename = "makingAmount")]
    pub making_amount: Scalar,
    /// What was got, a decimal number.
    #[serde(rename = "takingAmount")]
    pub taking_amount: Scalar,
    /// Settling transactions, where they are already known.
    #[serde(rename = "transactionsHashes", deserialize_with = "or_empty")]
    pub transactions: Vec<Scalar>,
    /// Trades to follow until they are final.
    #[serde(rename = "tradeIDs", deserialize_with = "or_empty")]
    pub trade_ids: Vec<Scalar>,
    #[serde(rename = "errorMsg")]
    error_camel: Scalar,
    #[serde(rename = "error_msg")]
    error_snake: Scalar,
}

/// How an accepted order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// It rests.
    Live,
    /// It met another one, wholly or partly.
    Matched,
    /// It is held back for a moment. That is no fill of nothing: ask again.
    Delayed,
}

impl OrderAnswerWire {
    /// What the venue complains about, in either spelling.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error_camel.get().or(self.error_snake.get())
    }
    /// How the order stands, if it was accepted. A refused item of a batch may also carry
    /// `success: true`, or the status `delayed`; only all signs together count.
    #[must_use]
    pub fn accepted(&self) -> Option<Acceptance> {
        if !self.success.is_true() || self.error().is_some() || self.order_id.get().is_none() {
            return None;
        }
        match self.status.get()? {
            "live" => Some(Acceptance::Live),
            "matched" => Some(Acceptance::Matched),
            "delayed" => Some(Acceptance::Delayed),
            _ => None,
        }
    }
}

/// The answer to a cancellation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CancelAnswerWire {
    /// Orders that are gone.
    #[serde(deserialize_with = "or_empty")]
    pub canceled: Vec<Scalar>,
    not_canceled: Option<BTreeMap<String, Scalar>>,
    #[serde(rename = "notCanceled")]
    not_canceled_camel: Option<BTreeMap<String, Scalar>>,
}

impl CancelAnswerWire {
    /// Orders that are not gone, each with the venue's free text. "Already matched" among them
    /// means a fill.
    pub fn not_canceled(&self) -> impl Iterator<Item = (&str, &str)> {
        let both = self.not_canceled.iter().chain(&self.not_canceled_camel);
        both.flatten().map(|(id, why)| (id.as_str(), why.as_str()))
    }
}

/// An order, from a query or from the user socket.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct OrderWire {
    pub id: Scalar,
    pub status: Scalar,
    /// On the socket: `PLACEMENT`, `UPDATE` or `CANCELLATION`.
    #[serde(rename = "type")]
    pub kind: Scalar,
    pub owner: Scalar,
    pub maker_address: Scalar,
    pub market: Scalar,
    pub asset_id: Scalar,
    /// In any case.
    pub side: Scalar,
    pub original_size: Scalar,
    pub size_matched: Scalar,
    pub price: Scalar,
    pub outcome: Scalar,
    #[serde(deserialize_with = "or_empty")]
    pub associate_trades: Vec<Scalar>,
    /// Seconds or milliseconds.
    pub created_at: Scalar,
    pub expiration: Scalar,
    /// In any case.
    pub order_type: Scalar,
    pub timestamp: Scalar,
}

/// A trade of ours, from a query or from the user socket.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct TradeWire {
    pub id: Scalar,
    status: Scalar,
    pub taker_order_id: Scalar,
    pub market: Scalar,
    pub asset_id: Scalar,
    pub side: Scalar,
    pub size: Scalar,
    pub price: Scalar,
    pub outcome: Scalar,
    #[serde(alias = "matchtime")]
    pub match_time: Scalar,
    pub last_update: Scalar,
    pub owner: Scalar,
    pub maker_address: Scalar,
    pub transaction_hash: Scalar,
    /// `TAKER`: the fill is this record. `MAKER`: it is the entry of `maker_orders` with our id.
    pub trader_side: Scalar,
    #[serde(deserialize_with = "or_empty")]
    pub maker_orders: Vec<MakerOrderWire>,
    pub timestamp: Scalar,
    pub error_msg: Scalar,
}

/// A resting order that a trade took from. Its token, side and price may be the other outcome's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct MakerOrderWire {
    pub order_id: Scalar,
    pub owner: Scalar,
    pub maker_address: Scalar,
    pub matched_amount: Scalar,
    pub price: Scalar,
    pub asset_id: Scalar,
    pub outcome: Scalar,
    pub side: Scalar,
}

impl OrderWire {
    /// The status without the prefix that some answers carry. May hold free text after it.
    #[must_use]
    pub fn status(&self) -> &str {
        without_prefix(&self.status, "ORDER_STATUS_")
    }
}

impl TradeWire {
    /// The status without the prefix that some answers carry. Only `CONFIRMED` and `FAILED` are
    /// final.
    #[must_use]
    pub fn status(&self) -> &str {
        without_prefix(&self.status, "TRADE_STATUS_")
    }
}

/// Money or shares as the service believes them to be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct BalanceWire {
    /// In base units, millionths.
    pub balance: Scalar,
    /// What each contract may move, in base units.
    pub allowances: BTreeMap<String, Scalar>,
}

/// A notice to the account's owner.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NotificationWire {
    /// Its kind, a number.
    #[serde(rename = "type")]
    pub kind: Scalar,
    /// The API key it is for.
    pub owner: Scalar,
    /// Its content: the text of an object.
    pub payload: Scalar,
}

/// Whether the account may only reduce its positions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ClosedOnlyWire {
    /// It may.
    pub closed_only: Scalar,
}

/// The answer to a heartbeat, good or bad: either way it names the next id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HeartbeatWire {
    /// What to send next time.
    pub heartbeat_id: Scalar,
}

/// API credentials. Cannot be printed.
#[derive(Clone, Deserialize)]
pub struct ApiCredentialsWire {
    /// The key's name.
    #[serde(rename = "apiKey")]
    pub api_key: Scalar,
    /// The key.
    pub secret: Scalar,
    /// The password.
    pub passphrase: Scalar,
}

impl fmt::Debug for ApiCredentialsWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiCredentialsWire(hidden)")
    }
}

/// The body of a refusal.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ErrorWire {
    error: Scalar,
    error_msg: Scalar,
    #[serde(rename = "errorMsg")]
    error_camel: Scalar,
    /// A stable word, given only for `post_only_mode` so far.
    pub code: Scalar,
    /// How long the condition lasts, in seconds.
    pub retry_after_seconds: Scalar,
}

impl ErrorWire {
    /// The venue's words, in whichever spelling.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.error.get().or(self.error_msg.get()).or(self.error_camel.get())
    }
}

/// An order as it is sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct SentOrderWire {
    pub order: SignedOrderWire,
    pub owner: Scalar,
    pub order_type: Scalar,
    #[serde(default)]
    pub defer_exec: Scalar,
    #[serde(default)]
    pub post_only: Scalar,
}

/// The signed part of an order.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct SignedOrderWire {
    pub salt: Scalar,
    pub maker: Scalar,
    pub signer: Scalar,
    pub token_id: Scalar,
    pub maker_amount: Scalar,
    pub taker_amount: Scalar,
    pub side: Scalar,
    pub expiration: Scalar,
    pub signature_type: Scalar,
    pub timestamp: Scalar,
    pub metadata: Scalar,
    pub builder: Scalar,
    pub signature: Scalar,
}

fn without_prefix<'a>(status: &'a Scalar, prefix: &str) -> &'a str {
    status.as_str().strip_prefix(prefix).unwrap_or(status.as_str())
}

fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::object;

    #[test]
    fn an_order_is_accepted_only_when_all_signs_agree() {
        let accepted = |json: &str| object::<OrderAnswerWire>(json).unwrap().accepted();
        let live = r#"{"success":true,"orderID":"0x1","status":"live","errorMsg":""}"#;
        assert_eq!(accepted(live), Some(Acceptance::Live));
        for refused in [
            r#"{"success":true,"orderID":"","status":"live"}"#,
            r#"{"success":true,"orderID":"0x1","status":"live","errorMsg":"order crosses book"}"#,
            r#"{"success":true,"orderID":"0x1","status":"live","error_msg":"x","errorMsg":""}"#,
            r#"{"success":false,"orderID":"0x1","status":"delayed"}"#,
            r#"{"success":true,"orderID":"0x1","status":"unmatched"}"#,
            r#"{"success":true,"orderID":"0x1","status":""}"#,
            "{}",
        ] {
            assert_eq!(accepted(refused), None, "{refused}");
        }
    }

    #[test]
    fn both_spellings_of_a_refused_cancellation_are_read() {
        for json in [
            r#"{"canceled":["0x1"],"not_canceled":{"0x2":"already matched"}}"#,
            r#"{"canceled":["0x1"],"notCanceled":{"0x2":"already matched"}}"#,
        ] {
            let answer: CancelAnswerWire = object(json).unwrap();
            assert_eq!(answer.not_canceled().collect::<Vec<_>>(), [("0x2", "already matched")]);
        }
        assert_eq!(object::<CancelAnswerWire>(r#"{"canceled":null}"#).unwrap().canceled.len(), 0);
    }

    #[test]
    fn a_prefixed_status_is_the_same_status_and_credentials_are_not_printed() {
        let trade: TradeWire = object(r#"{"status":"TRADE_STATUS_CONFIRMED"}"#).unwrap();
        assert_eq!(trade.status(), "CONFIRMED");
        let order: OrderWire = object(r#"{"status":"ORDER_STATUS_LIVE"}"#).unwrap();
        assert_eq!(order.status(), "LIVE");
        let key = r#"{"apiKey":"k1","secret":"s3cret","passphrase":"p4ss"}"#;
        let key: ApiCredentialsWire = object(key).unwrap();
        assert!(!format!("{key:?}").contains("s3cret"));
    }
}
