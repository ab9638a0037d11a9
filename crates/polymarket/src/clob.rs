//! CLOB, the venue's order books over HTTP: the public reads.

mod book;
mod client;
mod history;
mod info;

pub use book::{BookAnswer, BookRefusal, parse_book};
pub use client::{BOOKS_PER_REQUEST_MAX, Books, ClobClient, RefusedBook};
pub use history::{HistoryPoint, Interval, Span};
pub use info::{ClobMarketInfo, InfoRefusal, LegacyMarket, LegacyToken};
