//! All watched books, and the touch screen over them.
//!
//! [`Shelf::apply`] takes one frame: it changes the books the frame names, judges each of them
//! against the touch the venue stated, and then looks once at every market and group that was
//! touched. A look ends in a [`ScreenEffect::Candidate`] or is counted under one
//! [`Reason`]. The screen knows no fees: whatever is profitable after fees
//! passes it, and little else.
//!
//! The caller owns the effects' buffer, reads the clock, limits how often it asks for a new
//! snapshot of one book, and calls the detector.

mod checks;
mod screen;
mod snapshots;
#[cfg(test)]
mod tests;

use domain::{Change, Event, Frame, StatedBest, TokenId, TokenIndex, Touch, UnixMillis};

use super::groups::GroupSum;
use super::layout::{GroupIndex, GroupPlan, Layout, MarketIndex, MarketPlan};
use super::seen::{Seen, TrustCounts};
use super::tracked::{ChangeOutcome, StaleCause, SuspectCause, TrackedBook, Trust};
use crate::funnel::{Funnel, Reason};

pub use checks::{CrossCheck, Evidence};
pub use snapshots::{GroupMember, GroupSnapshot, PairSnapshot};

/// What a look is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The two books of one market.
    Pair(MarketIndex),
    /// The YES books of one neg-risk group.
    Group(GroupIndex),
}

/// What the caller has to do after an operation on the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenEffect {
    /// The best prices contradict each other before fees: the detector decides. Comes again with
    /// every frame that touches the subject, because its depth may have changed.
    Candidate(Subject),
    /// The subject was a candidate and is none any more; [`Shelf::why`] says why.
    Over(Subject),
    /// The book stopped being trusted and needs a new snapshot. The caller limits how often it
    /// asks, and waits a moment with books that are merely [`SuspectCause::Crossed`] or
    /// [`SuspectCause::TouchDiffers`]: after a trade the venue sends the snapshot by itself.
    Resync(TokenIndex),
}

/// The touch of a market that changed, for display. The books may be untrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketTouch {
    /// Which market.
    pub market: MarketIndex,
    /// The touch of its first token.
    pub yes: Touch,
    /// The touch of its second token.
    pub no: Touch,
    /// Trust of both books, YES first.
    pub trust: [Trust; 2],
    /// The exchange's time of the newer of the two.
    pub stated_at: UnixMillis,
}

/// What the shelf has done since it was made; counts only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShelfStats {
    /// Snapshots taken.
    pub snapshots: u64,
    /// Changes applied.
    pub changes: u64,
    /// Changes skipped because the snapshot is newer or contains them.
    pub changes_contained: u64,
    /// Changes skipped because their book waits for its first snapshot.
    pub changes_waiting: u64,
    /// Books that became suspect.
    pub suspicions: u64,
    /// Fingerprints that our book reproduced.
    pub hashes_equal: u64,
    /// Fingerprints that it did not.
    pub hashes_different: u64,
}

/// One book: two cache lines.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Slot {
    book: TrackedBook,
    /// The operation that touched it last, and where in [`Shelf::touched`].
    operation: u64,
    touched_at: u32,
    seen: Seen,
    received_at: UnixMillis,
}

/// One market, with what a look needs of its plan.
#[derive(Clone, Copy, Debug)]
struct PairState {
    /// The operation that looked at it last.
    operation: u64,
    group: Option<GroupIndex>,
    open: bool,
    fee_known: bool,
    candidate: bool,
    /// Waits to be shown.
    changed: bool,
}

/// One group, with what a look needs of its plan.
#[derive(Clone, Copy, Debug)]
struct GroupState {
    /// The operation that looked at it last.
    operation: u64,
    sum: GroupSum,
    verdict: Result<(), Reason>,
    fees_known: bool,
    candidate: bool,
}

#[derive(Clone, Copy, Debug)]
struct Touched {
    token: TokenIndex,
    best_bid: StatedBest,
    best_ask: StatedBest,
}

