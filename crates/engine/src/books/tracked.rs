//! A book with its continuity: what was it built from, and may it be believed?
//!
//! A book begins a new [`Epoch`] with each snapshot. Within an epoch every change has been applied
//! in order of arrival. Whatever breaks that (a lost connection, a crossed book, a touch that the
//! venue states otherwise) ends trust until the next snapshot. Detection and strategies can only
//! borrow a [`TrustedBook`], which nothing but a trusted [`TrackedBook`] hands out.

use domain::{Book, Level, Price, Shares, Side, TokenId, UnixMillis};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// One token's book with its continuity.
#[derive(Clone, Debug)]
pub struct TrackedBook {
    token: TokenId,
    book: Book,
    trust: Trust,
    epoch: Epoch,
    stated_at: UnixMillis,
}

impl TrackedBook {
    /// A book that has seen nothing yet.
    #[must_use]
    pub const fn new(token: TokenId) -> Self {
        Self {
            token,
            book: Book::new(),
            trust: Trust::Waiting,
            epoch: Epoch(0),
            stated_at: UnixMillis(0),
        }
    }
    /// Whose book this is.
    #[must_use]
    pub const fn token(&self) -> TokenId {
        self.token
    }
    /// Whether it may be believed.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        self.trust
    }
    /// How many snapshots it has seen.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
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
        self.epoch = Epoch(self.epoch.0 + 1);
        self.stated_at = stated_at;
        self.trust = if self.book.touch().is_crossed_or_locked() {
            Trust::Suspect(SuspectCause::Crossed)
        } else {
            Trust::Trusted
        };
    }
    /// Sets one level. A change that is older than the book is skipped.
    pub fn change(&mut self, stated_at: UnixMillis, side: Side, price: Price, size: Shares) {
        if stated_at < self.stated_at || self.trust == Trust::Waiting {
            return;
        }
        self.book.set(side, price, size);
        self.stated_at = stated_at;
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
        self.tracked.token
    }
    /// The levels.
    #[must_use]
    pub const fn book(self) -> &'a Book {
        &self.tracked.book
    }
    /// The continuity it belongs to.
    #[must_use]
    pub const fn epoch(self) -> Epoch {
        self.tracked.epoch
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
