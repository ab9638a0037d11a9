//! A book with its continuity: what was it built from, and may it be believed?
//!
//! A book begins a new [`Epoch`] with each snapshot. Within an epoch every change has been applied
//! in order of arrival. Whatever breaks that (a lost connection, a crossed book, a touch that the
//! venue states otherwise) ends trust until the next snapshot. Detection and strategies can only
//! borrow a [`TrustedBook`], which nothing but a trusted [`TrackedBook`] hands out.

use domain::{Book, BookHash, Level, Price, Shares, Side, StatedBest, TokenId, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::funnel::Reason;

/// How many changes of the snapshot's own millisecond can be taken back; beyond that the book is
/// suspect.
const REPLAY_MAX: usize = 256;

/// Counts the snapshots a book was built from; 0 before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Why a book is suspect: it contradicts itself or the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuspectCause {
    /// Best bid at or above best ask.
    Crossed,
    /// The venue states another touch with the change.
    TouchDiffers,
    /// The venue's hash of the book is not the hash of ours.
    HashDiffers,
    /// The REST book of the same or a later moment differs.
    RestDiffers,
    /// Frames were dropped on the way because a queue was full.
    FramesLost,
    /// The grid of prices changed; a new snapshot follows.
    TickChanged,
}

/// Why a book is stale: nobody vouches for it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaleCause {
    /// Its connection is gone.
    Disconnected,
    /// Its connection is open but carries no data.
    Silent,
}

/// Whether a book may be believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Trust {
    /// No snapshot yet.
    #[default]
    Waiting,
    /// Continuous since its snapshot.
    Trusted,
    /// Contradictory; waits for a new snapshot.
    Suspect(SuspectCause),
    /// Unconfirmed; waits for a new snapshot.
    Stale(StaleCause),
}

/// Why a trusted view was not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distrust {
    /// No snapshot yet.
    Waiting,
    /// Contradictory.
    Suspect(SuspectCause),
    /// Unconfirmed.
    Stale(StaleCause),
}

impl Distrust {
    /// The word of the funnel for it.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Waiting => Reason::Waiting,
            Self::Suspect(_) => Reason::Suspect,
            Self::Stale(_) => Reason::Stale,
        }
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// The level is set.
    Applied,
    /// The snapshot is newer: skipped.
    Older,
    /// The snapshot is the state after this very change: the book is the snapshot.
    Contained,
    /// No snapshot yet: skipped.
    Waiting,
}

/// What is not needed for an ordinary change, kept apart so that the rest of a book fits into two
/// cache lines.
#[derive(Clone, Debug)]
struct Origin {
    token: TokenId,
    epoch: Epoch,
    /// The fingerprint of the snapshot that the epoch began with.
    hash: Option<BookHash>,
    /// What lay under the changes of the snapshot's own millisecond, oldest first, as long as it
    /// is open whether the snapshot contains them.
    replayed: Vec<(Side, Level)>,
    /// It is known that the snapshot contains no more of them.
    passed: bool,
}

/// One token's book with its continuity.
#[derive(Clone, Debug)]
pub struct TrackedBook {
    book: Book,
    stated_at: UnixMillis,
    /// The exchange's time of the snapshot that the epoch began with.
    snapshot_at: UnixMillis,
    origin: Box<Origin>,
    trust: Trust,
    /// It is open whether the snapshot contains the changes in [`Origin::replayed`].
    settling: bool,
}

