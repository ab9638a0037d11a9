//! Walking levels from the best one: which price does an amount reach, and what does it cost?

use thiserror::Error;

use crate::book::Level;
use crate::money::{Rounding, Shares, Usd, divide};
use crate::price::Price;

/// How much to walk for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Until so many dollars are spent.
    Dollars(Usd),
    /// Until so many shares are traded.
    Shares(Shares),
}

/// There is nobody to trade with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the side is empty")]
pub struct NoLiquidity;

/// Where a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The price of the last level touched: the limit an order needs.
    pub price: Price,
    /// Shares traded. Of the last level, for an amount of dollars, the whole shares' millionths
    /// that the rest of the dollars pays for.
    pub shares: Shares,
    /// Dollars for them, rounded up to a millionth.
    pub dollars: Usd,
    /// Whether the depth held the whole amount.
    pub complete: bool,
}

/// Dollars of one share-millionth times one price unit: 10^-10 dollars in a millionth.
const UNITS: i128 = 10_000;

/// Walks `levels`, best first, until `amount` is reached.
///
/// Sums are exact; an amount that a level meets exactly does not touch the next.
///
/// # Errors
/// There is no level at all.
pub fn walk(levels: impl IntoIterator<Item = Level>, amount: Amount) -> Result<Walk, NoLiquidity> {
    let (mut shares, mut units) = (0i128, 0i128);
    let mut last = None;
    for level in levels {
        last = Some(level.price);
        let price = i128::from(level.price.ten_thousandths());
        let size = i128::from(level.size.micros());
        let rest = match amount {
            Amount::Shares(wanted) => i128::from(wanted.micros()) - shares,
            Amount::Dollars(wanted) => {
                let rest = i128::from(wanted.micros()) * UNITS - units;
                if size * price < rest { size + 1 } else { rest / price.max(1) }
            }
        };
        let taken = size.min(rest.max(0));
        shares += taken;
        units += taken * price;
        if rest <= size {
            return Ok(end(level.price, shares, units, true));
        }
    }
    last.map(|price| end(price, shares, units, false)).ok_or(NoLiquidity)
}

fn end(price: Price, shares: i128, units: i128, complete: bool) -> Walk {
    Walk {
        price,
        shares: Shares::from_micros(divide(shares, 1, Rounding::Down)),
        dollars: Usd::from_micros(divide(units, UNITS, Rounding::Up)),
        complete,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn level(price: u16, shares: i64) -> Level {
        let price = Price::from_ten_thousandths(price).unwrap();
        Level { price, size: Shares::from_whole(shares) }
    }

    #[test]
    fn an_amount_that_a_level_meets_exactly_does_not_touch_the_next() {
        let levels = [level(5_000, 100), level(5_100, 100)];
        let exact = walk(levels, Amount::Dollars(Usd::from_whole(50))).unwrap();
        assert_eq!((exact.price, exact.complete), (levels[0].price, true));
        assert_eq!(exact.shares, Shares::from_whole(100));
        let over = walk(levels, Amount::Dollars(Usd::from_micros(50_000_001))).unwrap();
        assert_eq!((over.price, over.complete), (levels[1].price, true));
        let all = walk(levels, Amount::Shares(Shares::from_whole(201))).unwrap();
        assert_eq!((all.price, all.complete), (levels[1].price, false));
        assert_eq!((all.shares, all.dollars), (Shares::from_whole(200), Usd::from_whole(101)));
        assert_eq!(walk([], Amount::Dollars(Usd::from_whole(1))), Err(NoLiquidity));
    }

    proptest! {
        #[test]
        fn a_walk_never_spends_more_than_the_amount_and_never_takes_more_than_the_depth(
            sizes in proptest::collection::vec(1i64..1_000_000_000, 1..20), micros in 1i64..2_000_000_000
        ) {
            let levels: Vec<Level> = sizes.iter().enumerate().map(|(n, size)| Level {
                price: Price::from_ten_thousandths(100 + n as u16 * 10).unwrap(),
                size: Shares::from_micros(*size),
            }).collect();
            let depth: i64 = sizes.iter().sum();
            let spent = walk(levels.iter().copied(), Amount::Dollars(Usd::from_micros(micros))).unwrap();
            prop_assert!(spent.dollars.micros() <= micros && spent.shares.micros() <= depth);
            prop_assert_eq!(spent.complete, {
                let worth: i128 = levels.iter().map(|l| i128::from(l.size.micros()) * i128::from(l.price.ten_thousandths())).sum();
                worth >= i128::from(micros) * UNITS
            });
            let taken = walk(levels, Amount::Shares(Shares::from_micros(micros))).unwrap();
            prop_assert_eq!(taken.complete, depth >= micros);
            prop_assert_eq!(taken.shares.micros(), depth.min(micros));
        }
    }
}
