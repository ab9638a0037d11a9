//! Recordings as one stream of steps, in the order of their moments.
//!
//! A first reading ([`Choice::read`]) learns which markets there are and from when to when each file
//! speaks; a file that tells again what another one tells at the same time is set aside. The second
//! ([`Tape`]) yields steps, with as many files open as speak at one time.
//!
//! Time is the exchange's, for recordings keep no other, and never runs backwards: a statement that
//! is older than the one before it in its file comes at the moment of that one, and is counted. Steps
//! of one moment come in the order of their files' names, and within a file in its order.
//!
//! A file that says nothing for longer than [`TapeSettings::gap_max`] has a gap: from that long after
//! its last word nothing that it told may be believed, until it states a book anew. The same holds at
//! the end of a file, and for books in a record that cannot be read.

mod choice;
mod kept;
mod reel;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use domain::{ConditionId, DurationMillis, Frame, Price, TokenIndex, UnixMillis};
use engine::books::Layout;
use polymarket::frames::{DuplicateToken, TokenTable};
use serde::Serialize;

pub use choice::{Choice, ChosenFile, Reading, SetAside};
pub use reel::state_book;

use reel::{Ready, Reel};

use crate::roster::Seating;

/// Files that may be open at one time; those beyond it begin when another one ends.
pub const OPEN_MAX: usize = 256;

/// How a tape is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TapeSettings {
    /// The longest silence of a file in which its books are still believed. Default 60 s.
    pub gap_max: DurationMillis,
    /// Nothing before this moment.
    pub from: Option<UnixMillis>,
    /// Nothing at this moment or later.
    pub to: Option<UnixMillis>,
}

impl Default for TapeSettings {
    fn default() -> Self {
        Self { gap_max: DurationMillis::from_seconds(60), from: None, to: None }
    }
}

/// Something that a recording tells, or fails to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A frame, or a whole book as the frame that would have stated it.
    Frame(&'a Frame),
    /// A record that names these tokens cannot be read.
    Unread(&'a [TokenIndex]),
    /// The file that tells of these tokens has said nothing for too long.
    Gap(&'a [TokenIndex]),
    /// The file that tells of these tokens is over.
    End(&'a [TokenIndex]),
    /// How a market ended, as an index or a catalogue says; comes after the last word about it.
    Resolved {
        /// Which market.
        condition: ConditionId,
        /// What one share of each token pays.
        payouts: [Price; 2],
    },
}

/// A step with its moment and its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// When.
    pub at: UnixMillis,
    /// Which file, as [`Choice::files`] counts them.
    pub file: usize,
    /// What.
    pub step: Step<'a>,
}

/// What was read, and how well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TapeCounts {
    /// Steps.
    pub steps: u64,
    /// Frames of the market channel.
    pub frames: u64,
    /// Whole books that are no frames.
    pub books: u64,
    /// Trades of lists of trades.
    pub prints: u64,
    /// Gaps.
    pub gaps: u64,
    /// Connections that the recorder lost.
    pub lost: u64,
    /// Time inside gaps, in milliseconds.
    pub gaps_ms: i64,
    /// Statements that are older than the one before them.
    pub out_of_order: u64,
    /// Records about tokens that belong to no market here.
    pub strangers: u64,
    /// Records that cannot be read.
    pub unreadable: u64,
    /// Records of no use: catalogue, index, keep-alive.
    pub other: u64,
    /// Records outside the asked time.
    pub outside: u64,
}

/// Which tokens and markets the steps speak of.
#[derive(Debug)]
pub struct Cast {
    /// The markets, with their names.
    pub seating: Seating,
    /// The tokens, by their place in the layout.
    pub table: TokenTable,
}

impl Cast {
    /// Gives every name of the seating its place in a layout.
    ///
    /// # Errors
    /// The layout has a token twice; none that was made of markets does.
    pub fn new(seating: Seating, layout: &Layout) -> Result<Self, DuplicateToken> {
        Ok(Self { seating, table: TokenTable::new(layout.tokens())? })
    }
    /// Where a recorded name has its place.
    fn place(&self, market: &str, token: &str) -> Option<TokenIndex> {
        let token = self.seating.token(market, token)?;
        self.table.lookup(token.to_string().as_bytes())
    }
}

/// The stream of steps.
#[derive(Debug)]
pub struct Tape {
    settings: TapeSettings,
    cast: Arc<Cast>,
    /// Files that have not begun, by their first moment.
    waiting: VecDeque<ChosenFile>,
    reels: BTreeMap<usize, Reel>,
    /// When each open file speaks next.
    due: BTreeSet<(UnixMillis, usize)>,
    /// The file whose step was handed out last.
    handed: Option<usize>,
    clock: UnixMillis,
    counts: TapeCounts,
}

impl Tape {
    /// Rewinds the chosen files.
    #[must_use]
    pub fn new(choice: &Choice, cast: Arc<Cast>, settings: TapeSettings) -> Self {
        let mut waiting: Vec<_> = choice.files().to_vec();
        waiting.sort_by_key(|file| (file.span.first, file.number));
        Self {
            settings,
            cast,
            waiting: waiting.into(),
            reels: BTreeMap::new(),
            due: BTreeSet::new(),
            handed: None,
            clock: UnixMillis(i64::MIN),
            counts: TapeCounts::default(),
        }
    }
    /// What was read so far.
    #[must_use]
    pub const fn counts(&self) -> TapeCounts {
        self.counts
    }
    /// The moment of the next step; `None` at the end.
    pub fn next_at(&mut self) -> Option<UnixMillis> {
        self.wind();
        self.due.first().map(|(at, _)| (*at).max(self.clock))
    }
    /// The next step; `None` at the end.
    pub fn next_step(&mut self) -> Option<Told<'_>> {
        self.wind();
        let (at, file) = self.due.pop_first()?;
        self.clock = self.clock.max(at);
        self.handed = Some(file);
        self.counts.steps += 1;
        let reel = self.reels.get(&file)?;
        Some(Told { at: self.clock, file, step: reel.step() })
    }

    /// Moves the file on whose step was handed out, and begins those whose time has come.
    fn wind(&mut self) {
        if let Some(file) = self.handed.take() {
            let ended = match self.reels.get_mut(&file) {
                Some(reel) => reel.wind(&self.cast, &self.settings, &mut self.counts),
                None => Ready::Nothing,
            };
            self.place(file, ended);
        }
        while let Some(next) = self.waiting.front() {
            let is_due = self.due.first().is_none_or(|(at, _)| next.span.first <= *at);
            if !is_due || self.reels.len() >= OPEN_MAX {
                return;
            }
            let Some(next) = self.waiting.pop_front() else { return };
            self.open(next);
        }
    }

    fn open(&mut self, file: ChosenFile) {
        let number = file.number;
        let mut reel = Reel::new(&file, self.settings.from, &self.cast);
        let ready = reel.wind(&self.cast, &self.settings, &mut self.counts);
        self.reels.insert(number, reel);
        self.place(number, ready);
    }

    fn place(&mut self, file: usize, ready: Ready) {
        match ready {
            Ready::At(at) => {
                self.due.insert((at, file));
            }
            Ready::Nothing => {
                self.reels.remove(&file);
            }
        }
    }
}
