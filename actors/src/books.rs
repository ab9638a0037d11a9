//! Keeps every watched book, and says where best prices contradict each other.
//!
//! Frames are parsed, applied and looked at in plain calls inside this actor; nothing on that way
//! pays for a mailbox. What the books are, when they may be believed and which looks are worth a
//! second one is decided by `engine::books`.

mod depths;
mod prints;
mod restating;
mod resyncs;
mod touch_board;
mod whole;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use bytes::Bytes;
use domain::{TokenIndex, UnixMillis};
use engine::books::{CrossCheck, Evidence, MarketIndex, Subject as Place};
use engine::screen::Screen;
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};

pub use depths::{Depth, DepthStated, FollowDepths, TradePrinted};
pub use touch_board::{MarketTouch, OutcomeTouch, TouchBoard, market_key};
pub use whole::{OutcomeBook, TellBooks};

use crate::board::{Board, BooksStatus};
use crate::clock::Clock;
use crate::messages::{
    BooksStated, ConnectionId, ConnectionLost, FramesArrived, LookAt, StateAgain, TouchesChanged,
    UniverseChanged,
};
use crate::recorder::Notes;
use crate::shared::Shared;
use crate::supervision::Handle;
use crate::tape::BookPrints;
use depths::Depths;
use engine::trace::FrameTimes;
use engine::universe::Watched;
use prints::Prints;
use replay::{Note, RestatedBook};
use restating::Restating;
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
    /// Where it is written down what they took in.
    pub notes: Notes,
}

