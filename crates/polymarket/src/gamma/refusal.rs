//! Why a record of the catalogue is left out.

use domain::{DecimalError, IdError, PriceError};
use thiserror::Error;

use crate::http::Excerpt;

/// A record that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Gamma's number of the record, empty where even that was unreadable.
    pub id: Excerpt,
    /// The reason.
    pub why: Refusal,
}

/// Why a market or an event cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not the JSON object that was expected.
    #[error("not a readable record: {0}")]
    Json(Excerpt),
    /// No id of its own.
    #[error("it has no id")]
    NoId,
    /// The protocol version is not stated.
    #[error("it does not state its protocol version")]
    NoVersion,
    /// A protocol version that we do not know.
    #[error("its protocol version is unknown: {0}")]
    UnknownVersion(Excerpt),
    /// No or a broken condition id.
    #[error("its condition id is not usable: {0}")]
    Condition(IdError),
    /// The outcomes are not a list of names.
    #[error("its outcomes are not a list")]
    OutcomesUnreadable,
    /// Not two outcomes.
    #[error("it has {0} outcomes, not two")]
    OutcomeCount(usize),
    /// The ids to trade are not a list: not yet deployed, or broken.
    #[error("it has no list of token ids")]
    TokensUnreadable,
    /// Not two ids to trade.
    #[error("it has {0} token ids, not two")]
    TokenCount(usize),
    /// A broken id to trade.
    #[error("its token id is not usable: {0}")]
    Token(IdError),
    /// Both outcomes have the same id.
    #[error("both outcomes have the same token id")]
    TokensEqual,
    /// No price grid.
    #[error("it states no tick size")]
    NoTick,
    /// A price grid that we do not know.
    #[error("its tick size is not usable: {0}")]
    Tick(PriceError),
    /// No smallest order.
    #[error("it states no smallest order")]
    NoOrderSize,
    /// The smallest order is not a size.
    #[error("its smallest order is not usable: {0}")]
    OrderSize(DecimalError),
    /// A member of the event has no usable condition id: sums over the group would be wrong.
    #[error("a market of the event cannot be identified")]
    MemberUnreadable,
    /// The price of a conversion is not a whole number of ten-thousandths up to all.
    #[error("its conversion fee is not usable")]
    ConvertFee,
}
