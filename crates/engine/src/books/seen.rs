//! What a book looked like the last time it was looked at.

use domain::Price;

use super::tracked::{TrackedBook, Trust};

/// Trust and touch of a book: all that the screen needs, so that it need not visit the book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) trust: Trust,
    pub(super) bid: Option<Price>,
    pub(super) ask: Option<Price>,
}

impl Seen {
    #[inline]
    pub(super) fn of(book: &TrackedBook) -> Self {
        let touch = book.untrusted().touch();
        Self { trust: book.trust(), bid: touch.bid, ask: touch.ask }
    }
}

/// How many books there are in each state of trust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrustCounts {
    /// No snapshot yet.
    pub waiting: usize,
    /// Continuous since their snapshot.
    pub trusted: usize,
    /// Contradictory.
    pub suspect: usize,
    /// Unconfirmed.
    pub stale: usize,
}

impl TrustCounts {
    pub(super) const fn of(&mut self, trust: Trust) -> &mut usize {
        match trust {
            Trust::Waiting => &mut self.waiting,
            Trust::Trusted => &mut self.trusted,
            Trust::Suspect(_) => &mut self.suspect,
            Trust::Stale(_) => &mut self.stale,
        }
    }
}
