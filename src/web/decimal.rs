//! Decimal numbers in requests: plain digits, so that nobody reads another number than was meant.

/// What a decimal text looks like: neither an exponent nor a digit that would be lost.
pub const PATTERN: &str = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$";

/// Whether a text is such a number.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let amount = text.strip_prefix('-').unwrap_or(text);
    match amount.split_once('.') {
        None => digits(amount, 12),
        Some((whole, rest)) => digits(whole, 12) && digits(rest, 6),
    }
}

/// What is said of a text that is none.
pub const NOT_PLAIN: &str = "it is a decimal number such as \"12.5\", with at most twelve digits before the point and six \
     behind it";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_plain_digits() {
        for plain in ["0", "-3", "12.5", "0.000001", "999999999999.999999"] {
            assert!(is_plain(plain) && domain::Usd::parse(plain).is_ok(), "{plain}");
        }
        for other in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "+1",
            " 1",
            "1,5",
            "0x1",
            "0.0000001",
            "1000000000000",
            "١",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
