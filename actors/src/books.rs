//! Keeps every watched book, and says where best prices contradict each other.
//!
//! Frames are parsed, applied and looked at in plain calls inside this actor; nothing on that way
//! pays for a mailbox. What the books are, when they may be believed and which looks are worth a
//! second one is decided by `engine::books`.

mod depths;
mod prints;
mod resyncs;
mod touch_board;
mod whole;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use bytes::Bytes;
use domain::{TokenIndex, UnixMillis};
use engine::books::{
    CrossCheck, Evidence, GroupIndex, Layout, MarketIndex, ScreenEffect, Shelf, StaleCause,
    Subject as Place,
};
use engine::funnel::Reason;
use engine::opportunity::Subject;
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};

pub use depths::{Depth, DepthStated, FollowDepths, TradePrinted};
pub use touch_board::{MarketTouch, OutcomeTouch, TouchBoard, market_key};
pub use whole::{OutcomeBook, TellBooks};

use crate::board::{Board, BooksStatus};
use crate::clock::Clock;
use crate::collectors::Watched;
use crate::detector::PairSnapshot;
use crate::messages::{
    BooksStated, ConnectionId, ConnectionLost, FramesArrived, LookAt, StateAgain, TouchesChanged,
    UniverseChanged, Views,
};
use crate::shared::Shared;
use crate::supervision::Handle;
use crate::tape::BookPrints;
use depths::Depths;
use prints::Prints;
use resyncs::PendingResyncs;

const TOUCH_INTERVAL: Duration = Duration::from_millis(100);
const STATUS_INTERVAL: Duration = Duration::from_millis(500);
/// Touches shown at one time; more wait for the next time.
const TOUCHES_MAX: usize = 1_000;
/// Frames of the moment of a REST answer have surely arrived after this.
const CROSS_CHECK_DELAY_MS: i64 = 2_000;
/// REST answers that wait; more are dropped, the next sample comes soon.
const CROSS_CHECKS_MAX: usize = 16;

/// Whom the books tell.
#[derive(Clone)]
pub struct BooksOutlets {
    /// Looks into the depth.
    pub detector: Handle<LookAt>,
    /// Who shows touches.
    pub publisher: Handle<TouchesChanged>,
    /// Who hears of trades, if somebody does.
    pub prints: Option<Handle<BookPrints>>,
    /// The feeds, by shard: who asks the venue to state a book again.
    pub feeds: Shared<Vec<Handle<StateAgain>>>,
    /// The newest touches, readable by everybody.
    pub touches: Arc<TouchBoard>,
    /// What the books say about themselves.
    pub board: Arc<Board>,
}

/// The books.
pub struct Books {
    clock: Clock,
    watched: Shared<Watched>,
    outlets: BooksOutlets,
    /// What the present layout was made from.
    plan: Arc<Watched>,
    /// `None` until something is watched.
    table: Option<TokenTable>,
    shelf: Shelf,
    parsed: ParsedFrame,
    effects: Vec<ScreenEffect>,
    /// Subjects to look at when the frames at hand have been applied.
    looks: BTreeSet<Place>,
    /// Subjects whose best prices contradict each other now.
    candidates: BTreeSet<Place>,
    resyncs: PendingResyncs,
    /// Connections up to these are gone: what is left of their frames is worth nothing.
    gone: BTreeMap<u16, ConnectionId>,
    cross_checks: VecDeque<(UnixMillis, BooksStated)>,
    /// Whole books for whoever follows some closely.
    depths: Depths,
    prints: Prints,
    counts: Counts,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    frames: u64,
    fallback: u64,
    refused: u64,
    events_unknown: u64,
    agree: u64,
    differ: u64,
    resyncs: u64,
}

