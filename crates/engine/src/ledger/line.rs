//! What was booked since the oldest fact that may still be reversed, in order.
//!
//! Average cost depends on the order in which things are booked, so a reversal in the middle is
//! more than a subtraction. Every item keeps what it changed; a reversal takes the items back from
//! the last to the one that never happened, and books the later ones again without it. What is
//! left is, to the millionth, what would be there had it never been booked.

use std::collections::BTreeMap;

use domain::{TokenId, Usd};
use serde::{Deserialize, Serialize};

use super::basis::Lot;
use super::entry::Tag;
use super::listed;
use super::movement::{Effect, Movement};
use super::results::{Results, UtcDay};

/// How many items may wait for the oldest of them to become final.
pub const WAITING_MAX: usize = 50_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Item {
    day: UtcDay,
    tag: Option<Tag>,
    movement: Movement,
    effect: Effect,
    open: bool,
}

/// Whether a fact may still be reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    Closed,
}

/// Positions at cost, results, and the items that can still change them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    #[serde(with = "listed")]
    lots: BTreeMap<TokenId, Lot>,
    results: Results,
    contributed: Usd,
    #[serde(with = "listed")]
    waiting: BTreeMap<u64, Item>,
}

impl Line {
    pub(super) const fn lots(&self) -> &BTreeMap<TokenId, Lot> {
        &self.lots
    }
    pub(super) const fn results(&self) -> &Results {
        &self.results
    }
    pub(super) const fn contributed(&self) -> Usd {
        self.contributed
    }
    /// The oldest item and how many wait, where no more may be booked.
    pub(super) fn full(&self) -> Option<(u64, usize)> {
        let oldest = self.waiting.keys().next()?;
        (self.waiting.len() >= WAITING_MAX).then_some((*oldest, self.waiting.len()))
    }
    /// Books a movement under the number of its entry, which is higher than any before.
    pub(super) fn book(
        &mut self,
        number: u64,
        day: UtcDay,
        tag: Option<Tag>,
        movement: Movement,
        standing: Standing,
    ) {
        let open = standing == Standing::Open;
        let mut item = Item { day, tag, movement, effect: Effect::default(), open };
        self.redo(&mut item);
        if item.open || !self.waiting.is_empty() {
            self.waiting.insert(number, item);
        }
    }
    /// What was booked under this number stands for good.
    pub(super) fn close(&mut self, number: u64) {
        if let Some(item) = self.waiting.get_mut(&number) {
            item.open = false;
        }
        self.let_go();
    }
    /// What was booked under this number never happened.
    pub(super) fn strike(&mut self, number: u64) {
        let mut later = self.waiting.split_off(&number);
        for item in later.values().rev() {
            self.undo(item);
        }
        later.remove(&number);
        for item in later.values_mut() {
            self.redo(item);
        }
        self.waiting.append(&mut later);
        self.let_go();
    }
    /// Forgets what is too old to be kept apart: days of results, and positions long given up.
    pub(super) fn begin_day(&mut self, today: UtcDay) {
        self.results.begin_day(today);
        if self.waiting.is_empty() {
            self.lots.retain(|_, lot| !lot.held.micros().eq(&0));
        }
    }
    fn let_go(&mut self) {
        while self.waiting.first_entry().is_some_and(|first| !first.get().open) {
            self.waiting.pop_first();
        }
    }
    fn redo(&mut self, item: &mut Item) {
        item.effect = item.movement.effect(&self.lots);
        for (token, change) in &item.effect.lots {
            self.lots.entry(*token).or_default().add(change);
        }
        self.contributed += item.effect.contributed;
        self.results.add(item.day, item.tag.as_ref(), &item.effect);
    }
    fn undo(&mut self, item: &Item) {
        for (token, change) in &item.effect.lots {
            let lot = self.lots.entry(*token).or_default();
            lot.take_back(change);
            if *lot == Lot::default() {
                self.lots.remove(token);
            }
        }
        self.contributed -= item.effect.contributed;
        self.results.take_back(item.day, item.tag.as_ref(), &item.effect);
    }
}
