//! Decimal text to scaled integers and back, without a float in between.

use thiserror::Error;

/// Why a text is not a decimal number that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// No digit at all.
    #[error("the number is empty")]
    Empty,
    /// A character that is neither a digit, a sign in front nor the one point.
    #[error("the text is not a decimal number")]
    NotANumber,
    /// Digits other than zero beyond the smallest unit.
    #[error("the number has more decimals than the unit allows")]
    TooPrecise,
    /// Beyond the range of the integer.
    #[error("the number is too large")]
    TooLarge,
    /// A minus where only zero or more makes sense.
    #[error("the number is negative")]
    Negative,
}

/// What to do with digits beyond the smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Any digit but zero is an error: money that we act on.
    Refuse,
    /// Cut them off, towards zero: volumes and other figures for display.
    Cut,
}

/// Parses `text` as a count of `10^-decimals` units.
///
/// Accepts `".48"`, `"5."`, `"-1.5"`, `"1e-6"`-style exponents are accepted too, because JSON
/// numbers of public APIs use them.
///
/// # Errors
/// See [`DecimalError`].
pub fn parse_scaled(text: &str, decimals: u32, excess: Excess) -> Result<i64, DecimalError> {
    let (mantissa, exponent) = split_exponent(text)?;
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let mut value: i128 = 0;
    let mut seen_digit = false;
    let mut after_point: Option<i32> = None;
    let mut lost = false;
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                seen_digit = true;
                if value > i128::MAX / 100 {
                    return Err(DecimalError::TooLarge);
                }
                value = value * 10 + i128::from(byte - b'0');
                if let Some(places) = after_point.as_mut() {
                    *places += 1;
                }
            }
            b'.' if after_point.is_none() => after_point = Some(0),
            _ => return Err(DecimalError::NotANumber),
        }
    }
    if !seen_digit {
        return Err(if digits.is_empty() { DecimalError::Empty } else { DecimalError::NotANumber });
    }
    // value * 10^-after_point * 10^exponent, wanted in 10^-decimals
    let decimals = i32::try_from(decimals).map_err(|_| DecimalError::TooLarge)?;
    let mut shift = decimals + exponent - after_point.unwrap_or(0);
    while shift > 0 && value != 0 {
        value = value.checked_mul(10).ok_or(DecimalError::TooLarge)?;
        shift -= 1;
    }
    while shift < 0 && value != 0 {
        lost |= value % 10 != 0;
        value /= 10;
        shift += 1;
    }
    if lost && excess == Excess::Refuse {
        return Err(DecimalError::TooPrecise);
    }
    i64::try_from(if negative { -value } else { value }).map_err(|_| DecimalError::TooLarge)
}

fn split_exponent(text: &str) -> Result<(&str, i32), DecimalError> {
    match text.find(['e', 'E']) {
        None => Ok((text, 0)),
        Some(at) => {
            let exponent: i32 = text
                .get(at + 1..)
                .and_then(|e| e.strip_prefix('+').unwrap_or(e).parse().ok())
                .ok_or(DecimalError::NotANumber)?;
            if !(-60..=30).contains(&exponent) {
                return Err(DecimalError::TooLarge);
            }
            Ok((text.get(..at).unwrap_or(""), exponent))
        }
    }
}

/// Writes a count of `10^-decimals` units as the shortest decimal text: `"0.5"`, `"12"`, `"-0.01"`.
#[must_use]
pub fn format_scaled(value: i64, decimals: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    let unit = 10u64.pow(decimals);
    let (whole, fraction) = (magnitude / unit, magnitude % unit);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{fraction:0width$}", width = decimals as usize);
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_as_the_venue_writes_them_are_read() {
        for (text, want) in
            [("0.48", 480_000), (".48", 480_000), ("5", 5_000_000), ("5.", 5_000_000), ("0", 0)]
        {
            assert_eq!(parse_scaled(text, 6, Excess::Refuse), Ok(want), "{text}");
        }
        assert_eq!(parse_scaled("1e-3", 6, Excess::Refuse), Ok(1_000));
        assert_eq!(parse_scaled("1.5E+2", 2, Excess::Refuse), Ok(15_000));
        assert_eq!(parse_scaled("63376.9329", 2, Excess::Cut), Ok(6_337_693));
    }

    #[test]
    fn what_is_not_a_number_is_a_typed_error() {
        use DecimalError::*;
        for (text, want) in [
            ("", Empty),
            ("-", Empty),
            (".", NotANumber),
            ("NaN", NotANumber),
            ("1.2.3", NotANumber),
            ("--1", NotANumber),
            ("1 ", NotANumber),
            ("0x10", NotANumber),
            ("1e", NotANumber),
            ("1e99", TooLarge),
            ("99999999999999999999999999999999999999999", TooLarge),
            ("9223372036854.775808", TooLarge),
            ("0.0000001", TooPrecise),
        ] {
            assert_eq!(parse_scaled(text, 6, Excess::Refuse), Err(want), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn formatting_and_parsing_give_the_number_back(value in any::<i64>(), decimals in 0u32..=12) {
            let text = format_scaled(value, decimals);
            prop_assert_eq!(parse_scaled(&text, decimals, Excess::Refuse), Ok(value));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,40}", decimals in 0u32..=18) {
            let _ = parse_scaled(&text, decimals, Excess::Refuse);
            let _ = parse_scaled(&text, decimals, Excess::Cut);
        }
    }
}