/// All watched books.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    layout: Layout,
    slots: Vec<Slot>,
    pairs: Vec<PairState>,
    groups: Vec<GroupState>,
    evidence: Vec<checks::HashEvidence>,
    counts: TrustCounts,
    funnel: Funnel,
    stats: ShelfStats,
    operation: u64,
    touched: Vec<Touched>,
    changed: Vec<MarketIndex>,
    hash_check_armed: bool,
}

impl Shelf {
    /// A shelf whose books all wait for their first snapshot.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let mut shelf = Self::default();
        shelf.rebuild(layout);
        shelf
    }
    /// Watches another set of markets. Books of tokens that stay are kept; all indices of the old
    /// layout are void, and so are its candidates: they are reported again with the next frame
    /// that touches them.
    pub fn rebuild(&mut self, layout: Layout) {
        let mut kept: Vec<(TokenId, Slot)> =
            self.slots.drain(..).map(|slot| (slot.book.token(), slot)).collect();
        kept.sort_by_key(|(token, _)| *token);
        let mut kept: Vec<(TokenId, Option<Slot>)> =
            kept.into_iter().map(|(token, slot)| (token, Some(slot))).collect();
        self.slots.reserve_exact(layout.tokens().len());
        for token in layout.tokens() {
            let old = kept.binary_search_by_key(token, |(token, _)| *token);
            let old = old.ok().and_then(|at| kept.get_mut(at)).and_then(|(_, slot)| slot.take());
            self.slots.push(old.unwrap_or_else(|| Slot::new(*token)));
        }
        self.evidence = vec![checks::HashEvidence::default(); layout.tokens().len()];
        self.pairs = layout.markets().iter().map(PairState::new).collect();
        self.groups = layout.groups().iter().map(GroupState::new).collect();
        self.counts = TrustCounts::default();
        self.changed.clear();
        self.layout = layout;
        for index in 0..self.slots.len() {
            let token = TokenIndex(index as u32);
            if let Some(slot) = self.slots.get_mut(index) {
                slot.operation = 0;
                slot.seen = Seen::of(&slot.book);
                let seen = slot.seen;
                *self.counts.of(seen.trust) += 1;
                if let Some(state) = self.group_state(token) {
                    state.sum.add(seen);
                }
            }
            self.mark_changed(MarketIndex::of(token));
        }
    }
    /// Applies one frame, received at `received_at` by our clock. Pushes onto `effects`.
    pub fn apply(
        &mut self,
        frame: &Frame,
        received_at: UnixMillis,
        effects: &mut Vec<ScreenEffect>,
    ) {
        self.begin();
        for event in &frame.events {
            match event {
                Event::Book(book) => {
                    let Some(slot) = self.slots.get_mut(book.token.get()) else { continue };
                    let bids = frame.levels_in(&book.bids).iter().copied();
                    let asks = frame.levels_in(&book.asks).iter().copied();
                    slot.book.snapshot(book.stated_at, bids, asks);
                    slot.book.fingerprint(book.hash);
                    if let Some(evidence) = self.evidence.get_mut(book.token.get()) {
                        evidence.restart(book);
                    }
                    self.stats.snapshots += 1;
                    self.touch(book.token, StatedBest::Missing, StatedBest::Missing, received_at);
                }
                Event::Changes { stated_at, entries } => {
                    let changes = frame.changes_in(entries);
                    self.fetch(changes);
                    for change in changes {
                        self.change(*stated_at, change, received_at);
                    }
                }
                Event::TickSizeChange { token, tick, .. } => {
                    let Some(slot) = self.slots.get_mut(token.get()) else { continue };
                    slot.book.tick_changed();
                    self.layout.set_tick(MarketIndex::of(*token), *tick);
                    self.touch(*token, StatedBest::Missing, StatedBest::Missing, received_at);
                }
                Event::LastTrade { .. }
                | Event::BestBidAsk { .. }
                | Event::NewMarket { .. }
                | Event::Resolved { .. } => {}
            }
        }
        self.check_sampled_hash(frame);
        self.finish(effects);
    }
    /// Reads the hot end of every book that is about to change. The books of a frame lie far
    /// apart in memory; asked for together, they arrive together.
    #[inline]
    fn fetch(&self, changes: &[Change]) {
        for change in changes {
            if let Some(slot) = self.slots.get(change.token.get()) {
                std::hint::black_box(slot.book.untrusted().touch());
            }
        }
    }
    #[inline]
    fn change(&mut self, stated_at: UnixMillis, change: &Change, received_at: UnixMillis) {
        let Some(slot) = self.slots.get_mut(change.token.get()) else { return };
        let outcome =
            slot.book.change(stated_at, change.side, change.price, change.size, change.hash);
        match outcome {
            ChangeOutcome::Applied => self.stats.changes += 1,
            ChangeOutcome::Contained => self.stats.changes_contained += 1,
            ChangeOutcome::Older => {
                self.stats.changes_contained += 1;
                return;
            }
            ChangeOutcome::Waiting => {
                self.stats.changes_waiting += 1;
                return;
            }
        }
        self.touch(change.token, change.best_bid, change.best_ask, received_at);
    }
    /// Starts an operation: nothing is touched yet.
    fn begin(&mut self) {
        self.operation += 1;
        self.touched.clear();
    }
    /// Notes that a book changed, and what the venue states about its touch after that.
    #[inline]
    fn touch(
        &mut self,
        token: TokenIndex,
        best_bid: StatedBest,
        best_ask: StatedBest,
        received_at: UnixMillis,
    ) {
        let Some(slot) = self.slots.get_mut(token.get()) else { return };
        slot.received_at = received_at;
        let note = Touched { token, best_bid, best_ask };
        if slot.operation == self.operation {
            if let Some(earlier) = self.touched.get_mut(slot.touched_at as usize) {
                *earlier = note;
            }
        } else {
            slot.operation = self.operation;
            slot.touched_at = self.touched.len() as u32;
            self.touched.push(note);
        }
    }
    /// Ends an operation: judges what was touched and looks at it.
    fn finish(&mut self, effects: &mut Vec<ScreenEffect>) {
        for at in 0..self.touched.len() {
            let Some(Touched { token, best_bid, best_ask }) = self.touched.get(at).copied() else {
                continue;
            };
            if let Some(slot) = self.slots.get_mut(token.get()) {
                slot.book.judge(best_bid, best_ask);
            }
            self.refresh(token, effects);
        }
        for at in 0..self.touched.len() {
            let Some(Touched { token, .. }) = self.touched.get(at).copied() else { continue };
            self.look_at_pair(MarketIndex::of(token), effects);
            if let Some(group) = self.group_of_yes(token) {
                self.look_at_group(group, effects);
            }
        }
    }
    /// Brings counts and sums up to date with one book.
    #[inline]
    fn refresh(&mut self, token: TokenIndex, effects: &mut Vec<ScreenEffect>) {
        let Some(slot) = self.slots.get_mut(token.get()) else { return };
        let (old, new) = (slot.seen, Seen::of(&slot.book));
        if old == new {
            return;
        }
        slot.seen = new;
        if old.trust != new.trust {
            *self.counts.of(old.trust) -= 1;
            *self.counts.of(new.trust) += 1;
            if matches!(new.trust, Trust::Suspect(_)) {
                self.stats.suspicions += 1;
                effects.push(ScreenEffect::Resync(token));
            }
        }
        if let Some(state) = self.group_state(token) {
            state.sum.remove(old);
            state.sum.add(new);
        }
        self.mark_changed(MarketIndex::of(token));
    }
    fn mark_changed(&mut self, market: MarketIndex) {
        if let Some(pair) = self.pairs.get_mut(market.get())
            && !pair.changed
        {
            pair.changed = true;
            self.changed.push(market);
        }
    }
    /// The group a token's prices are added up in: YES tokens of neg-risk groups only.
    #[inline]
    fn group_of_yes(&self, token: TokenIndex) -> Option<GroupIndex> {
        if !token.0.is_multiple_of(2) {
            return None;
        }
        self.pairs.get(MarketIndex::of(token).get()).and_then(|pair| pair.group)
    }
    #[inline]
    fn group_state(&mut self, yes: TokenIndex) -> Option<&mut GroupState> {
        self.group_of_yes(yes).and_then(|group| self.groups.get_mut(group.get()))
    }
    /// The connection that carried these tokens is gone: their books are stale until a snapshot.
    pub fn connection_lost(&mut self, tokens: &[TokenIndex], effects: &mut Vec<ScreenEffect>) {
        self.distrust(tokens, Trust::Stale(StaleCause::Disconnected), effects);
    }
    /// The connection is open but carries no data: the books are stale until a snapshot.
    pub fn silent(&mut self, tokens: &[TokenIndex], effects: &mut Vec<ScreenEffect>) {
        self.distrust(tokens, Trust::Stale(StaleCause::Silent), effects);
    }
    /// Frames that named these tokens were dropped or could not be read.
    pub fn frames_lost(&mut self, tokens: &[TokenIndex], effects: &mut Vec<ScreenEffect>) {
        self.distrust(tokens, Trust::Suspect(SuspectCause::FramesLost), effects);
    }
    fn distrust(&mut self, tokens: &[TokenIndex], why: Trust, effects: &mut Vec<ScreenEffect>) {
        self.begin();
        for token in tokens {
            let Some(slot) = self.slots.get_mut(token.get()) else { continue };
            slot.book.distrust(why);
            let received_at = slot.received_at;
            self.touch(*token, StatedBest::Missing, StatedBest::Missing, received_at);
        }
        self.finish(effects);
    }
    /// What is watched.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }
    /// One book with its continuity.
    #[must_use]
    pub fn book(&self, token: TokenIndex) -> Option<&TrackedBook> {
        self.slots.get(token.get()).map(|slot| &slot.book)
    }
    /// When by our clock a frame last named this token; `None` before the first.
    #[must_use]
    pub fn received_at(&self, token: TokenIndex) -> Option<UnixMillis> {
        self.slots.get(token.get()).map(|slot| slot.received_at).filter(|at| at.0 != 0)
    }
    /// How many books are in each state of trust.
    #[must_use]
    pub const fn counts(&self) -> TrustCounts {
        self.counts
    }
    /// How the looks ended so far.
    #[must_use]
    pub const fn funnel(&self) -> &Funnel {
        &self.funnel
    }
    /// What was done so far.
    #[must_use]
    pub const fn stats(&self) -> ShelfStats {
        self.stats
    }
    /// Up to `limit` markets whose touch or trust changed since they were last drained, oldest
    /// first; the rest waits for the next call.
    pub fn drain_touches(&mut self, limit: usize, out: &mut Vec<MarketTouch>) {
        let count = limit.min(self.changed.len());
        for market in self.changed.drain(..count) {
            let [Some(yes), Some(no)] =
                [market.yes(), market.no()].map(|t| self.slots.get(t.get()))
            else {
                continue;
            };
            if let Some(pair) = self.pairs.get_mut(market.get()) {
                pair.changed = false;
            }
            out.push(MarketTouch {
                market,
                yes: Touch { bid: yes.seen.bid, ask: yes.seen.ask },
                no: Touch { bid: no.seen.bid, ask: no.seen.ask },
                trust: [yes.seen.trust, no.seen.trust],
                stated_at: yes.book.stated_at().max(no.book.stated_at()),
            });
        }
    }
}

impl Slot {
    fn new(token: TokenId) -> Self {
        Self {
            book: TrackedBook::new(token),
            seen: Seen::default(),
            operation: 0,
            touched_at: 0,
            received_at: UnixMillis(0),
        }
    }
}

impl PairState {
    const fn new(plan: &MarketPlan) -> Self {
        Self {
            operation: 0,
            group: plan.group,
            open: plan.open,
            fee_known: plan.fee_known,
            candidate: false,
            changed: false,
        }
    }
}

impl GroupState {
    fn new(plan: &GroupPlan) -> Self {
        Self {
            operation: 0,
            sum: GroupSum::default(),
            verdict: plan.verdict,
            fees_known: plan.fees_known,
            candidate: false,
        }
    }
}
