//! What the first reading keeps for the second, so that files are read once where they fit.

use std::sync::Arc;

use bytes::Bytes;
use domain::TokenId;
use polymarket::recordings::{LineError, RecordedBook, RecordedItem, RecordedPrint};

use crate::records::Records;

/// What is kept of all files, at most, in bytes; beyond it nothing is, and files are read twice.
pub(super) const KEPT_BYTES_MAX: usize = 256 << 20;
/// Bytes of a record besides its text or its levels.
const RECORD_BYTES: usize = 64;

/// One record of the second reading.
#[derive(Clone, Debug)]
pub(super) enum Record {
    Frame(Bytes),
    Book(Box<RecordedBook>),
    Print(RecordedPrint),
    /// Nobody vouches for these tokens' books any more.
    Lost(Vec<TokenId>),
    /// Of no use.
    Other,
    Unread,
}

impl Record {
    pub(super) fn of(item: Result<RecordedItem, LineError>) -> Self {
        match item {
            Ok(RecordedItem::Frame(bytes)) => Self::Frame(bytes),
            Ok(RecordedItem::Book(book)) => Self::Book(book),
            Ok(RecordedItem::Print(print)) => Self::Print(print),
            Ok(RecordedItem::Lost(tokens)) => Self::Lost(tokens),
            Ok(RecordedItem::Market(_) | RecordedItem::Group(_)) => Self::Other,
            // A table of trades names no token: nobody can say whose queue it shortened.
            Ok(RecordedItem::Label(_) | RecordedItem::Trade(_) | RecordedItem::Other) => {
                Self::Other
            }
            Err(_) => Self::Unread,
        }
    }
    /// The same of a record that somebody else takes, its text shared.
    pub(super) fn copy_of(item: &Result<RecordedItem, LineError>) -> Self {
        match item {
            Ok(RecordedItem::Frame(bytes)) => Self::Frame(bytes.clone()),
            Ok(RecordedItem::Book(book)) => Self::Book(book.clone()),
            Ok(RecordedItem::Print(print)) => Self::Print(*print),
            Ok(RecordedItem::Lost(tokens)) => Self::Lost(tokens.clone()),
            Ok(_) => Self::Other,
            Err(_) => Self::Unread,
        }
    }
    pub(super) fn bytes(&self) -> usize {
        let of = match self {
            Self::Frame(bytes) => bytes.len(),
            Self::Book(book) => (book.bids.len() + book.asks.len()) * size_of::<domain::Level>(),
            Self::Lost(tokens) => tokens.len() * size_of::<TokenId>(),
            Self::Print(_) | Self::Other | Self::Unread => 0,
        };
        of + RECORD_BYTES
    }
}

/// Where a file's records come from.
#[derive(Debug)]
pub(super) enum Source {
    File(Box<Records>),
    Kept { records: Arc<Vec<Record>>, at: usize },
    Over,
}

impl Source {
    pub(super) fn next(&mut self) -> Option<Record> {
        match self {
            Self::File(recording) => recording.next().map(|line| Record::of(line.item)),
            Self::Kept { records, at } => {
                let record = records.get(*at).cloned();
                *at += 1;
                record
            }
            Self::Over => None,
        }
    }
}
