//! The displayed book, less what we have taken of it on paper.

use std::collections::BTreeMap;

use domain::money::divide;
use domain::{Book, Level, Price, Rounding, Shares, Side};

use super::assumed::{Taken, WHOLE_PPM, share};
use super::order::Want;

/// One token's book.
#[derive(Clone, Debug)]
pub(super) struct Depth {
    /// How many of a million displayed shares are there.
    there_ppm: u32,
    book: Book,
    taken_bids: BTreeMap<Price, Shares>,
    taken_asks: BTreeMap<Price, Shares>,
}

impl Default for Depth {
    fn default() -> Self {
        Self::of(WHOLE_PPM)
    }
}

impl Depth {
    pub(super) fn of(there_ppm: u32) -> Self {
        let (taken_bids, taken_asks) = (BTreeMap::new(), BTreeMap::new());
        Self { there_ppm, book: Book::new(), taken_bids, taken_asks }
    }
    /// A new statement. What we took of a level stays taken while the level is displayed, and is
    /// never more than is displayed; unless it is assumed that somebody offers it again.
    pub(super) fn state(&mut self, book: &Book, assumed: Taken) {
        self.book.clone_from(book);
        if assumed == Taken::Returns {
            self.taken_bids.clear();
            self.taken_asks.clear();
            return;
        }
        for side in [Side::Buy, Side::Sell] {
            let ladder = book.side(side);
            self.taken(side).retain(|price, taken| {
                *taken = (*taken).min(ladder.size_at(*price));
                taken.is_positive()
            });
        }
    }
    /// What is displayed at a price.
    pub(super) fn displayed(&self, side: Side, price: Price) -> Shares {
        self.book.side(side).size_at(price)
    }
    /// What an order of this side and limit can take, best first.
    pub(super) fn open_to(&self, side: Side, limit: Price) -> Vec<Level> {
        let (against, taken) = match side {
            Side::Buy => (Side::Sell, &self.taken_asks),
            Side::Sell => (Side::Buy, &self.taken_bids),
        };
        let crosses = |level: &Level| match side {
            Side::Buy => level.price <= limit,
            Side::Sell => level.price >= limit,
        };
        let left = |level: Level| {
            let taken = taken.get(&level.price).copied().unwrap_or_default();
            Level { size: share(level.size, self.there_ppm) - taken, ..level }
        };
        let levels = self.book.side(against).best_first().take_while(crosses).map(left);
        levels.filter(|level| level.size.is_positive()).collect()
    }
    /// Takes what an order of this side met.
    pub(super) fn take(&mut self, side: Side, met: &[Level]) {
        let against = match side {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        };
        for level in met {
            *self.taken(against).entry(level.price).or_default() += level.size;
        }
    }
    fn taken(&mut self, side: Side) -> &mut BTreeMap<Price, Shares> {
        match side {
            Side::Buy => &mut self.taken_bids,
            Side::Sell => &mut self.taken_asks,
        }
    }
}

/// What of these levels is met, and whether they hold all that is wanted.
pub(super) fn meet(levels: &[Level], want: Want) -> (Vec<Level>, bool) {
    let (mut met, mut left) = (Vec::new(), want);
    for level in levels {
        let wanted = match left {
            Want::Shares(shares) => shares,
            Want::Dollars(dollars) => worth(dollars.micros(), level.price),
        };
        let size = wanted.min(level.size);
        if size.is_positive() {
            met.push(Level { size, ..*level });
        }
        if wanted <= level.size {
            return (met, true);
        }
        left = match left {
            Want::Shares(shares) => Want::Shares(shares - size),
            Want::Dollars(dollars) => Want::Dollars(dollars - size.at(level.price, Rounding::Up)),
        };
    }
    (met, false)
}

/// The shares that dollars pay for, never more.
fn worth(dollars: i64, price: Price) -> Shares {
    let scaled = i128::from(dollars) * i128::from(Price::ONE.ten_thousandths());
    Shares::from_micros(divide(scaled, price.ten_thousandths().into(), Rounding::Down))
}
