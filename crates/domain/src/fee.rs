//! What the venue charges a taker, by a market's own schedule.
//!
//! `fee = shares x rate x (p x (1 - p))^exponent`, in dollars, charged to the taker of each fill:
//! a buyer pays it on top, a seller receives that much less. Makers pay nothing. The venue states
//! fees to five decimals and charges nothing below 0.00001.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::decimal::{DecimalError, Excess, parse_scaled};
use crate::money::{Rounding, Shares, Usd, divide};
use crate::price::Price;

/// The largest exponent that is understood; every market today has 1.
pub const EXPONENT_MAX: u32 = 3;
/// The smallest fee, and the step that fees are stated in: 0.00001 dollars.
pub const FEE_STEP: Usd = Usd::from_micros(10);

/// Why a schedule cannot be used. No fee, no trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FeeError {
    /// The rate is not a decimal of at most six places, or negative.
    #[error("the fee rate is not usable: {0}")]
    Rate(DecimalError),
    /// Above 100%: surely not a rate.
    #[error("the fee rate is above 1")]
    RateTooHigh,
    /// Not a whole number from 0 to [`EXPONENT_MAX`].
    #[error("the fee exponent is not a small whole number")]
    Exponent,
}

/// A market's fee formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FeeTerms {
    /// Millionths: 0.07 is 70,000.
    rate_ppm: u32,
    exponent: u32,
}

impl FeeTerms {
    /// No fee at all, stated by the venue (`feesEnabled: false`).
    pub const FREE: Self = Self { rate_ppm: 0, exponent: 1 };

    /// From the venue's texts, such as `"0.07"` and `"1"`.
    ///
    /// # Errors
    /// See [`FeeError`].
    pub fn parse(rate: &str, exponent: &str) -> Result<Self, FeeError> {
        let rate = parse_scaled(rate, 6, Excess::Refuse).map_err(FeeError::Rate)?;
        let exponent = parse_scaled(exponent, 0, Excess::Refuse).map_err(|_| FeeError::Exponent)?;
        let rate_ppm = u32::try_from(rate).map_err(|_| FeeError::Rate(DecimalError::Negative))?;
        let exponent = u32::try_from(exponent).map_err(|_| FeeError::Exponent)?;
        if rate_ppm > 1_000_000 {
            return Err(FeeError::RateTooHigh);
        }
        if exponent > EXPONENT_MAX {
            return Err(FeeError::Exponent);
        }
        Ok(Self { rate_ppm, exponent })
    }
    /// The rate in millionths.
    #[must_use]
    pub const fn rate_ppm(self) -> u32 {
        self.rate_ppm
    }
    /// The power of `p (1 - p)`.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        self.exponent
    }
    /// The taker's fee for `shares` filled at `price`, in steps of 0.00001 dollars.
    ///
    /// `Rounding::HalfUp` is how the venue states it; `Rounding::Up` never understates a cost.
    /// A fee too large to compute is [`Usd::MAX`].
    #[must_use]
    pub fn fee(self, shares: Shares, price: Price, rounding: Rounding) -> Usd {
        let p = i128::from(price.ten_thousandths());
        let one = i128::from(Price::ONE.ten_thousandths());
        let mut numerator = i128::from(shares.micros().max(0)) * i128::from(self.rate_ppm);
        let mut denominator = 1_000_000 * i128::from(FEE_STEP.micros());
        for _ in 0..self.exponent {
            // Beyond 128 bits only for sizes no book holds; the limit then refuses any trade.
            let Some(next) = numerator.checked_mul(p * (one - p)) else { return Usd::MAX };
            numerator = next;
            denominator *= one * one;
        }
        let steps = divide(numerator, denominator, rounding);
        Usd::from_micros(steps.saturating_mul(FEE_STEP.micros()))
    }
}

/// What is known about a market's fee. Unknown means: no trade, and no opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeSchedule {
    /// The venue stated it.
    Known(FeeTerms),
    /// The venue stated nothing, or something that cannot be read.
    Unknown,
}

impl FeeSchedule {
    /// The terms, if they are known.
    #[must_use]
    pub const fn terms(self) -> Option<FeeTerms> {
        match self {
            Self::Known(terms) => Some(terms),
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fee(rate: &str, price: &str, shares: i64) -> String {
        let terms = FeeTerms::parse(rate, "1").unwrap();
        let price = Price::parse(price).unwrap();
        terms.fee(Shares::from_whole(shares), price, Rounding::HalfUp).to_string()
    }

    #[test]
    fn the_worked_examples_of_the_venue_come_out_exactly() {
        assert_eq!(fee("0.07", "0.5", 100), "1.75");
        assert_eq!(fee("0.07", "0.3", 100), "1.47");
        assert_eq!(fee("0.07", "0.1", 100), "0.63");
        assert_eq!(fee("0.07", "0.99", 100), "0.0693");
        assert_eq!(fee("0.05", "0.5", 100), "1.25");
        assert_eq!(fee("0.04", "0.5", 100), "1");
        assert_eq!(fee("0.04", "0.3", 100), "0.84");
    }

    #[test]
    fn a_schedule_that_cannot_be_read_is_an_error() {
        assert_eq!(FeeTerms::parse("-0.01", "1"), Err(FeeError::Rate(DecimalError::Negative)));
        assert_eq!(FeeTerms::parse("1.5", "1"), Err(FeeError::RateTooHigh));
        assert_eq!(FeeTerms::parse("0.07", "0.5"), Err(FeeError::Exponent));
        assert_eq!(FeeTerms::parse("0.07", "9"), Err(FeeError::Exponent));
        assert!(matches!(FeeTerms::parse("x", "1"), Err(FeeError::Rate(_))));
    }

    proptest! {
        #[test]
        fn a_fee_is_symmetric_in_p_and_rounding_up_never_understates_it(
            rate in 0u32..=1_000_000, exponent in 0u32..=3,
            micros in 0i64..1_000_000_000_000_000, price in 0u16..=10_000,
        ) {
            let terms = FeeTerms { rate_ppm: rate, exponent };
            let price = Price::from_ten_thousandths(price).unwrap();
            let shares = Shares::from_micros(micros);
            let up = terms.fee(shares, price, Rounding::Up);
            prop_assert_eq!(up, terms.fee(shares, price.complement(), Rounding::Up));
            prop_assert!(up >= terms.fee(shares, price, Rounding::HalfUp));
            prop_assert!(terms.fee(shares, price, Rounding::HalfUp) >= terms.fee(shares, price, Rounding::Down));
            prop_assert!(up == Usd::MAX || up.micros() % FEE_STEP.micros() == 0);
        }
    }
}
