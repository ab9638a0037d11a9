//! Prices in ten-thousandths of a dollar, and the grids they move on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::decimal::{DecimalError, Excess, format_scaled, parse_scaled};

/// Why a number is not a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PriceError {
    /// Not a decimal number, or finer than a ten-thousandth.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// Outside 0 to 1.
    #[error("a price lies between 0 and 1")]
    OutOfRange,
    /// Not one of the venue's tick sizes.
    #[error("not a tick size of the venue")]
    UnknownTick,
}

/// What one share costs: 0 to 10,000 ten-thousandths of a dollar, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(u16);

impl Price {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One dollar, what a winning share pays.
    pub const ONE: Self = Self(10_000);

    /// `None` above one dollar.
    #[must_use]
    pub const fn from_ten_thousandths(value: u16) -> Option<Self> {
        if value <= 10_000 { Some(Self(value)) } else { None }
    }
    /// From whole cents; `None` above one dollar.
    #[must_use]
    pub const fn from_cents(cents: u16) -> Option<Self> {
        if cents <= 100 { Some(Self(cents * 100)) } else { None }
    }
    /// As ten-thousandths of a dollar.
    #[must_use]
    pub const fn ten_thousandths(self) -> u16 {
        self.0
    }
    /// The price of the other outcome when both add up to one dollar.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(10_000 - self.0)
    }
    /// Parses decimal text exactly.
    ///
    /// # Errors
    /// Not a number, finer than 0.0001, or outside 0 to 1.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        let value = parse_scaled(text, 4, Excess::Refuse)?;
        u16::try_from(value).ok().and_then(Self::from_ten_thousandths).ok_or(PriceError::OutOfRange)
    }
    /// Parses a price that is only shown: digits beyond the fourth are cut.
    ///
    /// # Errors
    /// Not a number, or outside 0 to 1.
    pub fn parse_display(text: &str) -> Result<Self, PriceError> {
        let value = parse_scaled(text, 4, Excess::Cut)?;
        u16::try_from(value).ok().and_then(Self::from_ten_thousandths).ok_or(PriceError::OutOfRange)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_scaled(i64::from(self.0), 4))
    }
}
impl FromStr for Price {
    type Err = PriceError;
    fn from_str(text: &str) -> Result<Self, PriceError> {
        Self::parse(text)
    }
}
/// A decimal string, so that no reader rounds it through a float.
impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The smallest step between two prices of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TickSize {
    /// 0.1
    Tenth,
    /// 0.01
    Hundredth,
    /// 0.005
    TwoHundredth,
    /// 0.0025
    FourHundredth,
    /// 0.001
    Thousandth,
    /// 0.0001
    TenThousandth,
}

impl TickSize {
    /// Every tick size of the venue, coarse to fine.
    pub const ALL: [Self; 6] = [
        Self::Tenth,
        Self::Hundredth,
        Self::TwoHundredth,
        Self::FourHundredth,
        Self::Thousandth,
        Self::TenThousandth,
    ];

    /// As ten-thousandths of a dollar.
    #[must_use]
    pub const fn ten_thousandths(self) -> u16 {
        match self {
            Self::Tenth => 1_000,
            Self::Hundredth => 100,
            Self::TwoHundredth => 50,
            Self::FourHundredth => 25,
            Self::Thousandth => 10,
            Self::TenThousandth => 1,
        }
    }
    /// The tick of that many ten-thousandths, if the venue has one.
    #[must_use]
    pub fn from_ten_thousandths(value: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|tick| tick.ten_thousandths() == value)
    }
    /// Decimals of a price on this grid.
    #[must_use]
    pub const fn price_decimals(self) -> u32 {
        match self {
            Self::Tenth => 1,
            Self::Hundredth => 2,
            Self::TwoHundredth | Self::Thousandth => 3,
            Self::FourHundredth | Self::TenThousandth => 4,
        }
    }
    /// Whether `price` lies on this grid.
    #[must_use]
    pub const fn allows(self, price: Price) -> bool {
        price.0.is_multiple_of(self.ten_thousandths())
    }
    /// The highest price on this grid that is not above `price`.
    #[must_use]
    pub const fn floor(self, price: Price) -> Price {
        Price(price.0 - price.0 % self.ten_thousandths())
    }
    /// Parses `"0.01"` and the like.
    ///
    /// # Errors
    /// Not a number, or not one of the venue's steps.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        Self::from_ten_thousandths(Price::parse(text)?.0).ok_or(PriceError::UnknownTick)
    }
}

impl fmt::Display for TickSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_scaled(i64::from(self.ten_thousandths()), 4))
    }
}
impl Serialize for TickSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for TickSize {
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
    fn prices_outside_zero_to_one_are_refused() {
        assert_eq!(Price::parse("1.0001"), Err(PriceError::OutOfRange));
        assert_eq!(Price::parse("-0.01"), Err(PriceError::OutOfRange));
        assert_eq!(Price::parse("0.00001"), Err(PriceError::Decimal(DecimalError::TooPrecise)));
        assert_eq!(Price::parse("NaN"), Err(PriceError::Decimal(DecimalError::NotANumber)));
        assert_eq!(Price::parse("1"), Ok(Price::ONE));
        assert_eq!(Price::parse(".48"), Ok(Price(4_800)));
    }

    #[test]
    fn every_tick_of_the_venue_is_known_by_its_text() {
        for text in ["0.1", "0.01", "0.005", "0.0025", "0.001", "0.0001"] {
            assert_eq!(TickSize::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(TickSize::parse("0.02"), Err(PriceError::UnknownTick));
        assert!(!TickSize::TwoHundredth.allows(Price(4_825)));
        assert!(TickSize::FourHundredth.allows(Price(4_825)));
    }

    proptest! {
        #[test]
        fn a_price_and_its_complement_add_up_to_one(value in 0u16..=10_000) {
            let price = Price::from_ten_thousandths(value).unwrap();
            prop_assert_eq!(price.0 + price.complement().0, 10_000);
            prop_assert_eq!(Price::parse(&price.to_string()), Ok(price));
        }
    }
}