impl Books {
    /// With the watched markets of now, all waiting for their snapshots.
    #[must_use]
    pub fn new(clock: Clock, watched: Shared<Watched>, outlets: BooksOutlets) -> Self {
        Self {
            clock,
            watched,
            outlets,
            plan: Arc::default(),
            table: None,
            shelf: Shelf::new(Layout::default()),
            parsed: ParsedFrame::new(),
            effects: Vec::new(),
            looks: BTreeSet::new(),
            candidates: BTreeSet::new(),
            resyncs: PendingResyncs::default(),
            gone: BTreeMap::new(),
            cross_checks: VecDeque::new(),
            depths: Depths::default(),
            prints: Prints::default(),
            counts: Counts::default(),
        }
    }

    /// Watches what is to be watched now. Books of tokens that stay are kept.
    fn rebuild(&mut self) {
        let plan = self.watched.get();
        let layout = Layout::new(&plan.markets(), &plan.groups());
        match TokenTable::new(layout.tokens()) {
            Ok(table) => self.table = Some(table),
            Err(error) => {
                // The layout leaves out doubles, so this is a bug of ours: keep what works.
                tracing::error!(%error, "the watched tokens cannot be told apart");
                return;
            }
        }
        self.shelf.rebuild(layout);
        self.plan = plan;
        self.candidates.clear();
        self.resyncs.clear();
        let touched: Vec<_> =
            self.shelf.layout().markets().iter().map(|market| market.condition).collect();
        self.outlets.touches.keep_only(&touched);
        let table = self.table.as_ref();
        self.depths.rebuild(|token| place(table, token));
    }

    fn shard_tokens(&self, shard: u16) -> Vec<TokenIndex> {
        let tokens = self.plan.shards.get(usize::from(shard)).map_or(&[][..], Vec::as_slice);
        tokens.iter().filter_map(|token| self.index(*token)).collect()
    }

    fn index(&self, token: domain::TokenId) -> Option<TokenIndex> {
        place(self.table.as_ref(), token)
    }

    fn apply_frame(&mut self, bytes: &Bytes, received_at: UnixMillis) {
        let Some(table) = &self.table else { return };
        self.counts.frames += 1;
        match parse_frame(bytes, table, &mut self.parsed) {
            Ok(()) => {
                self.counts.fallback += u64::from(self.parsed.fell_back());
                self.counts.events_unknown += u64::from(self.parsed.unknown_events());
                self.shelf.apply(self.parsed.frame(), received_at, &mut self.effects);
                self.depths.note(self.parsed.frame());
                if self.outlets.prints.is_some() {
                    let layout = self.shelf.layout();
                    self.prints.note(self.parsed.frame(), |token| {
                        let market = layout.markets().get(MarketIndex::of(token).get())?;
                        Some((*layout.tokens().get(token.get())?, market.condition))
                    });
                }
            }
            Err(error) => {
                self.counts.refused += 1;
                tracing::debug!(%error, "a frame could not be read");
                self.shelf.frames_lost(self.parsed.named(), &mut self.effects);
            }
        }
        self.sort_effects(received_at);
    }

