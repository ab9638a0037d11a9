//! Dollars and shares, in millionths as on chain, with named rounding.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::{DecimalError, Excess, format_scaled, parse_scaled};
use crate::price::Price;

/// Millionths in one dollar or one share.
pub const MICROS: i64 = 1_000_000;
const DECIMALS: u32 = 6;

/// How an inexact quotient becomes an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity: what we receive.
    Down,
    /// Towards plus infinity: what we pay.
    Up,
    /// To the nearest, halves away from zero: how the venue states its own figures.
    HalfUp,
}

/// `numerator / denominator` as an integer, rounded as named.
///
/// `denominator` must be positive; a zero or negative one is treated as one, which no caller in
/// this workspace relies on. Saturates at the range of `i64`.
#[must_use]
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> i64 {
    let denominator = denominator.max(1);
    let floor = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        Rounding::HalfUp if numerator >= 0 => rest * 2 >= denominator,
        Rounding::HalfUp => rest * 2 > denominator,
    };
    let value = floor + i128::from(up);
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

macro_rules! micros {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// The largest amount that can be held.
            pub const MAX: Self = Self(i64::MAX);

            /// From millionths.
            #[must_use]
            pub const fn from_micros(micros: i64) -> Self {
                Self(micros)
            }
            /// From whole units; saturates at the range.
            #[must_use]
            pub const fn from_whole(units: i64) -> Self {
                Self(units.saturating_mul(MICROS))
            }
            /// As millionths.
            #[must_use]
            pub const fn micros(self) -> i64 {
                self.0
            }
            /// `None` beyond the range.
            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }
            /// `None` beyond the range.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }
            /// More than nothing.
            #[must_use]
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }
            /// Parses decimal text exactly.
            ///
            /// # Errors
            /// More than six decimals, not a number, or too large.
            pub fn parse(text: &str) -> Result<Self, DecimalError> {
                parse_scaled(text, DECIMALS, Excess::Refuse).map(Self)
            }
            /// Parses a figure that is only shown or compared: digits beyond six decimals are cut.
            ///
            /// # Errors
            /// Not a number, or too large.
            pub fn parse_display(text: &str) -> Result<Self, DecimalError> {
                parse_scaled(text, DECIMALS, Excess::Cut).map(Self)
            }
        }
        // Saturating: an overflow at 9.2e12 dollars shows as the limit and never wraps around.
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(self.0.saturating_neg())
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                items.fold(Self::ZERO, |total, item| total + item)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format_scaled(self.0, DECIMALS))
            }
        }
        impl FromStr for $name {
            type Err = DecimalError;
            fn from_str(text: &str) -> Result<Self, DecimalError> {
                Self::parse(text)
            }
        }
        /// A decimal string, so that no reader rounds it through a float.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

micros!(
    /// An amount of dollars (pUSD), in millionths. Negative amounts are debts or losses.
    Usd
);
micros!(
    /// A number of outcome shares, in millionths. One share pays one dollar if its outcome wins.
    Shares
);

impl Shares {
    /// The value of these shares at `price`.
    #[must_use]
    pub fn at(self, price: Price, rounding: Rounding) -> Usd {
        let product = i128::from(self.0) * i128::from(price.ten_thousandths());
        Usd(divide(product, i128::from(Price::ONE.ten_thousandths()), rounding))
    }
    /// The value of these shares at one dollar each: a complete set merged, or a win paid out.
    #[must_use]
    pub const fn at_one(self) -> Usd {
        Usd(self.0)
    }
    /// Cut to whole hundredths, the precision of an order's size.
    #[must_use]
    pub fn floor_to_order_size(self) -> Self {
        Self(self.0 - self.0.rem_euclid(MICROS / 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounding_is_what_its_name_says() {
        assert_eq!(divide(7, 2, Rounding::Down), 3);
        assert_eq!(divide(7, 2, Rounding::Up), 4);
        assert_eq!(divide(7, 2, Rounding::HalfUp), 4);
        assert_eq!(divide(-7, 2, Rounding::Down), -4);
        assert_eq!(divide(-7, 2, Rounding::Up), -3);
        assert_eq!(divide(-7, 2, Rounding::HalfUp), -4);
        assert_eq!(divide(i128::MAX, 1, Rounding::Down), i64::MAX);
    }

    #[test]
    fn money_is_a_decimal_string_in_json() {
        let text = serde_json::to_string(&Usd::from_micros(1_500_000)).unwrap();
        assert_eq!(text, "\"1.5\"");
        assert_eq!(serde_json::from_str::<Usd>("\"-0.000001\"").unwrap(), Usd::from_micros(-1));
        assert!(serde_json::from_str::<Usd>("1.5").is_err(), "a JSON number is refused");
    }

    proptest! {
        #[test]
        fn a_value_is_never_rounded_in_the_wrong_direction(micros in 0i64..1_000_000_000_000, cents in 0u16..=10_000) {
            let price = Price::from_ten_thousandths(cents).unwrap();
            let shares = Shares::from_micros(micros);
            let (down, up) = (shares.at(price, Rounding::Down), shares.at(price, Rounding::Up));
            let exact = i128::from(micros) * i128::from(cents);
            prop_assert!(i128::from(down.micros()) * 10_000 <= exact);
            prop_assert!(i128::from(up.micros()) * 10_000 >= exact);
            prop_assert!(up.micros() - down.micros() <= 1);
        }

        #[test]
        fn splitting_an_amount_loses_nothing(a in any::<i32>(), b in any::<i32>()) {
            let (a, b) = (Usd::from_micros(a.into()), Usd::from_micros(b.into()));
            prop_assert_eq!(a + b - b, a);
        }

        #[test]
        fn an_order_size_is_cut_and_never_grows(micros in 0i64..i64::MAX) {
            let cut = Shares::from_micros(micros).floor_to_order_size();
            prop_assert!(cut.micros() <= micros && micros - cut.micros() < 10_000);
            prop_assert_eq!(cut.micros() % 10_000, 0);
        }
    }
}
