//! Some books, followed over a stretch of a session.

use std::collections::BTreeMap;

use domain::{Event, Level, Side, StatedBest, TokenId, UnixMillis};
use engine::books::{StaleCause, SuspectCause, TrackedBook, Trust};
use engine::universe::Watched;
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};

use crate::frames::FrameBatch;
use crate::restated::RestatedBook;

/// The frame that last changed a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameThen {
    /// The record that holds it, with others that came at once.
    pub record: u64,
    /// When it was received.
    pub at: UnixMillis,
    /// Through which feed.
    pub shard: u16,
}

/// A book as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LadderThen {
    /// Whose.
    pub token: TokenId,
    /// How it stood; `None` where the session does not say: it began a moment ago, or was cut.
    pub book: Option<RestatedBook>,
    /// What last changed it, where that was within the stretch that was read.
    pub frame: Option<FrameThen>,
    /// Whether it is the state that was looked at, or a later one.
    pub as_looked_at: bool,
}

struct Slot {
    shard: Option<u16>,
    /// The exchange's time of the state that is wanted; the newest where that is not known.
    wanted: Option<UnixMillis>,
    now: Option<TrackedBook>,
    frame: Option<FrameThen>,
    /// The newest state that is not newer than the wanted one.
    kept: Option<(RestatedBook, Option<FrameThen>)>,
}

/// Follows books frame by frame.
pub(super) struct Stage {
    tokens: Vec<TokenId>,
    slots: Vec<Slot>,
    table: Option<TokenTable>,
    parsed: ParsedFrame,
}

impl Stage {
    /// Of these tokens, each with the exchange's time of the state that is wanted.
    pub(super) fn new(wanted: &BTreeMap<TokenId, Option<UnixMillis>>, plan: &Watched) -> Self {
        let tokens: Vec<TokenId> = wanted.keys().copied().collect();
        let slots = wanted.iter().map(|(token, wanted)| Slot {
            shard: plan.shard_of(token).and_then(|shard| u16::try_from(shard).ok()),
            wanted: *wanted,
            now: None,
            frame: None,
            kept: None,
        });
        let slots = slots.collect();
        Self { table: TokenTable::new(&tokens).ok(), tokens, slots, parsed: ParsedFrame::new() }
    }

    /// Books as they were stated.
    pub(super) fn restate(&mut self, books: Vec<RestatedBook>) {
        for then in books {
            let Ok(at) = self.tokens.binary_search(&then.token) else { continue };
            let Some(slot) = self.slots.get_mut(at) else { continue };
            let mut book = TrackedBook::new(then.token);
            if then.trust != Trust::Waiting {
                book.snapshot(then.stated_at, then.bids, then.asks);
                if then.trust != Trust::Trusted {
                    book.distrust(then.trust);
                }
            }
            slot.now = Some(book);
            slot.keep();
        }
    }
    /// Frames of one record.
    pub(super) fn frames(&mut self, frame: FrameThen, batch: &FrameBatch) {
        if batch.missing > 0 {
            self.distrust(frame.shard, Trust::Suspect(SuspectCause::FramesLost));
        }
        let Some(table) = &self.table else { return };
        for bytes in &batch.frames {
            if parse_frame(bytes, table, &mut self.parsed).is_err() {
                for token in self.parsed.named() {
                    if let Some(slot) = self.slots.get_mut(token.get()) {
                        slot.distrust(Trust::Suspect(SuspectCause::FramesLost));
                    }
                }
                continue;
            }
            apply(&mut self.slots, &self.tokens, &self.parsed, frame);
        }
    }
    /// Nobody vouches for the books of a feed any more.
    pub(super) fn lost(&mut self, shard: u16, cause: StaleCause) {
        self.distrust(shard, Trust::Stale(cause));
    }
    fn distrust(&mut self, shard: u16, why: Trust) {
        for slot in self.slots.iter_mut().filter(|slot| slot.shard == Some(shard)) {
            slot.distrust(why);
        }
    }

    /// How they stand.
    pub(super) fn ladders(self) -> Vec<LadderThen> {
        let ladder = |(token, slot): (TokenId, Slot)| {
            let now = slot.now.as_ref().map(RestatedBook::of);
            let as_looked_at = match (slot.wanted, &slot.kept) {
                (Some(wanted), Some((kept, _))) => kept.stated_at == wanted,
                _ => false,
            };
            let (book, frame) = match slot.kept {
                Some((kept, frame)) if as_looked_at => (Some(kept), frame),
                _ => (now, slot.frame),
            };
            LadderThen { token, book, frame, as_looked_at }
        };
        self.tokens.into_iter().zip(self.slots).map(ladder).collect()
    }
}

impl Slot {
    fn distrust(&mut self, why: Trust) {
        if let Some(book) = &mut self.now {
            book.distrust(why);
        }
    }
    /// Keeps the state that is wanted, before a later one takes its place.
    fn keep(&mut self) {
        let (Some(wanted), Some(book)) = (self.wanted, &self.now) else { return };
        if book.stated_at() <= wanted {
            self.kept = Some((RestatedBook::of(book), self.frame));
        }
    }
}

/// One frame, as the books of the service take it in.
fn apply(slots: &mut [Slot], tokens: &[TokenId], parsed: &ParsedFrame, frame: FrameThen) {
    let stated = parsed.frame();
    let mut touched: BTreeMap<usize, (StatedBest, StatedBest)> = BTreeMap::new();
    for event in &stated.events {
        match event {
            Event::Book(book) => {
                let at = book.token.get();
                let Some((slot, token)) = slots.get_mut(at).zip(tokens.get(at)) else { continue };
                let levels = |range| stated.levels_in(range).iter().copied();
                let now = slot.now.get_or_insert_with(|| TrackedBook::new(*token));
                now.snapshot(book.stated_at, levels(&book.bids), levels(&book.asks));
                now.fingerprint(book.hash);
                touched.insert(at, Default::default());
            }
            Event::Changes { stated_at, entries } => {
                for change in stated.changes_in(entries) {
                    let at = change.token.get();
                    let book = slots.get_mut(at).and_then(|slot| slot.now.as_mut());
                    let Some(book) = book else { continue };
                    book.change(*stated_at, change.side, change.price, change.size, change.hash);
                    touched.insert(at, (change.best_bid, change.best_ask));
                }
            }
            Event::TickSizeChange { token, .. } => {
                if let Some(book) = slots.get_mut(token.get()).and_then(|slot| slot.now.as_mut()) {
                    book.tick_changed();
                }
            }
            Event::LastTrade { .. }
            | Event::BestBidAsk { .. }
            | Event::NewMarket { .. }
            | Event::Resolved { .. } => {}
        }
    }
    for (at, (bid, ask)) in touched {
        let Some(slot) = slots.get_mut(at) else { continue };
        if let Some(book) = &mut slot.now {
            book.judge(bid, ask);
        }
        slot.frame = Some(frame);
        slot.keep();
    }
}

impl RestatedBook {
    /// One side, the best first.
    #[must_use]
    pub fn side(&self, side: Side) -> &[Level] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }
}
