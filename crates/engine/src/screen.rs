//! Every watched book, and which subjects are worth a look into the depth.
//!
//! Frames go in; a subject whose best prices contradict each other, or no longer do, comes out as a
//! [`Look`], once for all the frames that touched it in between. Whoever drives it reads frames and
//! clock, and asks the venue for the snapshots that it wants.

mod snapshot;

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{Frame, Market, TokenId, TokenIndex, UnixMillis};

use crate::books::{
    CrossCheck, Evidence, GroupIndex, Layout, MarketIndex, ScreenEffect, Shelf, StaleCause,
    Subject as Place,
};
use crate::funnel::Reason;
use crate::opportunity::Subject;
use crate::universe::Watched;

pub use snapshot::{MarketSnapshot, Views};

/// Look into the depth of a subject, or learn why there is nothing to look at any more.
#[derive(Clone, Debug)]
pub struct Look {
    /// Counted from 1 over the life of the screen.
    pub number: u64,
    /// Where.
    pub subject: Subject,
    /// Tells subjects of one plan apart.
    pub slot: u64,
    /// Copies of the books, taken while all were trusted.
    pub views: Result<Views, Reason>,
}

/// The books with what is to be looked at.
#[derive(Debug, Default)]
pub struct Screen {
    plan: Arc<Watched>,
    shelf: Shelf,
    effects: Vec<ScreenEffect>,
    /// Subjects to look at when the frames at hand have been applied.
    looks: BTreeSet<Place>,
    /// Subjects whose best prices contradict each other now.
    candidates: BTreeSet<Place>,
    /// Books that lost their trust since that was last asked.
    resyncs: Vec<TokenIndex>,
    looked: u64,
}

impl Screen {
    /// Watches what is to be watched now. Books of tokens that stay are kept; every index of before
    /// is void.
    pub fn rebuild(&mut self, plan: Arc<Watched>, layout: Layout) {
        self.shelf.rebuild(layout);
        self.plan = plan;
        self.candidates.clear();
        self.looks.clear();
        self.resyncs.clear();
    }
    /// The layout of a plan, to be known before [`Self::rebuild`]: whoever reads frames needs its
    /// tokens.
    #[must_use]
    pub fn layout_of(plan: &Watched) -> Layout {
        Layout::new(&plan.markets(), &plan.groups())
    }
    /// What is watched.
    #[must_use]
    pub fn plan(&self) -> &Watched {
        &self.plan
    }
    /// The books.
    #[must_use]
    pub const fn shelf(&self) -> &Shelf {
        &self.shelf
    }
    /// The books, for what changes no look: touches to be shown, fingerprints to be checked.
    pub const fn shelf_mut(&mut self) -> &mut Shelf {
        &mut self.shelf
    }
    /// The tokens of one feed, as the layout numbers them by `index`.
    pub fn shard(
        &self,
        shard: u16,
        index: impl Fn(TokenId) -> Option<TokenIndex>,
    ) -> Vec<TokenIndex> {
        let tokens = self.plan.shards.get(usize::from(shard)).map_or(&[][..], Vec::as_slice);
        tokens.iter().filter_map(|token| index(*token)).collect()
    }

    /// Takes in one frame, received at that moment.
    pub fn apply(&mut self, frame: &Frame, received_at: UnixMillis) {
        self.shelf.apply(frame, received_at, &mut self.effects);
        self.sort();
    }
    /// Frames that named these tokens are missing.
    pub fn frames_lost(&mut self, tokens: &[TokenIndex]) {
        self.shelf.frames_lost(tokens, &mut self.effects);
        self.sort();
    }
    /// Nobody vouches for these books any more.
    pub fn lost(&mut self, tokens: &[TokenIndex], cause: StaleCause) {
        match cause {
            StaleCause::Disconnected => self.shelf.connection_lost(tokens, &mut self.effects),
            StaleCause::Silent => self.shelf.silent(tokens, &mut self.effects),
        }
        self.sort();
    }
    /// Another statement of a book is held against ours.
    pub fn cross_check(&mut self, check: &CrossCheck<'_>) -> Evidence {
        let evidence = self.shelf.cross_check(check, &mut self.effects);
        self.sort();
        evidence
    }
    /// Once in a while: fingerprints are checked with the next frames, and every open contradiction
    /// is looked at again, for a quiet book is still right.
    pub fn confirm(&mut self) {
        self.shelf.arm_hash_check();
        self.looks.extend(self.candidates.iter().copied());
    }

    /// The next subject to look at. Ask until there is none, once the frames at hand are applied.
    pub fn next_look(&mut self) -> Option<Look> {
        loop {
            let place = self.looks.pop_first()?;
            let Some(subject) = self.subject(place) else { continue };
            let slot = match place {
                Place::Pair(MarketIndex(at)) => u64::from(at) * 2,
                Place::Group(GroupIndex(at)) => u64::from(at) * 2 + 1,
            };
            self.looked += 1;
            return Some(Look { number: self.looked, subject, slot, views: self.views(place) });
        }
    }
    /// The books that lost their trust since the last call.
    pub fn take_resyncs(&mut self) -> Vec<TokenIndex> {
        std::mem::take(&mut self.resyncs)
    }

    fn sort(&mut self) {
        for effect in self.effects.drain(..) {
            match effect {
                ScreenEffect::Candidate(place) => {
                    self.candidates.insert(place);
                    self.looks.insert(place);
                }
                ScreenEffect::Over(place) => {
                    self.candidates.remove(&place);
                    self.looks.insert(place);
                }
                ScreenEffect::Resync(token) => self.resyncs.push(token),
            }
        }
    }

    fn subject(&self, place: Place) -> Option<Subject> {
        let layout = self.shelf.layout();
        match place {
            Place::Pair(market) => {
                layout.markets().get(market.get()).map(|plan| Subject::Market(plan.condition))
            }
            Place::Group(group) => {
                layout.groups().get(group.get()).map(|plan| Subject::Group(plan.id.clone()))
            }
        }
    }

    fn views(&self, place: Place) -> Result<Views, Reason> {
        self.shelf.why(place)?;
        match place {
            Place::Pair(market) => {
                let snapshot = self.shelf.pair_snapshot(market)?;
                let market = self.market(market).ok_or(Reason::Incomplete)?;
                let (yes, no) = (Ok(snapshot.yes), Ok(snapshot.no));
                Ok(Views::Pair(Box::new(MarketSnapshot { market, yes, no })))
            }
            Place::Group(group) => {
                let snapshot = self.shelf.group_snapshot(group)?;
                let id = self.shelf.layout().groups().get(group.get()).map(|plan| &plan.id);
                let group = id.and_then(|id| self.plan.group(id)).ok_or(Reason::Incomplete)?;
                let members = snapshot.members.into_iter().map(|member| {
                    let market = self.market(member.market).ok_or(Reason::Incomplete)?;
                    let no = self.shelf.snapshot(member.market.no());
                    Ok(MarketSnapshot { market, yes: Ok(member.yes), no })
                });
                let members = members.collect::<Result<_, Reason>>()?;
                Ok(Views::Group { group, members })
            }
        }
    }

    fn market(&self, market: MarketIndex) -> Option<Arc<Market>> {
        let plan = self.shelf.layout().markets().get(market.get())?;
        self.plan.market(&plan.condition)
    }
}
