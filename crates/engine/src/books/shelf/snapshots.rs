//! Copies of trusted books that travel to the detector.

use domain::TokenIndex;

use super::{Shelf, screen};
use crate::books::layout::{GroupIndex, MarketIndex};
use crate::books::tracked::{Distrust, TrustedSnapshot};
use crate::funnel::Reason;

/// Both books of a market, of one exchange millisecond.
#[derive(Clone, Debug)]
pub struct PairSnapshot {
    /// Which market.
    pub market: MarketIndex,
    /// The book of its first token.
    pub yes: TrustedSnapshot,
    /// The book of its second token.
    pub no: TrustedSnapshot,
}

/// One market of a group.
#[derive(Clone, Debug)]
pub struct GroupMember {
    /// Which market.
    pub market: MarketIndex,
    /// The book of its YES.
    pub yes: TrustedSnapshot,
    /// The book of its NO, where that one is trusted too.
    pub no: Option<TrustedSnapshot>,
}

/// The books of a group, each as new as it is: the members' moments differ.
#[derive(Clone, Debug)]
pub struct GroupSnapshot {
    /// Which group.
    pub group: GroupIndex,
    /// Its members, in the order of the layout.
    pub members: Vec<GroupMember>,
}

impl Shelf {
    /// A trusted copy of one book.
    ///
    /// # Errors
    /// Why it is not to be trusted.
    pub fn snapshot(&self, token: TokenIndex) -> Result<TrustedSnapshot, Distrust> {
        let slot = self.slots.get(token.get()).ok_or(Distrust::Waiting)?;
        slot.book.trusted().map(|book| book.to_snapshot())
    }
    /// Trusted copies of both books of a market, if they were stated for the same millisecond.
    ///
    /// # Errors
    /// `Waiting`, `Stale`, `Suspect` or `Skewed`.
    pub fn pair_snapshot(&self, market: MarketIndex) -> Result<PairSnapshot, Reason> {
        let [yes, no] = [market.yes(), market.no()].map(|token| self.slots.get(token.get()));
        let (yes, no) = yes.zip(no).ok_or(Reason::Incomplete)?;
        let trusted = [yes, no].map(|slot| slot.book.trusted().map_err(Distrust::reason));
        let [yes_book, no_book] = match trusted {
            [Err(a), Err(b)] => return Err(a.min(b)),
            [Err(reason), _] | [_, Err(reason)] => return Err(reason),
            [Ok(yes), Ok(no)] => [yes, no],
        };
        if !screen::of_one_moment(yes, no) {
            return Err(Reason::Skewed);
        }
        Ok(PairSnapshot { market, yes: yes_book.to_snapshot(), no: no_book.to_snapshot() })
    }
    /// Trusted copies of the books of a group.
    ///
    /// # Errors
    /// Why the group's sum proves nothing, or why a YES book is not to be trusted.
    pub fn group_snapshot(&self, group: GroupIndex) -> Result<GroupSnapshot, Reason> {
        let plan = self.layout.groups().get(group.get()).ok_or(Reason::Incomplete)?;
        plan.verdict?;
        if let Some(state) = self.groups.get(group.get()) {
            state.sum.trust()?;
        }
        let mut members = Vec::with_capacity(plan.members.len());
        for market in &plan.members {
            members.push(GroupMember {
                market: *market,
                yes: self.snapshot(market.yes()).map_err(Distrust::reason)?,
                no: self.snapshot(market.no()).ok(),
            });
        }
        Ok(GroupSnapshot { group, members })
    }
}
