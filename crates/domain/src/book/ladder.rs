//! One side of a book as two parallel arrays, worst price first and best price last.
//!
//! Books are shallow (some 60 levels) and change near their best price. So a sorted array beats
//! trees and price-indexed grids: the hot end needs no shifting, all prices of a side fit into two
//! cache lines, every tick size works without a new grid, and memory follows the levels there are.

use crate::book::{Level, Side};
use crate::money::Shares;
use crate::price::Price;

/// The levels of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Rank of each level, ascending; see [`Ladder::rank`].
    ranks: Vec<u16>,
    sizes: Vec<Shares>,
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
        Self { ranks: Vec::new(), sizes: Vec::new(), side }
    }
    /// Higher is better for whoever trades against it: the price of a bid, the complement of an
    /// ask. With that both sides are the same code.
    const fn rank(&self, price: Price) -> u16 {
        match self.side {
            Side::Buy => price.ten_thousandths(),
            Side::Sell => price.complement().ten_thousandths(),
        }
    }
    fn price(&self, rank: u16) -> Price {
        let price = Price::from_ten_thousandths(rank).unwrap_or(Price::ONE);
        match self.side {
            Side::Buy => price,
            Side::Sell => price.complement(),
        }
    }
    /// Sets what rests at `price`; zero or less removes the level.
    pub fn set(&mut self, price: Price, size: Shares) {
        let rank = self.rank(price);
        // Changes cluster at the best end: look there first.
        let at = match self.ranks.last() {
            None => Err(0),
            Some(last) if *last < rank => Err(self.ranks.len()),
            Some(_) => self.ranks.binary_search(&rank),
        };
        match (at, size.is_positive()) {
            (Ok(at), true) => {
                if let Some(slot) = self.sizes.get_mut(at) {
                    *slot = size;
                }
            }
            (Ok(at), false) => {
                self.ranks.remove(at);
                self.sizes.remove(at);
            }
            (Err(at), true) => {
                self.ranks.insert(at, rank);
                self.sizes.insert(at, size);
            }
            (Err(_), false) => {}
        }
    }
    /// Empties the side; keeps its memory.
    pub fn clear(&mut self) {
        self.ranks.clear();
        self.sizes.clear();
    }
    /// The best price, `None` where the side is empty.
    #[must_use]
    pub fn best_price(&self) -> Option<Price> {
        self.ranks.last().map(|rank| self.price(*rank))
    }
    /// The best level.
    #[must_use]
    pub fn best(&self) -> Option<Level> {
        self.best_first().next()
    }
    /// How many levels there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ranks.len()
    }
    /// Whether there is no level.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }
    /// What rests at `price`.
    #[must_use]
    pub fn size_at(&self, price: Price) -> Shares {
        let at = self.ranks.binary_search(&self.rank(price));
        at.ok().and_then(|at| self.sizes.get(at)).copied().unwrap_or_default()
    }
    /// The levels, best first.
    pub fn best_first(&self) -> impl DoubleEndedIterator<Item = Level> + ExactSizeIterator + '_ {
        let levels = self.ranks.iter().zip(&self.sizes);
        levels.rev().map(|(rank, size)| Level { price: self.price(*rank), size: *size })
    }
}
