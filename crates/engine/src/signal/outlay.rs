//! What an order can cost at its worst.

use domain::fee::FEE_STEP;
use domain::money::divide;
use domain::{FeeTerms, Price, Rounding, Shares, Side, Usd};

use super::PlannedOrder;

/// Fees and values are rounded fill by fill, and nobody knows how many fills there will be. A cent
/// holds the roundings of more than sixteen hundred of them.
pub const ROUNDING_ALLOWANCE: Usd = Usd::from_micros(10_000);

/// The price at which a share's fee is the largest.
const FEE_PEAK: u16 = 5_000;

impl PlannedOrder {
    /// The most dollars that it takes: for a purchase every share at the limit, the largest fee that
    /// any price up to the limit can bring, and [`ROUNDING_ALLOWANCE`]; nothing for a sale, whose fee
    /// comes off what it brings. `None` where it does not fit.
    #[must_use]
    pub fn outlay_max(&self) -> Option<Usd> {
        if self.terms.side == Side::Sell {
            return Some(Usd::ZERO);
        }
        let value = self.terms.size.at(self.terms.price, Rounding::Up);
        let fee = if self.terms.lifetime.rests() {
            fee_up_to(self.market.fee, self.terms.size, self.terms.price)
        } else {
            fee_of_dollars(self.market.fee, value, self.market.tick.ten_thousandths())
        };
        if fee == Usd::MAX {
            return None;
        }
        value.checked_add(fee)?.checked_add(ROUNDING_ALLOWANCE)
    }
    /// What it is worth at its limit: all that it may cost, or its value before the fee where it
    /// sells. `None` where it does not fit.
    #[must_use]
    pub fn worth_max(&self) -> Option<Usd> {
        match self.terms.side {
            Side::Buy => self.outlay_max(),
            Side::Sell => Some(self.terms.size.at(self.terms.price, Rounding::Up)),
        }
    }
    /// The same at the dearest price at which it may be quoted again, where it lags behind the other
    /// legs of `sets` sets: one that gives the whole expected profit `best` away. `None` where it does
    /// not fit.
    #[must_use]
    pub fn worth_requoted_max(&self, best: Usd, sets: Shares) -> Option<Usd> {
        if self.terms.side == Side::Sell || best <= Usd::ZERO || !sets.is_positive() {
            return self.worth_max();
        }
        let given_away = i128::from(best.micros()) * 10_000;
        let given_away = divide(given_away, i128::from(sets.micros()), Rounding::Up);
        let last = 10_000 - self.market.tick.ten_thousandths();
        let dearest = i64::from(self.terms.price.ten_thousandths()).saturating_add(given_away);
        let dearest = u16::try_from(dearest.min(i64::from(last))).ok()?;
        let mut again = self.clone();
        again.terms.price = Price::from_ten_thousandths(dearest)?.max(self.terms.price);
        again.worth_max()
    }
    /// The least dollars that it brings if it fills: for a sale every share at the limit less the fee
    /// there, for a higher price always keeps more; nothing for a purchase. It may be less than
    /// nothing by the roundings.
    #[must_use]
    pub fn proceeds_min(&self) -> Usd {
        if self.terms.side == Side::Buy {
            return Usd::ZERO;
        }
        let value = self.terms.size.at(self.terms.price, Rounding::Down);
        let fee = self.market.fee.fee(self.terms.size, self.terms.price, Rounding::Up);
        value - fee - ROUNDING_ALLOWANCE
    }
}

/// The largest fee for `size` shares at any price up to `limit`: `p (1 - p)` grows up to one half.
fn fee_up_to(terms: FeeTerms, size: Shares, limit: Price) -> Usd {
    let peak = Price::from_ten_thousandths(FEE_PEAK).unwrap_or(limit);
    terms.fee(size, limit.min(peak), Rounding::Up)
}

/// The largest fee for `dollars` spent at any price: such a purchase brings more shares at a lower
/// price. With an exponent of one or more, `shares x (p (1 - p))^e <= shares x p = dollars`; with
/// none, the lowest price brings the most shares.
fn fee_of_dollars(terms: FeeTerms, dollars: Usd, tick: u16) -> Usd {
    let base = if terms.exponent() == 0 {
        i128::from(dollars.micros()) * 10_000 / i128::from(tick.max(1)) + 1
    } else {
        i128::from(dollars.micros())
    };
    let step = i128::from(FEE_STEP.micros());
    let steps = divide(base * i128::from(terms.rate_ppm()), 1_000_000 * step, Rounding::Up);
    Usd::from_micros(steps.saturating_mul(FEE_STEP.micros()))
}