    fn sort_effects(&mut self, now: UnixMillis) {
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
                ScreenEffect::Resync(token) => self.resyncs.want(token, now),
            }
        }
    }

    /// One look at each subject that the frames at hand touched, however many there were.
    fn send_looks(&mut self) {
        while let Some(place) = self.looks.pop_first() {
            let Some(subject) = self.subject(place) else { continue };
            let slot = match place {
                Place::Pair(MarketIndex(at)) => u64::from(at) * 2,
                Place::Group(GroupIndex(at)) => u64::from(at) * 2 + 1,
            };
            let look = LookAt { subject, slot, views: self.views(place) };
            if let Err(error) = self.outlets.detector.tell(look) {
                tracing::debug!(%error, "a look was not taken up; the next second repeats it");
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
                Ok(Views::Pair(Box::new(PairSnapshot { market, yes, no })))
            }
            Place::Group(group) => {
                let snapshot = self.shelf.group_snapshot(group)?;
                let id = self.shelf.layout().groups().get(group.get()).map(|plan| &plan.id);
                let group = id.and_then(|id| self.plan.group(id)).ok_or(Reason::Incomplete)?;
                let members = snapshot.members.into_iter().map(|member| {
                    let market = self.market(member.market).ok_or(Reason::Incomplete)?;
                    let no = self.shelf.snapshot(member.market.no());
                    Ok(PairSnapshot { market, yes: Ok(member.yes), no })
                });
                let members = members.collect::<Result<_, Reason>>()?;
                Ok(Views::Group { group, members })
            }
        }
    }

    fn market(&self, market: MarketIndex) -> Option<Arc<domain::Market>> {
        let plan = self.shelf.layout().markets().get(market.get())?;
        self.plan.market(&plan.condition)
    }

    fn show_touches(&mut self) {
        let mut changed = Vec::new();
        self.shelf.drain_touches(TOUCHES_MAX, &mut changed);
        let touches: Vec<_> =
            changed.iter().filter_map(|touch| self.market_touch(touch.market)).collect();
        if touches.is_empty() {
            return;
        }
        self.outlets.touches.set(&touches);
        if let Err(error) = self.outlets.publisher.tell(TouchesChanged(touches)) {
            tracing::debug!(%error, "touches were not published; the next change will be");
        }
    }

    fn market_touch(&self, market: MarketIndex) -> Option<MarketTouch> {
        let condition = self.shelf.layout().markets().get(market.get())?.condition;
        Some(MarketTouch {
            condition,
            outcomes: [self.outcome_touch(market.yes())?, self.outcome_touch(market.no())?],
            why: self.shelf.why(Place::Pair(market)).err(),
        })
    }

    fn outcome_touch(&self, token: TokenIndex) -> Option<OutcomeTouch> {
        self.shelf.book(token).map(|book| OutcomeTouch {
            touch: book.untrusted().touch(),
            trust: book.trust(),
            epoch: book.epoch(),
            stated_at: book.stated_at(),
        })
    }

    fn outcome_book(&self, token: TokenIndex) -> Option<OutcomeBook> {
        let book = self.shelf.book(token)?;
        let standing = self.outcome_touch(token)?;
        Some(OutcomeBook { token: book.token(), standing, book: book.untrusted().clone() })
    }

    fn ask_again(&mut self, now: UnixMillis) {
        let due = self
            .resyncs
            .due(now, |token| self.shelf.book(token).is_some_and(|book| book.trusted().is_err()));
        self.counts.resyncs += due.len() as u64;
        let mut by_shard: BTreeMap<usize, Vec<domain::TokenId>> = BTreeMap::new();
        for token in due {
            if let Some(id) = self.shelf.layout().tokens().get(token.get())
                && let Some(shard) = self.plan.shard_of(id)
            {
                by_shard.entry(shard).or_default().push(*id);
            }
        }
        let feeds = self.outlets.feeds.get();
        for (shard, tokens) in by_shard {
            if let Some(feed) = feeds.get(shard)
                && let Err(error) = feed.tell(StateAgain { tokens })
            {
                tracing::debug!(%error, shard, "a feed did not take the wish for snapshots");
            }
        }
    }

    fn check_against_rest(&mut self, now: UnixMillis) {
        while self.cross_checks.front().is_some_and(|(due, _)| *due <= now) {
            let Some((_, stated)) = self.cross_checks.pop_front() else { return };
            for book in &stated.books {
                let Some(token) = self.index(book.token) else { continue };
                let check = CrossCheck {
                    token,
                    bids: &book.bids,
                    asks: &book.asks,
                    stated_at: book.stated_at,
                };
                match self.shelf.cross_check(&check, &mut self.effects) {
                    Evidence::Agrees => self.counts.agree += 1,
                    Evidence::Inconclusive => {}
                    Evidence::Differs => self.counts.differ += 1,
                }
            }
        }
        self.sort_effects(now);
        self.send_looks();
    }

    fn report(&self) {
        let (trust, counts) = (self.shelf.counts(), self.counts);
        let status = BooksStatus {
            trusted: trust.trusted,
            suspect: trust.suspect,
            stale: trust.stale,
            waiting: trust.waiting,
            screen: self.shelf.funnel().clone(),
            frames: counts.frames,
            frames_fallback: counts.fallback,
            frames_refused: counts.refused,
            events_unknown: counts.events_unknown,
            cross_checks_agree: counts.agree,
            cross_checks_differ: counts.differ,
            resyncs: counts.resyncs,
        };
        self.outlets.board.set_books(|board| *board = status);
    }
}

