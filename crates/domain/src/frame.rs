//! What one frame of the market feed states, in buffers that are used again for the next frame.
//!
//! The adapter that reads the wire fills a [`Frame`]; the engine applies it. Tokens are dense
//! indices, numbers are integers, and levels and changes lie in two flat lists that the events
//! point into, so that a warm frame costs no allocation.

use std::fmt;
use std::ops::Range;

use crate::book::{Level, Side};
use crate::id::{ConditionId, TokenId, TokenIndex};
use crate::money::Shares;
use crate::price::{Price, TickSize};
use crate::time::UnixMillis;

/// The venue's fingerprint of one state of a book: a SHA-1 as 40 hexadecimal digits, kept as the
/// text that was stated, because it is only ever compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BookHash([u8; 40]);

impl BookHash {
    /// From its text; `None` unless it has 40 characters.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Option<Self> {
        <[u8; 40]>::try_from(text).ok().map(Self)
    }
    /// From the 20 bytes of a digest.
    #[must_use]
    pub fn from_digest(digest: [u8; 20]) -> Self {
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
        let mut text = [0; 40];
        for (pair, byte) in text.chunks_exact_mut(2).zip(digest) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        Self(text)
    }
    /// The text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for BookHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(&self.0))
    }
}
impl fmt::Debug for BookHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A price as its writer wrote it. The same price has many texts (`0.54`, `0.540`), and a book's
/// hash covers the text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct PriceText {
    length: u8,
    bytes: [u8; 11],
}

impl PriceText {
    /// Keeps `text`; `None` beyond eleven bytes, which no price of the venue needs.
    #[must_use]
    pub fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 11];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { length: u8::try_from(text.len()).ok()?, bytes })
    }
    /// The text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl fmt::Debug for PriceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.as_bytes()))
    }
}

/// One end of the touch as the venue states it beside a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatedBest {
    /// Nothing is stated.
    #[default]
    Missing,
    /// The side is empty.
    Empty,
    /// The best price.
    At(Price),
}

impl StatedBest {
    /// Whether `best` contradicts what is stated.
    #[must_use]
    pub fn contradicts(self, best: Option<Price>) -> bool {
        match self {
            Self::Missing => false,
            Self::Empty => best.is_some(),
            Self::At(price) => best != Some(price),
        }
    }
}

/// A whole book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookStated {
    /// Whose book.
    pub token: TokenIndex,
    /// The exchange's time of this state.
    pub stated_at: UnixMillis,
    /// Where the bids lie in [`Frame::levels`], in the wire's order (worst first).
    pub bids: Range<u32>,
    /// Where the asks lie in [`Frame::levels`], in the wire's order (worst first).
    pub asks: Range<u32>,
    /// The fingerprint of this state, if one was stated that has the form of one.
    pub hash: Option<BookHash>,
    /// The grid of prices, where stated.
    pub tick: Option<TickSize>,
    /// The price of the last trade, as written; where stated.
    pub last_trade: Option<PriceText>,
}

/// One level of one book set to a new size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose book.
    pub token: TokenIndex,
    /// Which side.
    pub side: Side,
    /// Which level; more than 0 and less than 1.
    pub price: Price,
    /// What rests there now; zero removes the level.
    pub size: Shares,
    /// The best bid after the change.
    pub best_bid: StatedBest,
    /// The best ask after the change.
    pub best_ask: StatedBest,
    /// The fingerprint of the book after the change.
    pub hash: Option<BookHash>,
}

/// One thing a frame states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole book: replaces what was known.
    Book(BookStated),
    /// Levels that changed at one moment, possibly in several books.
    Changes {
        /// The exchange's time of the changes.
        stated_at: UnixMillis,
        /// Where they lie in [`Frame::changes`].
        entries: Range<u32>,
    },
    /// The grid of prices of a token changed.
    TickSizeChange {
        /// Whose grid.
        token: TokenIndex,
        /// When.
        stated_at: UnixMillis,
        /// The new grid; `None` where it is none that we know.
        tick: Option<TickSize>,
    },
    /// A trade.
    LastTrade {
        /// What was traded.
        token: TokenIndex,
        /// When.
        stated_at: UnixMillis,
        /// For how much a share.
        price: Price,
        /// How many shares.
        size: Shares,
        /// The taker's side, where stated.
        side: Option<Side>,
    },
    /// The touch, ahead of the changes that moved it.
    BestBidAsk {
        /// Whose touch.
        token: TokenIndex,
        /// When.
        stated_at: UnixMillis,
        /// The best bid.
        bid: StatedBest,
        /// The best ask.
        ask: StatedBest,
    },
    /// A market was listed, anywhere on the venue.
    NewMarket {
        /// Its condition.
        condition: ConditionId,
        /// When.
        stated_at: UnixMillis,
    },
    /// A market was resolved, anywhere on the venue.
    Resolved {
        /// Its condition.
        condition: ConditionId,
        /// Which token pays, where stated.
        winner: Option<TokenId>,
        /// When.
        stated_at: UnixMillis,
    },
}

/// What one frame states, in the order of the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// What is stated.
    pub events: Vec<Event>,
    /// The levels that [`BookStated`] points into.
    pub levels: Vec<Level>,
    /// The changes that [`Event::Changes`] points into.
    pub changes: Vec<Change>,
}

impl Frame {
    /// The newest time that the frame states.
    #[must_use]
    pub fn stated_at(&self) -> Option<UnixMillis> {
        let times = self.events.iter().map(|event| match event {
            Event::Book(BookStated { stated_at, .. })
            | Event::Changes { stated_at, .. }
            | Event::TickSizeChange { stated_at, .. }
            | Event::LastTrade { stated_at, .. }
            | Event::BestBidAsk { stated_at, .. }
            | Event::NewMarket { stated_at, .. }
            | Event::Resolved { stated_at, .. } => *stated_at,
        });
        times.max()
    }
    /// Forgets everything; keeps the memory.
    pub fn clear(&mut self) {
        self.events.clear();
        self.levels.clear();
        self.changes.clear();
    }
    /// The levels of a range that an event of this frame names; nothing for any other range.
    #[must_use]
    pub fn levels_in(&self, range: &Range<u32>) -> &[Level] {
        self.levels.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
    /// The changes of a range that an event of this frame names; nothing for any other range.
    #[must_use]
    pub fn changes_in(&self, range: &Range<u32>) -> &[Change] {
        self.changes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}
