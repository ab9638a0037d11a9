//! Prices and fees of one share without any rounding, to decide where more stops being better.

use domain::{FeeTerms, Price, Side};

/// One dollar. Large enough that every fee of the venue (millionths of a rate, times a product of
/// prices to the third power at most) and a conversion's fee in ten-thousandths are whole numbers,
/// and small enough that a thousand of them fit.
pub(super) const UNIT: i128 = 10i128.pow(34);
const PRICE: i128 = UNIT / 10_000;

/// What one more share at `price` costs a buyer, or brings a seller, after the fee.
///
/// It grows with the price on both sides of a book for every rate up to 100% and every exponent that
/// is understood (the derivative `1 +- rate x e x (p(1-p))^(e-1) x (1-2p)` is never negative), so
/// along a ladder each level is no better than the one before.
pub(super) fn unit_value(side: Side, price: Price, terms: FeeTerms) -> i128 {
    let fee = unit_fee(price, terms);
    let before = i128::from(price.ten_thousandths()) * PRICE;
    match side {
        Side::Buy => before + fee,
        Side::Sell => before - fee,
    }
}

fn unit_fee(price: Price, terms: FeeTerms) -> i128 {
    let p = i128::from(price.ten_thousandths());
    let product = p * (10_000 - p);
    let mut numerator = i128::from(terms.rate_ppm());
    let mut one = UNIT / 1_000_000;
    for _ in 0..terms.exponent() {
        numerator *= product;
        one /= 100_000_000;
    }
    numerator * one
}

/// What is left of `value` after a conversion's fee in ten-thousandths.
pub(super) const fn after_bips(value: i128, bips: u32) -> i128 {
    value / 10_000 * 10_000u32.saturating_sub(bips) as i128
}
