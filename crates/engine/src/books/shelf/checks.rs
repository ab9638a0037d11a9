//! Evidence from outside the stream of changes: REST books and fingerprints.

use domain::book::HashContext;
use domain::{
    BookStated, Change, Event, Frame, Level, PriceText, Side, StatedBest, TokenIndex, UnixMillis,
};

use super::{ScreenEffect, Shelf};
use crate::books::layout::MarketIndex;
use crate::books::tracked::{SuspectCause, Trust};

/// A book as REST stated it.
#[derive(Clone, Copy, Debug)]
pub struct CrossCheck<'a> {
    /// Whose book.
    pub token: TokenIndex,
    /// Its bids, in any order.
    pub bids: &'a [Level],
    /// Its asks, in any order.
    pub asks: &'a [Level],
    /// The exchange's time of it.
    pub stated_at: UnixMillis,
}

/// What a comparison with a statement from outside shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Our book is the stated one.
    Agrees,
    /// Nothing: our book is newer, or not trusted anyway.
    Inconclusive,
    /// Our book is as old or older, and differs: it is suspect now.
    Differs,
}

/// What is known about the fingerprints of one book in its epoch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HashEvidence {
    last_trade: Option<PriceText>,
    /// Our book has reproduced a fingerprint: the recipe applies to it.
    reproduced: bool,
}

impl HashEvidence {
    pub(super) fn restart(&mut self, book: &BookStated) {
        *self = Self { last_trade: book.last_trade, reproduced: false };
    }
}

impl Shelf {
    /// Compares a REST book with ours. Ask for it, then wait until frames of its moment have
    /// surely arrived (two seconds), then call this.
    pub fn cross_check(
        &mut self,
        check: &CrossCheck<'_>,
        effects: &mut Vec<ScreenEffect>,
    ) -> Evidence {
        let Some(slot) = self.slots.get(check.token.get()) else { return Evidence::Inconclusive };
        if slot.book.trust() != Trust::Trusted || check.stated_at < slot.book.stated_at() {
            return Evidence::Inconclusive;
        }
        let same = |side: Side, levels: &[Level]| {
            let ours = slot.book.untrusted().side(side);
            ours.len() == levels.len()
                && levels.iter().all(|level| ours.size_at(level.price) == level.size)
        };
        if same(Side::Buy, check.bids) && same(Side::Sell, check.asks) {
            return Evidence::Agrees;
        }
        self.distrust(&[check.token], Trust::Suspect(SuspectCause::RestDiffers), effects);
        Evidence::Differs
    }
    /// Has the next frame whose last change states a fingerprint compared with our book. Call it
    /// at the rate at which fingerprints are to be computed (some ten microseconds each); the
    /// sample rotates with the traffic.
    ///
    /// A fingerprint that differs makes a book suspect only if an earlier one of the same epoch
    /// was reproduced: otherwise it may be the recipe that does not fit.
    pub const fn arm_hash_check(&mut self) {
        self.hash_check_armed = true;
    }
    #[inline]
    pub(super) fn check_sampled_hash(&mut self, frame: &Frame) {
        if self.hash_check_armed {
            self.check_hash(frame);
        }
    }
    #[cold]
    fn check_hash(&mut self, frame: &Frame) {
        let Some(Event::Changes { stated_at, entries }) = frame.events.last() else { return };
        let Some(change @ Change { token, hash: Some(hash), .. }) =
            frame.changes_in(entries).last()
        else {
            return;
        };
        let market = self.layout.markets().get(MarketIndex::of(*token).get());
        let slot = self.slots.get_mut(token.get());
        let evidence = self.evidence.get_mut(token.get());
        let (Some(plan), Some(slot), Some(evidence)) = (market, slot, evidence) else { return };
        let current = slot.operation == self.operation
            && slot.book.trust() == Trust::Trusted
            && slot.book.stated_at() == *stated_at
            && !slot.book.is_settling();
        if !current {
            return;
        }
        self.hash_check_armed = false;
        let last_trade = evidence.last_trade;
        let context = HashContext {
            market: &plan.condition.to_string(),
            asset_id: &slot.book.token().to_string(),
            stated_at: *stated_at,
            min_order_size: &plan.order_size_min.to_string(),
            tick_size: &plan.tick.to_string(),
            neg_risk: plan.neg_risk,
            last_trade_price: last_trade
                .as_ref()
                .and_then(|text| std::str::from_utf8(text.as_bytes()).ok()),
        };
        if context.fingerprint_of(slot.book.untrusted()) == *hash {
            evidence.reproduced = true;
            self.stats.hashes_equal += 1;
            return;
        }
        self.stats.hashes_different += 1;
        if evidence.reproduced {
            slot.book.distrust(Trust::Suspect(SuspectCause::HashDiffers));
            let received_at = slot.received_at;
            self.touch(change.token, StatedBest::Missing, StatedBest::Missing, received_at);
        }
    }
}
