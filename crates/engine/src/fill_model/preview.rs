//! What an order would meet if it arrived at this very book, reckoned as the venue on paper does.

use domain::{Book, Crossing, FeeTerms, Lifetime, OrderTerms, Price, Shares, Usd};

use super::assumed::Taken;
use super::depth::{Depth, meet};
use super::order::{value, want};

/// What would be matched at once. Nothing of it is a promise: the book may be another by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Shares that would be matched.
    pub shares: Shares,
    /// Dollars for them before the fee, each level rounded against us.
    pub value: Usd,
    /// The taker's fee, each level rounded up.
    pub fee: Usd,
    /// The price of the last level met.
    pub worst: Option<Price>,
    /// Levels met.
    pub levels: usize,
    /// Whether all that is wanted would be matched.
    pub complete: bool,
    /// Shares that would stay in the book.
    pub rests: Shares,
}

/// Reckons it. `None` where an amount does not fit.
///
/// What must be whole and would not be, and what must not take and would, meets nothing and rests
/// nowhere: the venue refuses it.
#[must_use]
pub fn preview(terms: &OrderTerms, fee: FeeTerms, book: &Book) -> Option<Preview> {
    let mut depth = Depth::default();
    depth.state(book, Taken::Stays);
    let levels = depth.open_to(terms.side, terms.price);
    if terms.crossing == Crossing::Refused && !levels.is_empty() {
        return Some(Preview::default());
    }
    let (met, complete) = meet(&levels, want(terms));
    if terms.lifetime == Lifetime::FillOrKill && !complete {
        return Some(Preview::default());
    }
    let mut sum = Preview { complete, levels: met.len(), ..Preview::default() };
    for level in &met {
        let charged = fee.fee(level.size, level.price, domain::Rounding::Up);
        if charged == Usd::MAX {
            return None;
        }
        sum.shares += level.size;
        sum.value = sum.value.checked_add(value(terms.side, level.size, level.price))?;
        sum.fee = sum.fee.checked_add(charged)?;
        sum.worst = Some(level.price);
    }
    if terms.lifetime.rests() {
        sum.rests = terms.size - sum.shares;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use domain::{Level, Side, TokenId};

    use super::*;

    fn book() -> Book {
        let level = |cents: u16, shares: i64| Level {
            price: Price::from_cents(cents).unwrap(),
            size: Shares::from_whole(shares),
        };
        let mut book = Book::new();
        book.replace([level(48, 100), level(47, 50)], [level(50, 40), level(52, 40), level(60, 1)]);
        book
    }

    fn terms(side: Side, cents: u16, shares: i64, lifetime: Lifetime) -> OrderTerms {
        OrderTerms {
            token: TokenId::from_words([0, 0, 0, 1]),
            side,
            price: Price::from_cents(cents).unwrap(),
            size: Shares::from_whole(shares),
            lifetime,
            crossing: Crossing::Allowed,
        }
    }

    fn of(terms: &OrderTerms) -> Preview {
        preview(terms, FeeTerms::parse("0.07", "1").unwrap(), &book()).unwrap()
    }

    #[test]
    fn an_order_meets_the_levels_up_to_its_limit_and_the_fee_is_that_of_each_level() {
        let bought = of(&terms(Side::Buy, 52, 100, Lifetime::GoodTilCancelled));
        let fee = Usd::from_micros(700_000 + 698_880);
        assert_eq!((bought.shares, bought.rests), (Shares::from_whole(80), Shares::from_whole(20)));
        assert_eq!((bought.value, bought.fee), (Usd::from_micros(40_800_000), fee));
        assert_eq!((bought.levels, bought.worst), (2, Price::from_cents(52)));
        assert!(!bought.complete);
        let sold = of(&terms(Side::Sell, 48, 60, Lifetime::FillOrKill));
        assert_eq!(
            (sold.shares, sold.value),
            (Shares::from_whole(60), Usd::from_micros(28_800_000))
        );
        assert!(sold.complete && !sold.rests.is_positive());
    }

    #[test]
    fn what_must_be_whole_or_must_not_take_meets_nothing_where_it_cannot() {
        let whole = terms(Side::Buy, 52, 100, Lifetime::FillOrKill);
        assert_eq!(of(&whole), Preview::default());
        let waiting = terms(Side::Buy, 50, 10, Lifetime::GoodTilCancelled);
        let waiting = OrderTerms { crossing: Crossing::Refused, ..waiting };
        assert_eq!(of(&waiting), Preview::default());
    }

    #[test]
    fn a_purchase_that_must_fill_now_is_for_dollars_as_the_venue_takes_it() {
        let bought = of(&terms(Side::Buy, 52, 40, Lifetime::FillAndKill));
        assert_eq!(bought.value, Usd::from_micros(20_800_000));
        assert!(bought.complete && bought.shares > Shares::from_whole(40), "{bought:?}");
    }
}
