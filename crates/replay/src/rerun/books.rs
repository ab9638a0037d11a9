//! The books, run again.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{TokenId, TokenIndex, UnixMillis};
use engine::books::{CrossCheck, StaleCause};
use engine::screen::{Look, Screen};
use engine::universe::Watched;
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};

use crate::frames::FrameBatch;
use crate::note::StatedBook;
use crate::restated::RestatedBook;
use crate::step::Decision;

/// Looks that wait for the detector. The service keeps one a subject; those that it replaced never
/// come up, and go first.
const LOOKS_MAX: usize = 50_000;

#[derive(Default)]
pub(super) struct Books {
    table: Option<TokenTable>,
    screen: Screen,
    parsed: Option<ParsedFrame>,
    looks: BTreeMap<u64, Look>,
}

impl Books {
    pub(super) fn watch(&mut self, plan: Arc<Watched>) {
        let layout = Screen::layout_of(&plan);
        if let Ok(table) = TokenTable::new(layout.tokens()) {
            self.table = Some(table);
            self.screen.rebuild(plan, layout);
        }
    }
    pub(super) fn frames(&mut self, shard: u16, batch: &FrameBatch, at: UnixMillis) {
        if batch.missing > 0 {
            let tokens = self.shard(shard);
            self.screen.frames_lost(&tokens);
        }
        if let Some(table) = &self.table {
            let parsed = self.parsed.get_or_insert_with(ParsedFrame::new);
            for frame in &batch.frames {
                match parse_frame(frame, table, parsed) {
                    Ok(()) => self.screen.apply(parsed.frame(), at),
                    Err(_) => self.screen.frames_lost(parsed.named()),
                }
            }
        }
        self.keep_looks();
    }
    pub(super) fn lost(&mut self, shard: u16, cause: StaleCause) {
        let tokens = self.shard(shard);
        self.screen.lost(&tokens, cause);
        self.keep_looks();
    }
    pub(super) fn check(&mut self, books: &[StatedBook]) {
        for book in books {
            if let Some(token) = place(self.table.as_ref(), book.token) {
                let StatedBook { bids, asks, stated_at, .. } = book;
                let check = CrossCheck { token, bids, asks, stated_at: *stated_at };
                self.screen.cross_check(&check);
            }
        }
        self.keep_looks();
    }
    /// A restated book, and the one that we have, where they differ.
    pub(super) fn differs(&self, then: &RestatedBook) -> Option<(Decision, Decision)> {
        let token = place(self.table.as_ref(), then.token)?;
        let now = RestatedBook::of(self.screen.shelf().book(token)?);
        (*then != now).then(|| super::stated(then, &now))
    }
    pub(super) fn confirm(&mut self) {
        self.screen.confirm();
        self.keep_looks();
    }
    /// The look of that number. Earlier ones at the same subject were replaced by it.
    pub(super) fn look(&mut self, number: u64) -> Option<Look> {
        let look = self.looks.remove(&number)?;
        let replaced: Vec<u64> = (self.looks.range(..number))
            .filter(|(_, earlier)| earlier.slot == look.slot)
            .map(|(number, _)| *number)
            .collect();
        for number in replaced {
            self.looks.remove(&number);
        }
        Some(look)
    }

    fn shard(&self, shard: u16) -> Vec<TokenIndex> {
        self.screen.shard(shard, |token| place(self.table.as_ref(), token))
    }
    fn keep_looks(&mut self) {
        // Nobody asks for snapshots of the past.
        self.screen.take_resyncs();
        while let Some(look) = self.screen.next_look() {
            self.looks.insert(look.number, look);
        }
        while self.looks.len() > LOOKS_MAX {
            self.looks.pop_first();
        }
    }
}

fn place(table: Option<&TokenTable>, token: TokenId) -> Option<TokenIndex> {
    table?.lookup(token.to_string().as_bytes())
}
