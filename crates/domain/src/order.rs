//! Orders as every part of the system names them: what is wished, and how the venue answered.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::book::Side;
use crate::id::TokenId;
use crate::money::Shares;
use crate::price::Price;
use crate::time::UnixMillis;

/// A text that is not `0x` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an order id is 0x and 64 hexadecimal digits")]
pub struct OrderIdError;

/// The venue's name of an order: the EIP-712 digest of what was signed, so it is known before
/// anything is sent. 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId([u8; 32]);

impl OrderId {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Parses `0x` and 64 hexadecimal digits, upper or lower case.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, OrderIdError> {
        let digits = text.strip_prefix("0x").ok_or(OrderIdError)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| OrderIdError)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}
impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for OrderId {
    type Err = OrderIdError;
    fn from_str(text: &str) -> Result<Self, OrderIdError> {
        Self::parse(text)
    }
}
impl Serialize for OrderId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for OrderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The venue's name of one match of a taker with its makers. An opaque text, never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TradeId(pub String);

impl fmt::Display for TradeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// How long an order lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Lifetime {
    /// GTC: it rests until it is filled or cancelled.
    GoodTilCancelled,
    /// GTD: it rests until then. The venue ends it one minute early and refuses less than 180 s
    /// from now.
    GoodTilDate {
        /// The moment as sent to the venue; whole seconds are used.
        expires_at: UnixMillis,
    },
    /// FOK: wholly now, or not at all.
    FillOrKill,
    /// FAK: what can be had now; the rest is cancelled.
    FillAndKill,
}

impl Lifetime {
    /// What is left unfilled stays in the book.
    #[must_use]
    pub const fn rests(self) -> bool {
        matches!(self, Self::GoodTilCancelled | Self::GoodTilDate { .. })
    }
    /// The venue's four letters: `GTC`, `GTD`, `FOK` or `FAK`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::GoodTilCancelled => "GTC",
            Self::GoodTilDate { .. } => "GTD",
            Self::FillOrKill => "FOK",
            Self::FillAndKill => "FAK",
        }
    }
}

/// Whether an order may trade against what rests already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossing {
    /// It takes what crosses.
    #[default]
    Allowed,
    /// Post-only: the venue refuses it if it would cross.
    Refused,
}

/// A wish to trade one token, in our own words: nothing about keys, wallets or wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderTerms {
    /// What is traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// The worst price accepted, on the market's grid.
    pub price: Price,
    /// How many shares, in whole hundredths. A purchase that must fill now (FOK, FAK) is stated to
    /// the venue as `size x price` dollars cut to cents, so it may bring more shares at a better
    /// price; every other order brings at most `size`.
    pub size: Shares,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// Whether it may take.
    pub crossing: Crossing,
}

/// How far a trade has come on the chain. Only `Confirmed` and `Failed` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TradeState {
    /// Matched off the chain; nothing has moved.
    Matched,
    /// In a block, which may still go away.
    Mined,
    /// The transaction failed and is sent again.
    Retrying,
    /// Settled for good.
    Confirmed,
    /// It never happened.
    Failed,
}

impl TradeState {
    /// Nothing follows any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Failed)
    }
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Mined => "mined",
            Self::Retrying => "retrying",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
        }
    }
}

/// Whether an order took from the book or rested in it. Only takers pay fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Liquidity {
    /// It rested.
    Maker,
    /// It took.
    Taker,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_id_survives_text_and_nothing_else_is_one() {
        let id = OrderId::from_bytes([0xab; 32]);
        assert_eq!(OrderId::parse(&id.to_string()), Ok(id));
        for bad in ["", "0x", "ab", &"ab".repeat(32), &format!("0x{}", "ab".repeat(31))] {
            assert_eq!(OrderId::parse(bad), Err(OrderIdError), "{bad}");
        }
    }

    #[test]
    fn only_confirmed_and_failed_trades_are_final() {
        use TradeState::{Confirmed, Failed, Matched, Mined, Retrying};
        let last = [Matched, Mined, Retrying, Confirmed, Failed].map(TradeState::is_final);
        assert_eq!(last, [false, false, false, true, true]);
    }
}
