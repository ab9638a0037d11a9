//! The looks: do best prices contradict each other before fees?

use domain::{Price, TokenIndex};

use super::{GroupState, ScreenEffect, Shelf, Slot, Subject};
use crate::books::layout::{GroupIndex, MarketIndex};
use crate::books::tracked::Trust;
use crate::funnel::Reason;

impl Shelf {
    /// Why a subject is no candidate now; `Ok` if it is one.
    ///
    /// # Errors
    /// The first reason that applies.
    pub fn why(&self, subject: Subject) -> Result<(), Reason> {
        match subject {
            Subject::Pair(market) => self.screen_pair(market),
            Subject::Group(group) => {
                self.groups.get(group.get()).ok_or(Reason::Incomplete)?.screen()
            }
        }
    }
    #[inline]
    pub(super) fn look_at_pair(&mut self, market: MarketIndex, effects: &mut Vec<ScreenEffect>) {
        let Some(pair) = self.pairs.get_mut(market.get()) else { return };
        if pair.operation == self.operation {
            return;
        }
        pair.operation = self.operation;
        let outcome = self.screen_pair(market);
        self.funnel.record(outcome);
        let Some(pair) = self.pairs.get_mut(market.get()) else { return };
        if outcome.is_ok() || pair.candidate {
            pair.candidate = outcome.is_ok();
            effects.push(effect(Subject::Pair(market), outcome));
        }
    }
    #[inline]
    pub(super) fn look_at_group(&mut self, group: GroupIndex, effects: &mut Vec<ScreenEffect>) {
        let Some(state) = self.groups.get_mut(group.get()) else { return };
        if state.operation == self.operation {
            return;
        }
        state.operation = self.operation;
        let outcome = state.screen();
        self.funnel.record(outcome);
        if outcome.is_ok() || state.candidate {
            state.candidate = outcome.is_ok();
            effects.push(effect(Subject::Group(group), outcome));
        }
    }
    fn slot(&self, token: TokenIndex) -> Result<&Slot, Reason> {
        self.slots.get(token.get()).ok_or(Reason::Incomplete)
    }
    #[inline]
    fn screen_pair(&self, market: MarketIndex) -> Result<(), Reason> {
        let pair = self.pairs.get(market.get()).ok_or(Reason::Incomplete)?;
        if !pair.open {
            return Err(Reason::NotOpen);
        }
        let (yes, no) = (self.slot(market.yes())?, self.slot(market.no())?);
        if yes.seen.trust != Trust::Trusted || no.seen.trust != Trust::Trusted {
            return Err(distrusted(yes.seen.trust).min(distrusted(no.seen.trust)));
        }
        if !of_one_moment(yes, no) {
            return Err(Reason::Skewed);
        }
        let asks = yes.seen.ask.zip(no.seen.ask);
        let bids = yes.seen.bid.zip(no.seen.bid);
        if asks.is_none() && bids.is_none() {
            return Err(Reason::OneSided);
        }
        if !pair.fee_known {
            return Err(Reason::FeeUnknown);
        }
        let buys_below = asks.is_some_and(|(yes, no)| sum(yes, no) < ONE);
        let sells_above = bids.is_some_and(|(yes, no)| sum(yes, no) > ONE);
        if buys_below || sells_above { Ok(()) } else { Err(Reason::NoEdge) }
    }
}

impl GroupState {
    #[inline]
    fn screen(&self) -> Result<(), Reason> {
        self.verdict?;
        self.sum.trust()?;
        let edge = self.sum.edge();
        if !self.fees_known && edge != Err(Reason::OneSided) {
            return Err(Reason::FeeUnknown);
        }
        edge
    }
}

const ONE: u32 = Price::ONE.ten_thousandths() as u32;

fn sum(yes: Price, no: Price) -> u32 {
    u32::from(yes.ten_thousandths()) + u32::from(no.ten_thousandths())
}

const fn effect(subject: Subject, outcome: Result<(), Reason>) -> ScreenEffect {
    match outcome {
        Ok(()) => ScreenEffect::Candidate(subject),
        Err(_) => ScreenEffect::Over(subject),
    }
}

/// Both books were stated for one exchange millisecond, and it is clear which of its states they
/// are.
pub(super) fn of_one_moment(yes: &Slot, no: &Slot) -> bool {
    yes.book.stated_at() == no.book.stated_at() && !yes.book.is_settling() && !no.book.is_settling()
}

/// The funnel's word for distrust; the last of all reasons for a trusted book, so that the other
/// book's reason is the smaller one.
const fn distrusted(trust: Trust) -> Reason {
    match trust {
        Trust::Waiting => Reason::Waiting,
        Trust::Stale(_) => Reason::Stale,
        Trust::Suspect(_) => Reason::Suspect,
        Trust::Trusted => Reason::BelowProfitMin,
    }
}
