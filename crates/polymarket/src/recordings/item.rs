//! What a recording holds.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use domain::{
    AccountAddress, EventGroup, Level, Market, Price, Shares, Side, TokenId, UnixMillis, Usd,
};
use thiserror::Error;

use crate::clob::BookRefusal;
use crate::gamma::Refusal;
use crate::http::Excerpt;

/// One record with its place. A line may hold several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedLine {
    /// The file.
    pub file: Arc<Path>,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// What is there, or why it cannot be read.
    pub item: Result<RecordedItem, LineError>,
}

/// Something recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordedItem {
    /// A frame of the market channel, as it came.
    Frame(Bytes),
    /// A whole book at one moment.
    Book(Box<RecordedBook>),
    /// A market of the catalogue.
    Market(Box<Market>),
    /// An event of the catalogue; its markets come before it.
    Group(Box<EventGroup>),
    /// What an index says about the books beside it.
    Label(Box<RecordedLabel>),
    /// Somebody's trade, from a list of trades.
    Print(RecordedPrint),
    /// Somebody's trade, from a table that names no token.
    Trade(Box<RecordedTrade>),
    /// Nobody vouches for the books of these tokens any more, until they are stated anew: what the
    /// recorder says of a connection that it lost.
    Lost(Vec<TokenId>),
    /// Readable, but none of these: what we sent, keep-alive, prices.
    Other,
}

/// A book as recorded. Its names are texts, because not every recorder kept the venue's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedBook {
    /// The market: a condition id, or whatever the recorder called it.
    pub condition: Box<str>,
    /// The outcome: a token id, or its name.
    pub token: Box<str>,
    /// When the venue stated it.
    pub at: UnixMillis,
    /// Best first.
    pub bids: Vec<Level>,
    /// Best first.
    pub asks: Vec<Level>,
    /// Whether the venue's hash fits, where enough was kept to tell.
    pub hash_fits: Option<bool>,
}

/// A trade of a list of trades; the venue lists them from the taker's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedPrint {
    /// What was traded.
    pub token: TokenId,
    /// When, to the second.
    pub at: UnixMillis,
    /// For how much a share, cut to ten-thousandths.
    pub price: Price,
    /// How many shares.
    pub size: Shares,
    /// What the taker did.
    pub side: Side,
}

/// A trade of a table of trades. Its texts are untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTrade {
    /// When, to the second.
    pub at: UnixMillis,
    /// The question or the event.
    pub title: Box<str>,
    /// Which market of the event, where stated.
    pub subtitle: Box<str>,
    /// The outcome's name.
    pub outcome: Box<str>,
    /// Whose trade, where stated.
    pub wallet: Option<AccountAddress>,
    /// What the trader did.
    pub side: Side,
    /// For how much a share, cut to ten-thousandths.
    pub price: Price,
    /// How many shares.
    pub size: Shares,
    /// For how many dollars.
    pub value: Usd,
}

/// What an index says about recorded books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedLabel {
    /// The market, in the words of its books; empty where the index does not say.
    pub condition: Box<str>,
    /// Part of its address.
    pub slug: Box<str>,
    /// The question, where stated.
    pub title: Box<str>,
    /// The tokens, in the words of the books; empty where the index does not say.
    pub tokens: Vec<Box<str>>,
    /// The outcomes' names in the order of the tokens; empty where the index does not say.
    pub outcomes: Vec<Box<str>>,
    /// When it was to end, where stated.
    pub ends_at: Option<UnixMillis>,
    /// What one share of each token paid, where stated.
    pub payouts: Option<[Price; 2]>,
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LineError {
    /// The file broke off or cannot be read further.
    #[error("the file cannot be read: {0}")]
    Io(io::ErrorKind),
    /// Longer than any record is.
    #[error("the line is longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Not JSON.
    #[error("not JSON: {0}")]
    NotJson(Excerpt),
    /// Not a line of a table.
    #[error("not a line of a table: {0}")]
    NotARow(Excerpt),
    /// A column of a table that makes no sense.
    #[error("the column {name} makes no sense: {text}")]
    Column {
        /// Which.
        name: &'static str,
        /// What it says.
        text: Excerpt,
    },
    /// The file does not begin like any recording that we know.
    #[error("the file is no recording")]
    NotARecording,
    /// A book that cannot be used.
    #[error("the book is not usable: {0}")]
    Book(BookRefusal),
    /// A market or an event that cannot be used.
    #[error("the market is not usable: {0}")]
    Market(Refusal),
}

/// A recording cannot be opened at all.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// Not there, or not readable.
    #[error("cannot open {path}: {source}")]
    Open {
        /// What was to be opened.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// More files than a recording has.
    #[error("{path} holds more than {limit} files")]
    TooManyFiles {
        /// The folder.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
}
