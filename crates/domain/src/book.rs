//! The order book of one token.

mod hash;
mod ladder;
mod walk;

use serde::{Deserialize, Serialize};

use crate::money::Shares;
use crate::price::Price;

pub use hash::HashContext;
pub use ladder::{LEVEL_SIZE_MAX, Ladder};
pub use walk::{Amount, NoLiquidity, Walk, walk};

/// Buying or selling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The bids; as an action, to buy.
    Buy,
    /// The asks; as an action, to sell.
    Sell,
}

/// What rests at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The price.
    pub price: Price,
    /// How many shares; more than nothing.
    pub size: Shares,
}

/// The best price of each side; `None` where the side is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// The highest price somebody pays.
    pub bid: Option<Price>,
    /// The lowest price somebody asks.
    pub ask: Option<Price>,
}

impl Touch {
    /// Bid at or above ask: no exchange keeps such a book, so something was lost on the way.
    #[must_use]
    pub fn is_crossed_or_locked(self) -> bool {
        matches!((self.bid, self.ask), (Some(bid), Some(ask)) if bid >= ask)
    }
}

/// Bids and asks of one token. A plain value: whether it may be believed is decided elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    bids: Ladder,
    asks: Ladder,
}

impl Book {
    /// An empty book.
    #[must_use]
    pub const fn new() -> Self {
        Self { bids: Ladder::new(Side::Buy), asks: Ladder::new(Side::Sell) }
    }
    /// One side.
    #[must_use]
    pub const fn side(&self, side: Side) -> &Ladder {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }
    /// Sets what rests at `price`; zero or less removes the level.
    pub fn set(&mut self, side: Side, price: Price, size: Shares) {
        match side {
            Side::Buy => self.bids.set(price, size),
            Side::Sell => self.asks.set(price, size),
        }
    }
    /// Replaces both sides. Levels may come in any order; the wire's order (worst first) is the
    /// fastest. The last of several levels at one price counts.
    pub fn replace(
        &mut self,
        bids: impl IntoIterator<Item = Level>,
        asks: impl IntoIterator<Item = Level>,
    ) {
        self.bids.replace(bids);
        self.asks.replace(asks);
    }
    /// Empties both sides; keeps their memory.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }
    /// The best price of each side.
    #[must_use]
    pub fn touch(&self) -> Touch {
        Touch { bid: self.bids.best_price(), ask: self.asks.best_price() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn level(price: u16, size: i64) -> Level {
        Level {
            price: Price::from_ten_thousandths(price).unwrap(),
            size: Shares::from_micros(size),
        }
    }

    #[test]
    fn best_is_the_highest_bid_and_the_lowest_ask_whatever_the_order_of_arrival() {
        let mut book = Book::new();
        book.replace([level(5_000, 1), level(4_000, 1)], [level(5_100, 1), level(6_000, 1)]);
        assert_eq!(book.touch().bid.unwrap().ten_thousandths(), 5_000);
        assert_eq!(book.touch().ask.unwrap().ten_thousandths(), 5_100);
        assert!(!book.touch().is_crossed_or_locked());
        book.set(Side::Buy, level(5_100, 1).price, Shares::from_micros(1));
        assert!(book.touch().is_crossed_or_locked(), "locked counts");
    }

    #[test]
    fn a_level_beyond_the_largest_size_counts_as_the_largest() {
        let mut ladder = Ladder::new(Side::Sell);
        ladder.set(level(5_000, 1).price, Shares::MAX);
        ladder.replace([level(5_000, i64::MAX), level(4_900, 7)]);
        assert_eq!(ladder.size_at(level(5_000, 1).price), LEVEL_SIZE_MAX);
        assert_eq!(ladder.best(), Some(level(4_900, 7)));
    }

    proptest! {
        #[test]
        fn replacing_gives_what_setting_each_level_gives(
            levels in proptest::collection::vec((0u16..=60, 0i64..5), 0..80), sell in any::<bool>()
        ) {
            let side = if sell { Side::Sell } else { Side::Buy };
            let (mut set, mut replaced) = (Ladder::new(side), Ladder::new(side));
            let levels = levels.iter().map(|(price, size)| level(*price, *size));
            levels.clone().for_each(|level| set.set(level.price, level.size));
            replaced.set(level(1, 1).price, Shares::from_micros(1));
            replaced.replace(levels);
            prop_assert_eq!(&set, &replaced);
            for at in set.best_first() {
                prop_assert_eq!(set.size_at(at.price), at.size);
            }
        }

        #[test]
        fn a_book_agrees_with_a_sorted_map_after_any_changes(
            changes in proptest::collection::vec((any::<bool>(), 0u16..=10_000, 0i64..5), 0..300)
        ) {
            let mut book = Book::new();
            let mut model: [BTreeMap<u16, i64>; 2] = Default::default();
            for (buy, price, size) in changes {
                let side = if buy { Side::Buy } else { Side::Sell };
                let at = level(price, size);
                book.set(side, at.price, at.size);
                let map = &mut model[usize::from(!buy)];
                if size == 0 { map.remove(&price); } else { map.insert(price, size); }
            }
            let flat = |side: Side| -> Vec<(u16, i64)> {
                book.side(side).best_first().map(|l| (l.price.ten_thousandths(), l.size.micros())).collect()
            };
            let bids: Vec<_> = model[0].iter().rev().map(|(p, s)| (*p, *s)).collect();
            let asks: Vec<_> = model[1].iter().map(|(p, s)| (*p, *s)).collect();
            prop_assert_eq!(flat(Side::Buy), bids);
            prop_assert_eq!(flat(Side::Sell), asks);
        }
    }
}