impl Actor for Books {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.rebuild();
        // The feeds may have been up before: an earlier incarnation had their snapshots.
        for feed in self.outlets.feeds.get().iter() {
            if let Err(error) = feed.tell(StateAgain { tokens: Vec::new() }) {
                tracing::warn!(%error, feed = feed.name(), "no snapshots could be asked for");
            }
        }
        ctx.run_interval(TOUCH_INTERVAL, |actor, _| {
            let now = actor.clock.now();
            actor.show_touches();
            if let Some(to) = &actor.outlets.prints {
                actor.prints.send(to);
            }
            actor.depths.state(&actor.shelf);
            actor.ask_again(now);
            actor.check_against_rest(now);
        });
        ctx.run_interval(STATUS_INTERVAL, |actor, _| {
            actor.shelf.arm_hash_check();
            // A quiet book is still right: open opportunities are confirmed by looking again.
            actor.looks.extend(actor.candidates.iter().copied());
            actor.send_looks();
            actor.report();
        });
    }
}

impl Handler<UniverseChanged> for Books {
    type Result = ();
    fn handle(&mut self, _: UniverseChanged, _: &mut Self::Context) {
        self.rebuild();
    }
}

impl Handler<FramesArrived> for Books {
    type Result = ();
    fn handle(&mut self, batch: FramesArrived, _: &mut Self::Context) {
        if self.gone.get(&batch.shard).is_some_and(|gone| batch.connection <= *gone) {
            return;
        }
        if batch.frames_missing > 0 {
            let tokens = self.shard_tokens(batch.shard);
            self.shelf.frames_lost(&tokens, &mut self.effects);
        }
        for frame in &batch.frames {
            self.apply_frame(frame, batch.received_at);
        }
        self.depths.state(&self.shelf);
        self.send_looks();
    }
}

impl Handler<ConnectionLost> for Books {
    type Result = ();
    fn handle(&mut self, lost: ConnectionLost, _: &mut Self::Context) {
        self.gone.insert(lost.shard, lost.connection);
        let tokens = self.shard_tokens(lost.shard);
        match lost.cause {
            StaleCause::Disconnected => self.shelf.connection_lost(&tokens, &mut self.effects),
            StaleCause::Silent => self.shelf.silent(&tokens, &mut self.effects),
        }
        self.depths.state(&self.shelf);
        let now = self.clock.now();
        self.sort_effects(now);
        self.send_looks();
        self.report();
    }
}

impl Handler<BooksStated> for Books {
    type Result = ();
    fn handle(&mut self, stated: BooksStated, _: &mut Self::Context) {
        if self.cross_checks.len() < CROSS_CHECKS_MAX {
            let due = self.clock.now().plus(domain::DurationMillis(CROSS_CHECK_DELAY_MS));
            self.cross_checks.push_back((due, stated));
        }
    }
}

impl Handler<FollowDepths> for Books {
    type Result = ();
    fn handle(&mut self, wish: FollowDepths, _: &mut Self::Context) {
        let table = self.table.as_ref();
        self.depths.follow(wish, |token| place(table, token));
        self.depths.state(&self.shelf);
    }
}

impl Handler<TellBooks> for Books {
    type Result = MessageResult<TellBooks>;
    fn handle(&mut self, TellBooks(condition): TellBooks, _: &mut Self::Context) -> Self::Result {
        let books = self.shelf.layout().market(&condition).and_then(|market| {
            let (yes, no) = (self.outcome_book(market.yes())?, self.outcome_book(market.no())?);
            Some(Box::new([yes, no]))
        });
        MessageResult(books)
    }
}

fn place(table: Option<&TokenTable>, token: domain::TokenId) -> Option<TokenIndex> {
    table?.lookup(token.to_string().as_bytes())
}
