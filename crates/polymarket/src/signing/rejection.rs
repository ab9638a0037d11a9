//! Why an order is not even signed.

use domain::{Price, Shares, TickSize, TokenId, UnixMillis};
use thiserror::Error;

use super::draft::Exchange;

/// Why an order cannot be signed. Nothing was signed, and the same draft never will be: change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OrderRejection {
    /// The price is no step of the market's grid.
    #[error("the price {price} is not on the market's grid of {tick}")]
    PriceOffGrid {
        /// As wished.
        price: Price,
        /// The market's step.
        tick: TickSize,
    },
    /// The price leaves no step to zero or to one.
    #[error("the price {price} is not between {tick} and one less {tick}")]
    PriceOutOfBand {
        /// As wished.
        price: Price,
        /// The market's step.
        tick: TickSize,
    },
    /// Nothing, or less, is wished.
    #[error("the size {size} is not more than zero")]
    SizeNotPositive {
        /// As wished.
        size: Shares,
    },
    /// Less than the market takes.
    #[error("the size {size} is below the market's minimum of {size_min}")]
    SizeBelowMinimum {
        /// As wished.
        size: Shares,
        /// The market's least.
        size_min: Shares,
    },
    /// One side of the order is nothing once it is cut to the decimals that the venue takes.
    #[error("the size {size} at {price} leaves nothing once cut to the venue's decimals")]
    AmountZero {
        /// As wished.
        size: Shares,
        /// As wished.
        price: Price,
    },
    /// Cutting to the venue's decimals would move the price by a step or more.
    #[error(
        "the size {size} at {price} is too small: cut to four decimals, its price would move by \
         0.0001 or more"
    )]
    ImpliedPrice {
        /// As wished.
        size: Shares,
        /// As wished.
        price: Price,
    },
    /// An order that must fill now cannot be one that must not take.
    #[error("an order that fills now or never cannot be post-only")]
    PostOnlyImmediate,
    /// The venue refuses orders that end so soon, since it ends them a minute early.
    #[error("the order would end at {}, but {} is the earliest that the venue takes",
        expires_at.to_rfc3339(), earliest.to_rfc3339())]
    ExpiryTooSoon {
        /// As wished.
        expires_at: UnixMillis,
        /// Three minutes from now.
        earliest: UnixMillis,
    },
    /// The clock gave a moment before 1970.
    #[error("the order is dated {} ms since 1970, which no order can be", .0.0)]
    DatedBefore1970(UnixMillis),
    /// The market's record and the token's own number disagree on the contracts.
    #[error("the market is said to trade on {exchange}, but the form of token {token} denies it")]
    ExchangeDisagrees {
        /// By the market's record.
        exchange: Exchange,
        /// The token.
        token: TokenId,
    },
}
