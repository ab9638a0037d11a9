//! CLOB, the venue's order books over HTTP: the public reads, and what an account's owner does.

mod book;
mod client;
mod history;
mod info;
pub mod private;
pub mod private_wire;
mod quote;

pub(crate) use book::{parse_level, sort_best_first};

pub use book::{BookAnswer, BookRefusal, parse_book};
pub use client::{BOOKS_PER_REQUEST_MAX, Books, ClobClient, RefusedBook};
pub use history::{HistoryPoint, Interval, Span};
pub use info::{ClobMarketInfo, InfoRefusal, LegacyMarket, LegacyToken};
pub use quote::{parse_quote, parse_quotes};
