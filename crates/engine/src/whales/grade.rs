//! What would have come of following a whale, net of fees.
//!
//! Whoever follows pays the whale's price and a taker's fee on it. Selling an outcome is graded as
//! the wish it is: buying the other one at the rest of the dollar.

use domain::{DurationMillis, FeeTerms, Price, Rounding, Shares, Side, TokenId, UnixMillis, Usd};

use super::interval::PPM;

/// When an event is graded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Horizon {
    /// One hour after it was told.
    OneHour,
    /// One day after.
    OneDay,
    /// When the market pays.
    Settlement,
}

impl Horizon {
    /// All, the nearest first.
    pub const ALL: [Self; 3] = [Self::OneHour, Self::OneDay, Self::Settlement];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OneHour => "one_hour",
            Self::OneDay => "one_day",
            Self::Settlement => "settlement",
        }
    }
    /// How long after the event; `None` where the market decides.
    #[must_use]
    pub const fn after(self) -> Option<DurationMillis> {
        match self {
            Self::OneHour => Some(DurationMillis(3_600_000)),
            Self::OneDay => Some(DurationMillis(86_400_000)),
            Self::Settlement => None,
        }
    }
    /// A price seen so much later still counts for this horizon.
    #[must_use]
    pub const fn late_max(self) -> DurationMillis {
        match self {
            Self::OneHour => DurationMillis(15 * 60_000),
            Self::OneDay => DurationMillis(4 * 3_600_000),
            Self::Settlement => DurationMillis(i64::MAX),
        }
    }
    /// Where a grade of an event told at `told_at` stands.
    #[must_use]
    pub const fn due(self, told_at: UnixMillis, now: UnixMillis) -> GradeDue {
        let Some(after) = self.after() else { return GradeDue::Now };
        let past = now.since(told_at.plus(after)).0;
        if past < 0 {
            GradeDue::Later
        } else if past <= self.late_max().0 {
            GradeDue::Now
        } else {
            GradeDue::Missed
        }
    }
}

/// Whether it is time to grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradeDue {
    /// Not yet.
    Later,
    /// It is.
    Now,
    /// Nobody looked in time: there is no honest price any more.
    Missed,
}

/// What a follower bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The token whose price decides: the one bought, or the opposite of the one sold.
    pub token: TokenId,
    /// Dollars a share, before the fee.
    pub price: Usd,
}

/// What followers of an event hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake {
    /// What they bought.
    pub entry: Entry,
    /// What the venue charges there.
    pub fee: FeeTerms,
}

impl Entry {
    /// Of a whale that traded `token` at `price`; `other` is the market's other token.
    #[must_use]
    pub fn of(side: Side, token: TokenId, other: TokenId, price: Usd) -> Self {
        match side {
            Side::Buy => Self { token, price },
            Side::Sell => Self { token: other, price: Usd::from_whole(1) - price },
        }
    }
}

/// How a follower stands, a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grade {
    /// What one share brings.
    pub mark: Usd,
    /// After the fee at entry and, where it is sold, at exit.
    pub profit: Usd,
    /// The profit for each dollar laid out, in millionths.
    pub return_ppm: i64,
}

impl Grade {
    /// Whether following paid.
    #[must_use]
    pub const fn is_hit(&self) -> bool {
        self.profit.is_positive()
    }
}

/// Sold at `bid`, as a taker. `None` where nothing was laid out.
#[must_use]
pub fn grade_at_market(stake: Stake, bid: Price) -> Option<Grade> {
    let mark = Usd::from_micros(i64::from(bid.ten_thousandths()) * 100);
    grade(stake, mark, fee(stake.fee, mark))
}

/// Paid out at `payout` a share; nobody charges for that.
#[must_use]
pub fn grade_at_settlement(stake: Stake, payout: Usd) -> Option<Grade> {
    grade(stake, payout, Usd::ZERO)
}

fn grade(stake: Stake, mark: Usd, exit_fee: Usd) -> Option<Grade> {
    let laid_out = stake.entry.price + fee(stake.fee, stake.entry.price);
    if !stake.entry.price.is_positive() {
        return None;
    }
    let profit = mark - exit_fee - laid_out;
    let return_ppm = domain::money::divide(
        i128::from(profit.micros()) * i128::from(PPM),
        i128::from(laid_out.micros()),
        Rounding::Down,
    );
    Some(Grade { mark, profit, return_ppm })
}

/// A taker's fee on one share, at the nearest price of the grid, rounded against the follower.
fn fee(terms: FeeTerms, price: Usd) -> Usd {
    let grid = domain::money::divide(i128::from(price.micros()), 100, Rounding::HalfUp);
    let price = u16::try_from(grid.clamp(0, 10_000)).ok().and_then(Price::from_ten_thousandths);
    terms.fee(Shares::from_whole(1), price.unwrap_or(Price::ONE), Rounding::Up)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stake(side: Side, micros: i64, rate: &str) -> Stake {
        let token = |n| TokenId::from_words([0, 0, 0, n]);
        let entry = Entry::of(side, token(1), token(2), Usd::from_micros(micros));
        Stake { entry, fee: FeeTerms::parse(rate, "1").unwrap() }
    }

    #[test]
    fn a_follower_pays_the_fee_twice_when_he_sells_and_once_when_he_is_paid() {
        // At 0.50 a rate of 0.04 costs a cent a share.
        let bought = stake(Side::Buy, 500_000, "0.04");
        let sold = grade_at_market(bought, Price::from_cents(50).unwrap()).unwrap();
        assert_eq!(sold.profit, Usd::from_micros(-20_000));
        assert!(!sold.is_hit());
        assert_eq!(sold.return_ppm, -39_216, "two cents of 51");
        let paid = grade_at_settlement(bought, Usd::from_whole(1)).unwrap();
        assert_eq!(paid.profit, Usd::from_micros(490_000));
        let lost = grade_at_settlement(bought, Usd::ZERO).unwrap();
        assert_eq!(lost.return_ppm, -PPM);
    }

    #[test]
    fn a_sale_is_graded_as_a_purchase_of_the_other_outcome() {
        let sold = stake(Side::Sell, 700_000, "0");
        assert_eq!(sold.entry.token, TokenId::from_words([0, 0, 0, 2]));
        assert_eq!(sold.entry.price, Usd::from_micros(300_000));
        let grade = grade_at_settlement(sold, Usd::from_whole(1)).unwrap();
        assert_eq!(grade.profit, Usd::from_micros(700_000));
        assert!(grade_at_settlement(stake(Side::Sell, 1_000_000, "0"), Usd::ZERO).is_none());
    }

    #[test]
    fn a_grade_that_nobody_could_take_in_time_is_missed_and_never_made_up() {
        let told = UnixMillis(0);
        let hour = Horizon::OneHour;
        assert_eq!(hour.due(told, UnixMillis(3_599_999)), GradeDue::Later);
        assert_eq!(hour.due(told, UnixMillis(3_600_000)), GradeDue::Now);
        assert_eq!(hour.due(told, UnixMillis(3_600_000 + 15 * 60_000 + 1)), GradeDue::Missed);
        assert_eq!(Horizon::Settlement.due(told, UnixMillis(0)), GradeDue::Now);
    }
}
