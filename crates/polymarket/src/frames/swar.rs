//! Short numbers, eight bytes at a time.
//!
//! Each function takes what follows a string's opening quote and gives the number and what follows
//! its closing quote. `None` means "not in the common form": the caller then reads the text the
//! slow way, which accepts more and words the errors.

const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The first eight bytes less `b'0'` each (digits become 0 to 9), and how many of them are digits
/// before the first that is none.
#[inline(always)]
fn digits(bytes: &[u8]) -> Option<(u64, u32)> {
    let digits = u64::from_le_bytes(*bytes.first_chunk::<8>()?) ^ ZEROS;
    // Above 9, adding 0x76 sets the high bit. A carry spoils higher bytes only, after the first.
    let other = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & HIGH_BITS;
    Some((digits, other.trailing_zeros() / 8))
}

/// The number that eight digits make, the first one in the lowest byte.
#[inline(always)]
const fn eight(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    low.wrapping_add(high) >> 32
}

/// What follows the closing quote at `at`.
#[inline(always)]
fn after_quote(bytes: &[u8], at: usize) -> Option<&[u8]> {
    match bytes.get(at..)? {
        [b'"', tail @ ..] => Some(tail),
        _ => None,
    }
}

/// `0.` and one to four digits, in ten-thousandths.
#[inline(always)]
pub(super) fn price(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let fraction = bytes.strip_prefix(b"0.")?;
    let (digits, count) = digits(fraction)?;
    if !(1..=4).contains(&count) {
        return None;
    }
    let tail = after_quote(fraction, count as usize)?;
    // Digits that are not there count as zeros behind the point.
    let digits = digits & ((1 << (8 * count)) - 1);
    Some(((eight(digits) / 10_000) as u16, tail))
}

/// One to seven digits and at most six decimals, in millionths.
#[inline(always)]
pub(super) fn size(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (whole, count) = digits(bytes)?;
    if !(1..=7).contains(&count) {
        return None;
    }
    let micros = eight(whole << (64 - 8 * count)) * 1_000_000;
    match bytes.get(count as usize..)? {
        [b'"', tail @ ..] => Some((micros as i64, tail)),
        [b'.', fraction @ ..] => {
            let (digits, count) = digits(fraction)?;
            if !(1..=6).contains(&count) {
                return None;
            }
            let tail = after_quote(fraction, count as usize)?;
            let digits = digits & ((1 << (8 * count)) - 1);
            Some(((micros + eight(digits) / 100) as i64, tail))
        }
        _ => None,
    }
}

/// Thirteen digits.
#[inline(always)]
pub(super) fn millis(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (first, count) = digits(bytes)?;
    let (second, rest) = digits(bytes.get(8..)?)?;
    if count != 8 || rest != 5 {
        return None;
    }
    let tail = after_quote(bytes, 13)?;
    Some(((eight(first) * 100_000 + eight(second << 24)) as i64, tail))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frames::number;

    fn padded(text: &str) -> String {
        format!("{text}\", \"what follows\":1")
    }

    proptest! {
        #[test]
        fn whatever_is_read_at_once_is_what_the_slow_way_reads(
            text in "[0-9]{0,9}(\\.[0-9]{0,8})?[0-9a-z\".:/-]{0,2}"
        ) {
            let bytes = padded(&text);
            let (bytes, quote) = (bytes.as_bytes(), text.find('"').unwrap_or(text.len()));
            let content = &text[..quote];
            let tail = &bytes[quote + 1..];
            if let Some((value, rest)) = price(bytes) {
                prop_assert_eq!(Some(value), domain::Price::parse(content).ok().map(|p| p.ten_thousandths()));
                prop_assert_eq!(rest, tail);
            }
            if let Some((value, rest)) = size(bytes) {
                prop_assert_eq!(Ok(value), number::size(content).map(|s| s.micros()));
                prop_assert_eq!(rest, tail);
            }
            if let Some((value, rest)) = millis(bytes) {
                prop_assert_eq!(Ok(value), number::millis(content).map(|m| m.0));
                prop_assert_eq!(rest, tail);
            }
        }

        #[test]
        fn the_common_forms_are_all_read_at_once(
            thousandths in 1u16..1_000, micros in 0i64..10_000_000_000_000, at in 1_000_000_000_000i64..10_000_000_000_000
        ) {
            let cents = domain::Price::from_ten_thousandths(thousandths * 10).unwrap();
            prop_assert_eq!(price(padded(&cents.to_string()).as_bytes()).unwrap().0, thousandths * 10);
            let shares = domain::Shares::from_micros(micros);
            prop_assert_eq!(size(padded(&shares.to_string()).as_bytes()).unwrap().0, micros);
            prop_assert_eq!(millis(padded(&at.to_string()).as_bytes()).unwrap().0, at);
        }
    }
}