impl TrackedBook {
    /// A book that has seen nothing yet.
    #[must_use]
    pub fn new(token: TokenId) -> Self {
        Self {
            book: Book::new(),
            stated_at: UnixMillis(0),
            snapshot_at: UnixMillis(0),
            origin: Box::new(Origin {
                token,
                epoch: Epoch(0),
                hash: None,
                replayed: Vec::new(),
                passed: false,
            }),
            trust: Trust::Waiting,
            settling: false,
        }
    }
    /// Whose book this is.
    #[must_use]
    pub const fn token(&self) -> TokenId {
        self.origin.token
    }
    /// Whether it may be believed.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        self.trust
    }
    /// How many snapshots it has seen.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.origin.epoch
    }
    /// The exchange's time of the last frame that stated this book.
    #[must_use]
    pub const fn stated_at(&self) -> UnixMillis {
        self.stated_at
    }
    /// The levels, for display only: nothing that decides may use an untrusted book.
    #[must_use]
    pub const fn untrusted(&self) -> &Book {
        &self.book
    }
    /// A full statement of the book: a new epoch begins.
    pub fn snapshot(
        &mut self,
        stated_at: UnixMillis,
        bids: impl IntoIterator<Item = Level>,
        asks: impl IntoIterator<Item = Level>,
    ) {
        self.book.replace(bids, asks);
        self.origin.epoch = Epoch(self.origin.epoch.0 + 1);
        self.stated_at = stated_at;
        self.snapshot_at = stated_at;
        self.origin.hash = None;
        self.settle();
        self.origin.passed = false;
        self.trust = if self.book.touch().is_crossed_or_locked() {
            Trust::Suspect(SuspectCause::Crossed)
        } else {
            Trust::Trusted
        };
    }
    /// Notes the venue's fingerprint of the snapshot just taken, by which changes are recognised
    /// that it already contains.
    pub const fn fingerprint(&mut self, hash: Option<BookHash>) {
        self.origin.hash = hash;
    }
    /// Sets one level; `hash` is the venue's fingerprint of the book after the change.
    ///
    /// After a subscription the venue may repeat changes that the snapshot already contains. Those
    /// of an older millisecond are skipped. Within the snapshot's own millisecond only the
    /// fingerprint tells: changes are applied until one states the fingerprint of the snapshot,
    /// and then taken back, because all of them were in it.
    #[inline]
    pub fn change(
        &mut self,
        stated_at: UnixMillis,
        side: Side,
        price: Price,
        size: Shares,
        hash: Option<BookHash>,
    ) -> ChangeOutcome {
        if stated_at <= self.snapshot_at || self.trust == Trust::Waiting {
            return self.change_at_origin(stated_at, side, Level { price, size }, hash);
        }
        if self.settling {
            self.settle();
        }
        self.book.set(side, price, size);
        self.stated_at = self.stated_at.max(stated_at);
        ChangeOutcome::Applied
    }
    #[cold]
    fn change_at_origin(
        &mut self,
        stated_at: UnixMillis,
        side: Side,
        level: Level,
        hash: Option<BookHash>,
    ) -> ChangeOutcome {
        if self.trust == Trust::Waiting {
            return ChangeOutcome::Waiting;
        }
        if stated_at < self.snapshot_at {
            return ChangeOutcome::Older;
        }
        let open = !self.origin.passed && self.origin.hash.is_some();
        if open && hash == self.origin.hash {
            for (side, before) in self.origin.replayed.drain(..).rev() {
                self.book.set(side, before.price, before.size);
            }
            self.settling = false;
            self.origin.passed = true;
            return ChangeOutcome::Contained;
        }
        if open && self.stated_at == self.snapshot_at {
            if self.origin.replayed.len() >= REPLAY_MAX {
                self.distrust(Trust::Suspect(SuspectCause::HashDiffers));
            } else {
                let size = self.book.side(side).size_at(level.price);
                self.origin.replayed.push((side, Level { size, ..level }));
                self.settling = true;
            }
        }
        self.book.set(side, level.price, level.size);
        ChangeOutcome::Applied
    }
    /// Whether it is open if the last changes were already in the snapshot. Such a book is
    /// trusted, but its state belongs to no known moment: compare it with no other.
    #[must_use]
    pub const fn is_settling(&self) -> bool {
        self.settling
    }
    /// The changes of the snapshot's millisecond, if any, came after it.
    fn settle(&mut self) {
        self.settling = false;
        self.origin.replayed.clear();
    }
    /// Compares the book, after all changes of a frame, with the touch that the venue stated with
    /// the last of them. A contradiction ends trust until the next snapshot.
    #[inline]
    pub fn judge(&mut self, best_bid: StatedBest, best_ask: StatedBest) {
        if self.trust != Trust::Trusted || self.is_settling() {
            return;
        }
        let touch = self.book.touch();
        if touch.is_crossed_or_locked() {
            self.trust = Trust::Suspect(SuspectCause::Crossed);
        } else if best_bid.contradicts(touch.bid) || best_ask.contradicts(touch.ask) {
            self.trust = Trust::Suspect(SuspectCause::TouchDiffers);
        }
    }
    /// The grid of prices changed: a new epoch begins, which only a snapshot makes trusted.
    pub fn tick_changed(&mut self) {
        self.origin.epoch = Epoch(self.origin.epoch.0 + 1);
        self.distrust(Trust::Suspect(SuspectCause::TickChanged));
    }
    /// Ends trust until the next snapshot. A book that waits keeps waiting.
    pub fn distrust(&mut self, why: Trust) {
        if self.trust != Trust::Waiting {
            self.trust = why;
        }
    }
    /// The book, if it may be believed.
    ///
    /// # Errors
    /// Why it may not.
    pub const fn trusted(&self) -> Result<TrustedBook<'_>, Distrust> {
        match self.trust {
            Trust::Trusted => Ok(TrustedBook { tracked: self }),
            Trust::Waiting => Err(Distrust::Waiting),
            Trust::Suspect(cause) => Err(Distrust::Suspect(cause)),
            Trust::Stale(cause) => Err(Distrust::Stale(cause)),
        }
    }
}

/// A book that may be believed, borrowed from where it is kept. Only [`TrackedBook::trusted`] and
/// [`TrustedSnapshot::view`] make one.
#[derive(Clone, Copy, Debug)]
pub struct TrustedBook<'a> {
    tracked: &'a TrackedBook,
}

impl<'a> TrustedBook<'a> {
    /// Whose book this is.
    #[must_use]
    pub const fn token(self) -> TokenId {
        self.tracked.token()
    }
    /// The levels.
    #[must_use]
    pub const fn book(self) -> &'a Book {
        &self.tracked.book
    }
    /// The continuity it belongs to.
    #[must_use]
    pub const fn epoch(self) -> Epoch {
        self.tracked.epoch()
    }
    /// The exchange's time of the last frame that stated it.
    #[must_use]
    pub const fn stated_at(self) -> UnixMillis {
        self.tracked.stated_at
    }
    /// A copy that may travel to another actor.
    #[must_use]
    pub fn to_snapshot(self) -> TrustedSnapshot {
        TrustedSnapshot { tracked: self.tracked.clone() }
    }
}

/// A copy of a book that was trusted when it was taken.
#[derive(Clone, Debug)]
pub struct TrustedSnapshot {
    tracked: TrackedBook,
}

impl TrustedSnapshot {
    /// The book, as it was when the copy was taken.
    #[must_use]
    pub const fn view(&self) -> TrustedBook<'_> {
        TrustedBook { tracked: &self.tracked }
    }
}