/// The books.
pub struct Books {
    clock: Clock,
    watched: Shared<Watched>,
    outlets: BooksOutlets,
    /// `None` until something is watched.
    table: Option<TokenTable>,
    screen: Screen,
    parsed: ParsedFrame,
    resyncs: PendingResyncs,
    restating: Restating,
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
            table: None,
            screen: Screen::default(),
            parsed: ParsedFrame::new(),
            resyncs: PendingResyncs::default(),
            restating: Restating::default(),
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
        let layout = Screen::layout_of(&plan);
        match TokenTable::new(layout.tokens()) {
            Ok(table) => self.table = Some(table),
            Err(error) => {
                // The layout leaves out doubles, so this is a bug of ours: keep what works.
                tracing::error!(%error, "the watched tokens cannot be told apart");
                return;
            }
        }
        self.screen.rebuild(Arc::clone(&plan), layout);
        self.say(|| Note::Watches(plan));
        self.resyncs.clear();
        let markets = self.screen.shelf().layout().markets();
        let touched: Vec<_> = markets.iter().map(|market| market.condition).collect();
        self.outlets.touches.keep_only(&touched);
        let table = self.table.as_ref();
        self.depths.rebuild(|token| place(table, token));
    }

    fn say(&self, note: impl FnOnce() -> Note) {
        self.outlets.notes.say(self.clock.now(), note);
    }

    fn shard_tokens(&self, shard: u16) -> Vec<TokenIndex> {
        self.screen.shard(shard, |token| place(self.table.as_ref(), token))
    }

    fn apply_frame(&mut self, bytes: &Bytes, received_at: UnixMillis) {
        let Some(table) = &self.table else { return };
        self.counts.frames += 1;
        match parse_frame(bytes, table, &mut self.parsed) {
            Ok(()) => {
                self.counts.fallback += u64::from(self.parsed.fell_back());
                self.counts.events_unknown += u64::from(self.parsed.unknown_events());
                self.screen.apply(self.parsed.frame(), received_at);
                self.depths.note(self.parsed.frame());
                if self.outlets.prints.is_some() {
                    let layout = self.screen.shelf().layout();
                    self.prints.note(self.parsed.frame(), |token| {
                        let market = layout.markets().get(MarketIndex::of(token).get())?;
                        Some((*layout.tokens().get(token.get())?, market.condition))
                    });
                }
            }
            Err(error) => {
                self.counts.refused += 1;
                tracing::debug!(%error, "a frame could not be read");
                self.screen.frames_lost(self.parsed.named());
            }
        }
        self.want_resyncs(received_at);
    }

    fn want_resyncs(&mut self, now: UnixMillis) {
        for token in self.screen.take_resyncs() {
            self.resyncs.want(token, now);
        }
    }

    /// One look at each subject that the frames at hand touched, however many there were.
    fn send_looks(&mut self, frame: Option<FrameTimes>) {
        while let Some(look) = self.screen.next_look() {
            if let Err(error) = self.outlets.detector.tell(LookAt { look, frame }) {
                tracing::debug!(%error, "a look was not taken up; the next second repeats it");
            }
        }
    }

    fn show_touches(&mut self) {
        let mut changed = Vec::new();
        self.screen.shelf_mut().drain_touches(TOUCHES_MAX, &mut changed);
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
        let condition = self.screen.shelf().layout().markets().get(market.get())?.condition;
        Some(MarketTouch {
            condition,
            outcomes: [self.outcome_touch(market.yes())?, self.outcome_touch(market.no())?],
            why: self.screen.shelf().why(Place::Pair(market)).err(),
        })
    }

    fn outcome_touch(&self, token: TokenIndex) -> Option<OutcomeTouch> {
        self.screen.shelf().book(token).map(|book| OutcomeTouch {
            touch: book.untrusted().touch(),
            trust: book.trust(),
            epoch: book.epoch(),
            stated_at: book.stated_at(),
        })
    }

    fn outcome_book(&self, token: TokenIndex) -> Option<OutcomeBook> {
        let book = self.screen.shelf().book(token)?;
        let standing = self.outcome_touch(token)?;
        Some(OutcomeBook { token: book.token(), standing, book: book.untrusted().clone() })
    }

    fn ask_again(&mut self, now: UnixMillis) {
        let due = self.resyncs.due(now, |token| {
            self.screen.shelf().book(token).is_some_and(|book| book.trusted().is_err())
        });
        self.counts.resyncs += due.len() as u64;
        let mut by_shard: BTreeMap<usize, Vec<domain::TokenId>> = BTreeMap::new();
        for token in due {
            if let Some(id) = self.screen.shelf().layout().tokens().get(token.get())
                && let Some(shard) = self.screen.plan().shard_of(id)
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
            self.say(|| Note::Checked(stated.books.clone()));
            for book in &stated.books {
                let Some(token) = place(self.table.as_ref(), book.token) else { continue };
                let check = CrossCheck {
                    token,
                    bids: &book.bids,
                    asks: &book.asks,
                    stated_at: book.stated_at,
                };
                match self.screen.cross_check(&check) {
                    Evidence::Agrees => self.counts.agree += 1,
                    Evidence::Inconclusive => {}
                    Evidence::Differs => self.counts.differ += 1,
                }
            }
        }
        self.want_resyncs(now);
        self.send_looks(None);
    }

    /// Some books as they stand, in turn: whoever looks back begins to read there.
    fn restate(&mut self) {
        if !self.outlets.notes.is_on() {
            return;
        }
        let shelf = self.screen.shelf();
        let turn = self.restating.turn(shelf.layout().tokens().len());
        let books: Vec<_> = turn.filter_map(|at| shelf.book(at)).map(RestatedBook::of).collect();
        if !books.is_empty() {
            self.say(|| Note::Restated(books));
        }
    }

    fn report(&self) {
        let (trust, counts) = (self.screen.shelf().counts(), self.counts);
        let status = BooksStatus {
            trusted: trust.trusted,
            suspect: trust.suspect,
            stale: trust.stale,
            waiting: trust.waiting,
            screen: self.screen.shelf().funnel().clone(),
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
        self.say(|| Note::BooksBegan);
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
            actor.depths.state(actor.screen.shelf());
            actor.ask_again(now);
            actor.check_against_rest(now);
        });
        ctx.run_interval(STATUS_INTERVAL, |actor, _| {
            // A quiet book is still right: open opportunities are confirmed by looking again.
            actor.screen.confirm();
            actor.say(|| Note::Confirmed);
            actor.send_looks(None);
            actor.restate();
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
            self.screen.frames_lost(&tokens);
        }
        for frame in &batch.frames {
            self.apply_frame(frame, batch.received_at);
        }
        let FramesArrived { shard, received_at, frames_missing: missing, frames, .. } = batch;
        let stated_at = self.parsed.frame().stated_at();
        let note = || Note::Frames { shard, missing, frames, stated_at };
        self.outlets.notes.say(received_at, note);
        self.depths.state(self.screen.shelf());
        let in_book_at = self.clock.now();
        self.send_looks(Some(FrameTimes { stated_at, received_at, in_book_at }));
        self.outlets.board.frames_took().record(received_at, self.clock.now());
    }
}

impl Handler<ConnectionLost> for Books {
    type Result = ();
    fn handle(&mut self, lost: ConnectionLost, _: &mut Self::Context) {
        self.gone.insert(lost.shard, lost.connection);
        let tokens = self.shard_tokens(lost.shard);
        self.screen.lost(&tokens, lost.cause);
        self.say(|| Note::Lost { shard: lost.shard, cause: lost.cause });
        self.depths.state(self.screen.shelf());
        self.want_resyncs(self.clock.now());
        self.send_looks(None);
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
        self.depths.state(self.screen.shelf());
    }
}

impl Handler<TellBooks> for Books {
    type Result = MessageResult<TellBooks>;
    fn handle(&mut self, TellBooks(condition): TellBooks, _: &mut Self::Context) -> Self::Result {
        let books = self.screen.shelf().layout().market(&condition).and_then(|market| {
            let (yes, no) = (self.outcome_book(market.yes())?, self.outcome_book(market.no())?);
            Some(Box::new([yes, no]))
        });
        MessageResult(books)
    }
}

fn place(table: Option<&TokenTable>, token: domain::TokenId) -> Option<TokenIndex> {
    table?.lookup(token.to_string().as_bytes())
}
