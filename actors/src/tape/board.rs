//! What the tape says about itself, readable without asking anybody.

use domain::UnixMillis;
use parking_lot::RwLock;

/// What the live stream is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TapeState {
    /// It is opening a connection or waiting to try again.
    #[default]
    Connecting,
    /// Trades arrive.
    Live,
    /// The connection was silent for too long and is opened anew; the list is read meanwhile.
    Silent,
    /// The connection is gone; the list is read meanwhile.
    Down,
}

impl TapeState {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Silent => "silent",
            Self::Down => "down",
        }
    }
}

/// Counts since the program started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TapeCounts {
    /// Prints heard, of all sources, doubles included.
    pub heard: u64,
    /// Prints of a trade's size told.
    pub told: u64,
    /// Left out as too small.
    pub small: u64,
    /// Left out as decided: too near 0 or 1.
    pub decided: u64,
    /// Left out by the words of their market.
    pub hidden: u64,
    /// Not readable.
    pub refused: u64,
    /// Whales told.
    pub whales: u64,
    /// Walks through the list that were completed.
    pub walks: u64,
    /// Prints that only the list knew.
    pub filled: u64,
    /// Walks that failed or did not come to the end.
    pub walks_failed: u64,
    /// Connections opened after the first.
    pub reconnects: u64,
}

/// How the tape stands.
#[derive(Clone, Debug, Default)]
pub struct TapeStatus {
    /// The live stream.
    pub state: TapeState,
    /// When it last carried a trade.
    pub last_data_at: Option<UnixMillis>,
    /// Every trade up to this moment was read in the list.
    pub complete_to: Option<UnixMillis>,
    /// Counts since the program started.
    pub counts: TapeCounts,
    /// Why the last connection or walk failed.
    pub last_error: Option<String>,
}

/// The board. Written by the roles of the tape.
#[derive(Debug, Default)]
pub struct TapeBoard(RwLock<TapeStatus>);

impl TapeBoard {
    /// Changes something.
    pub fn change(&self, change: impl FnOnce(&mut TapeStatus)) {
        change(&mut self.0.write());
    }
    /// How the tape stands.
    #[must_use]
    pub fn get(&self) -> TapeStatus {
        self.0.read().clone()
    }
}
