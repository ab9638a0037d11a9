//! One side of a book as one sorted array, worst price first and best price last.
//!
//! Books are shallow (some 60 levels) and change near their best price. So a sorted array beats
//! trees and price-indexed grids: the hot end needs no search and little shifting, every tick size
//! works without a new grid, and memory follows the levels there are. A level is one word, its
//! rank above its size, so that a change near the best price touches one or two cache lines.

use crate::book::{Level, Side};
use crate::money::Shares;
use crate::price::Price;

/// Bits of a level's size, in millionths of a share.
const SIZE_BITS: u32 = 50;
/// How many of the best levels are searched at once.
const NEAR: usize = 16;
/// Room that a snapshot leaves for levels that come after it.
const ROOM: usize = 32;

/// The largest size a level can hold: 1.1 billion shares, more than the venue has dollars.
pub const LEVEL_SIZE_MAX: Shares = Shares::from_micros((1 << SIZE_BITS) - 1);

/// The levels of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Ascending: the rank (see [`Ladder::rank`]) in the high bits, the size in the low ones.
    levels: Vec<u64>,
    side: Side,
}

impl Default for Ladder {
    fn default() -> Self {
        Self::new(Side::Buy)
    }
}

impl Ladder {
    /// An empty side.
    #[must_use]
    pub const fn new(side: Side) -> Self {
        Self { levels: Vec::new(), side }
    }
    /// Higher is better for whoever trades against it: the price of a bid, the complement of an
    /// ask. With that both sides are the same code. As a word with a size of nothing.
    #[inline]
    const fn rank(&self, price: Price) -> u64 {
        let rank = match self.side {
            Side::Buy => price.ten_thousandths(),
            Side::Sell => price.complement().ten_thousandths(),
        };
        (rank as u64) << SIZE_BITS
    }
    #[inline]
    fn level(&self, word: u64) -> Level {
        let price = Price::from_ten_thousandths((word >> SIZE_BITS) as u16).unwrap_or(Price::ONE);
        let price = match self.side {
            Side::Buy => price,
            Side::Sell => price.complement(),
        };
        Level { price, size: Shares::from_micros((word & SIZE_MASK) as i64) }
    }
    /// How many levels are worse than `rank`: where it is, or belongs.
    #[inline]
    fn position(&self, rank: u64) -> usize {
        if let Some(near) = self.levels.last_chunk::<NEAR>() {
            let better = near.iter().map(|word| usize::from(*word >= rank)).sum::<usize>();
            if better < NEAR {
                return self.levels.len() - better;
            }
        }
        self.levels.partition_point(|word| *word < rank)
    }
    /// Sets what rests at `price`; zero or less removes the level, and more than
    /// [`LEVEL_SIZE_MAX`] counts as that much.
    #[inline]
    pub fn set(&mut self, price: Price, size: Shares) {
        let rank = self.rank(price);
        let at = self.position(rank);
        let word = rank | size.micros().clamp(0, LEVEL_SIZE_MAX.micros()) as u64;
        match self.levels.get_mut(at) {
            Some(there) if *there >> SIZE_BITS == rank >> SIZE_BITS => {
                if size.is_positive() {
                    *there = word;
                } else {
                    self.levels.remove(at);
                }
            }
            _ if size.is_positive() => self.levels.insert(at, word),
            _ => {}
        }
    }
    /// Replaces all levels, which may come in any order; worst first is the fastest. The last of
    /// several levels at one price counts.
    pub fn replace(&mut self, levels: impl IntoIterator<Item = Level>) {
        let levels = levels.into_iter();
        self.levels.clear();
        let count = levels.size_hint().0;
        if self.levels.capacity() < count {
            self.levels.reserve_exact(count + ROOM);
        }
        let mut last = None;
        for Level { price, size } in levels {
            let rank = self.rank(price);
            if last < Some(rank) && size.is_positive() {
                last = Some(rank);
                self.levels.push(rank | size.micros().min(LEVEL_SIZE_MAX.micros()) as u64);
            } else {
                self.set(price, size);
            }
        }
    }
    /// Empties the side; keeps its memory.
    pub fn clear(&mut self) {
        self.levels.clear();
    }
    /// The best price, `None` where the side is empty.
    #[inline]
    #[must_use]
    pub fn best_price(&self) -> Option<Price> {
        self.levels.last().map(|word| self.level(*word).price)
    }
    /// The best level.
    #[must_use]
    pub fn best(&self) -> Option<Level> {
        self.levels.last().map(|word| self.level(*word))
    }
    /// How many levels there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.levels.len()
    }
    /// Whether there is no level.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }
    /// What rests at `price`.
    #[must_use]
    pub fn size_at(&self, price: Price) -> Shares {
        let rank = self.rank(price);
        let there = self.levels.get(self.position(rank)).copied().unwrap_or(0);
        if there >> SIZE_BITS == rank >> SIZE_BITS { self.level(there).size } else { Shares::ZERO }
    }
    /// The levels, best first.
    pub fn best_first(&self) -> impl DoubleEndedIterator<Item = Level> + ExactSizeIterator + '_ {
        self.levels.iter().rev().map(|word| self.level(*word))
    }
}

const SIZE_MASK: u64 = (1 << SIZE_BITS) - 1;
