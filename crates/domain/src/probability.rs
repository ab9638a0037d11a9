//! How likely something is, in millionths.
//!
//! A probability is no price: nobody pays it. It becomes one, and back, only by name and with a named
//! rounding.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::decimal::{DecimalError, Excess, format_scaled, parse_scaled};
use crate::money::{Rounding, divide};
use crate::price::Price;

/// Millionths in a certainty.
const ONE: u32 = 1_000_000;
const DECIMALS: u32 = 6;
/// Millionths in a ten-thousandth.
const PER_TEN_THOUSANDTH: u32 = 100;

/// Why a text is not a probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProbabilityError {
    /// Not a decimal number, or finer than a millionth where every digit counts.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// Outside 0 to 1.
    #[error("a probability lies between 0 and 1")]
    OutOfRange,
}

/// From 0 (never) to 1,000,000 (certain) millionths, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Probability(u32);

impl Probability {
    /// Never.
    pub const ZERO: Self = Self(0);
    /// As likely as not.
    pub const HALF: Self = Self(ONE / 2);
    /// Certain.
    pub const ONE: Self = Self(ONE);

    /// `None` above one.
    #[must_use]
    pub const fn from_millionths(value: u32) -> Option<Self> {
        if value <= ONE { Some(Self(value)) } else { None }
    }
    /// As millionths, the unit of the database.
    #[must_use]
    pub const fn millionths(self) -> u32 {
        self.0
    }
    /// That it does not happen.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(ONE - self.0)
    }
    /// How far two of them are apart.
    #[must_use]
    pub const fn distance(self, other: Self) -> Self {
        Self(self.0.abs_diff(other.0))
    }
    /// The middle one; of an even number the middle of the two in the middle, cut to a millionth.
    /// `None` of none. Sorts what it is given.
    #[must_use]
    pub fn median(all: &mut [Self]) -> Option<Self> {
        all.sort_unstable();
        let (low, high) = (all.get(all.len().saturating_sub(1) / 2)?, all.get(all.len() / 2)?);
        Some(Self(u32::midpoint(low.0, high.0)))
    }
    /// The probability that a price states: exact, for a ten-thousandth is a hundred millionths.
    #[must_use]
    pub const fn from_price(price: Price) -> Self {
        Self(price.ten_thousandths() as u32 * PER_TEN_THOUSANDTH)
    }
    /// The price of a share that pays one dollar with this probability, in whole ten-thousandths.
    #[must_use]
    pub fn to_price(self, rounding: Rounding) -> Price {
        let units = divide(i128::from(self.0), i128::from(PER_TEN_THOUSANDTH), rounding);
        let units = u16::try_from(units).ok().and_then(Price::from_ten_thousandths);
        units.unwrap_or(Price::ONE)
    }
    /// Parses decimal text exactly.
    ///
    /// # Errors
    /// Not a number, finer than a millionth, or outside 0 to 1.
    pub fn parse(text: &str) -> Result<Self, ProbabilityError> {
        Self::of_scaled(parse_scaled(text, DECIMALS, Excess::Refuse)?)
    }
    /// Parses what somebody else computed: digits beyond the sixth are cut.
    ///
    /// # Errors
    /// Not a number, or outside 0 to 1.
    pub fn parse_cut(text: &str) -> Result<Self, ProbabilityError> {
        Self::of_scaled(parse_scaled(text, DECIMALS, Excess::Cut)?)
    }
    fn of_scaled(value: i64) -> Result<Self, ProbabilityError> {
        let value = u32::try_from(value).ok().and_then(Self::from_millionths);
        value.ok_or(ProbabilityError::OutOfRange)
    }
}

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_scaled(i64::from(self.0), DECIMALS))
    }
}
impl FromStr for Probability {
    type Err = ProbabilityError;
    fn from_str(text: &str) -> Result<Self, ProbabilityError> {
        Self::parse(text)
    }
}
/// A decimal string, so that no reader rounds it through a float.
impl Serialize for Probability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn probabilities_outside_zero_to_one_are_refused() {
        for text in ["1.000001", "-0.1", "2", "1e3"] {
            assert_eq!(Probability::parse(text), Err(ProbabilityError::OutOfRange), "{text}");
        }
        let finer = Err(ProbabilityError::Decimal(DecimalError::TooPrecise));
        assert_eq!(Probability::parse("0.1234567"), finer);
        assert_eq!(Probability::parse_cut("0.1234567"), Ok(Probability(123_456)));
        assert_eq!(Probability::parse("1"), Ok(Probability::ONE));
        assert_eq!(Probability::parse(".5"), Ok(Probability::HALF));
    }

    #[test]
    fn a_price_is_rounded_only_as_the_caller_says() {
        let probability = Probability(123_456);
        assert_eq!(probability.to_price(Rounding::Down).ten_thousandths(), 1_234);
        assert_eq!(probability.to_price(Rounding::Up).ten_thousandths(), 1_235);
        assert_eq!(probability.to_price(Rounding::HalfUp).ten_thousandths(), 1_235);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        let median = |values: &[u32]| {
            let mut all: Vec<Probability> =
                values.iter().map(|value| Probability(*value)).collect();
            Probability::median(&mut all).map(Probability::millionths)
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7));
        assert_eq!(median(&[900_000, 100, 200]), Some(200));
        assert_eq!(median(&[9, 1, 4, 2]), Some(3));
    }

    proptest! {
        #[test]
        fn text_and_price_give_a_probability_back(value in 0u32..=1_000_000, price in 0u16..=10_000) {
            let probability = Probability::from_millionths(value).unwrap();
            prop_assert_eq!(Probability::parse(&probability.to_string()), Ok(probability));
            prop_assert_eq!(probability.complement().complement(), probability);
            let price = Price::from_ten_thousandths(price).unwrap();
            for rounding in [Rounding::Down, Rounding::Up, Rounding::HalfUp] {
                prop_assert_eq!(Probability::from_price(price).to_price(rounding), price);
            }
            prop_assert!(probability.to_price(Rounding::Down) <= probability.to_price(Rounding::Up));
        }
    }
}
