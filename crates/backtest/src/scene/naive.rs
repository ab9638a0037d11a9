//! What a program would report that believes both books of a market at every moment.
//!
//! YES and NO are one book: whoever buys YES at 0.40 sells NO at 0.60. So the two touches of one
//! moment never contradict each other, and where they seem to, one of them is older (skew) or has lost
//! a removal and is crossed (drift). Nobody can trade on either.

use domain::{Frame, Price, UnixMillis};
use engine::books::{MarketIndex, Shelf};
use serde::Serialize;

use super::{market_of, tokens_of};

/// How often such a program would have reported something, and why there was nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NaiveCounts {
    /// Times at which two best prices of one market began to contradict each other.
    pub reports: u64,
    /// Of these: the two books were stated for different moments.
    pub skew: u64,
    /// Of these: one of the books was crossed or otherwise not to be believed.
    pub drift: u64,
    /// Of these: both books were of one moment and could be believed.
    pub standing: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Naive {
    counts: NaiveCounts,
    /// Whether the touches of each market contradict each other now.
    open: Vec<bool>,
}

impl Naive {
    pub(super) fn new(markets: usize) -> Self {
        Self { counts: NaiveCounts::default(), open: vec![false; markets] }
    }
    pub(super) const fn counts(&self) -> NaiveCounts {
        self.counts
    }
    pub(super) fn note(&mut self, frame: &Frame, shelf: &Shelf) {
        let mut last = None;
        for market in tokens_of(frame).map(market_of) {
            if last != Some(market) {
                last = Some(market);
                self.look(market, shelf);
            }
        }
    }

    fn look(&mut self, market: MarketIndex, shelf: &Shelf) {
        let (Some(yes), Some(no)) = (shelf.book(market.yes()), shelf.book(market.no())) else {
            return;
        };
        let (a, b) = (yes.untrusted().touch(), no.untrusted().touch());
        let sum = |one: Option<Price>, other: Option<Price>| {
            Some(u32::from(one?.ten_thousandths()) + u32::from(other?.ten_thousandths()))
        };
        let whole = u32::from(Price::ONE.ten_thousandths());
        let contradicts = sum(a.ask, b.ask).is_some_and(|sum| sum < whole)
            || sum(a.bid, b.bid).is_some_and(|sum| sum > whole);
        let Some(open) = self.open.get_mut(market.get()) else { return };
        let is_new = contradicts && !std::mem::replace(open, contradicts);
        if !is_new {
            return;
        }
        self.counts.reports += 1;
        if yes.trusted().is_err() || no.trusted().is_err() {
            self.counts.drift += 1;
        } else if yes.stated_at() != no.stated_at() || yes.stated_at() == UnixMillis(0) {
            self.counts.skew += 1;
        } else {
            self.counts.standing += 1;
        }
    }
}
