//! Pure words of the market: money, prices, ids, time, markets, books and fees.
//!
//! Nothing here reads a clock, does I/O, spawns or draws a random number. Money and prices are
//! integers; every product goes through 128 bits and names its rounding. No float decides about
//! money, and none is even computed here.
//!
//! Units: [`Price`] counts ten-thousandths of a dollar, [`Usd`] and [`Shares`] count millionths,
//! as on chain; [`UnixMillis`] counts milliseconds since 1970 in UTC.

#![deny(clippy::float_arithmetic)]

pub mod book;
pub mod decimal;
pub mod fee;
pub mod frame;
pub mod group;
pub mod id;
pub mod market;
pub mod money;
pub mod order;
pub mod price;
pub mod probability;
mod shared_text;
pub mod span;
pub mod time;

pub use book::{Book, Level, Side, Touch};
pub use decimal::DecimalError;
pub use fee::{FeeSchedule, FeeTerms};
pub use frame::{BookHash, BookStated, Change, Event, Frame, PriceText, StatedBest};
pub use group::{EventGroup, GroupId};
pub use id::{
    AccountAddress, ConditionId, IdError, QuestionId, TokenId, TokenIndex, TransactionHash,
};
pub use market::{Market, MarketState, Outcome, ProtocolVersion};
pub use money::{Rounding, Shares, Usd};
pub use order::{Crossing, Lifetime, Liquidity, OrderId, OrderTerms, TradeId, TradeState};
pub use price::{Price, PriceError, TickSize};
pub use probability::{Probability, ProbabilityError};
pub use span::{
    Span, SpanEvent, SpanId, SpanKind, SpanStatus, SpanText, SpanValue, SpanValues, TraceId,
};
pub use time::{DurationMillis, UnixMicros, UnixMillis};
