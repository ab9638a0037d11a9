//! Copies of books, to be looked at elsewhere.

use std::sync::Arc;

use domain::{EventGroup, Market};

use crate::books::{Distrust, TrustedBook, TrustedSnapshot};
use crate::detector::PairView;

/// A market with copies of its books, as far as they were trusted when they were taken.
#[derive(Clone, Debug)]
pub struct MarketSnapshot {
    /// The market.
    pub market: Arc<Market>,
    /// The book of YES, or why there is none.
    pub yes: Result<TrustedSnapshot, Distrust>,
    /// The book of NO, or why there is none.
    pub no: Result<TrustedSnapshot, Distrust>,
}

impl MarketSnapshot {
    /// As the detector looks at it.
    #[must_use]
    pub fn view(&self) -> PairView<'_> {
        let (yes, no) = (borrow(&self.yes), borrow(&self.no));
        PairView { market: &self.market, yes, no }
    }
}

fn borrow(book: &Result<TrustedSnapshot, Distrust>) -> Result<TrustedBook<'_>, Distrust> {
    book.as_ref().map(TrustedSnapshot::view).map_err(|why| *why)
}

/// The books of one subject.
#[derive(Clone, Debug)]
pub enum Views {
    /// A market.
    Pair(Box<MarketSnapshot>),
    /// A neg-risk group with its open markets.
    Group {
        /// The group.
        group: Arc<EventGroup>,
        /// Its markets, in the group's order.
        members: Vec<MarketSnapshot>,
    },
}
