//! Where a leg trades: one side of one trusted book.

use domain::{FeeTerms, Market, Price, Side};

use crate::books::{Distrust, TrustedBook};
use crate::funnel::Reason;
use crate::opportunity::OutcomeIndex;

use super::PairView;

/// A wish to buy or sell one outcome against its book.
#[derive(Clone, Copy, Debug)]
pub(super) struct LegSource<'a> {
    pub(super) market: &'a Market,
    pub(super) outcome: OutcomeIndex,
    pub(super) side: Side,
    pub(super) book: TrustedBook<'a>,
}

/// The best price of a leg and what a share at it is charged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    pub(super) price: Price,
    pub(super) terms: FeeTerms,
}

impl<'a> LegSource<'a> {
    pub(super) fn new(
        pair: &PairView<'a>,
        outcome: OutcomeIndex,
        side: Side,
    ) -> Result<Self, Reason> {
        let (book, listed) = match outcome {
            OutcomeIndex::Yes => (pair.yes, pair.market.yes()),
            OutcomeIndex::No => (pair.no, pair.market.no()),
        };
        let book = book.map_err(Distrust::reason)?;
        if book.token() != listed.token {
            return Err(Reason::Incomplete);
        }
        Ok(Self { market: pair.market, outcome, side, book })
    }
    /// The best price and the fee, or why there is no trade.
    pub(super) fn quote(&self) -> Result<Quote, Reason> {
        let price = self.best().ok_or(Reason::OneSided)?;
        Ok(Quote { price, terms: self.terms()? })
    }
    pub(super) fn best(&self) -> Option<Price> {
        self.book.book().side(against(self.side)).best_price()
    }
    pub(super) fn terms(&self) -> Result<FeeTerms, Reason> {
        self.market.fee.terms().ok_or(Reason::FeeUnknown)
    }
}

/// Who buys takes the asks, who sells takes the bids.
pub(super) const fn against(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

/// Of two reasons the one that is checked first.
pub(super) fn first_of(a: Option<Reason>, b: Option<Reason>) -> Option<Reason> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
