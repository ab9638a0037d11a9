//! Numbers and foreign text, for people.

use domain::Usd;

/// With a comma between thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Tenths of a per cent, cut.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    let permille = u128::from(part) * 1_000 / u128::from(whole.max(1));
    format!("{}.{} %", permille / 10, permille % 10)
}

/// Dollars to the cent, cut towards nothing, with a sign where something was lost.
pub(super) fn dollars(amount: Usd) -> String {
    let cents = amount.micros() / 10_000;
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", grouped(cents / 100), cents % 100)
}

/// A rate in ten-thousandths, as per cent.
pub(super) fn rate(bips: Option<u64>) -> String {
    bips.map_or_else(|| "-".to_owned(), |bips| format!("{}.{:02} %", bips / 100, bips % 100))
}

/// Foreign text, cut, and without anything that would move a terminal's cursor.
pub(super) fn plain(text: &str, chars_max: usize) -> String {
    let mut plain: String = text.chars().filter(|c| !c.is_control()).take(chars_max).collect();
    if text.chars().count() > chars_max {
        plain.pop();
        plain.push('…');
    }
    plain
}

/// Foreign text in a page: nothing in it is a mark-up.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        let usd = Usd::from_micros;
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(dollars(usd(1_234_567_890)), "1,234.56");
        assert_eq!(dollars(usd(-5_000_001)), "-5.00");
        assert_eq!(dollars(usd(-4_000)), "0.00");
        assert_eq!((rate(Some(5_050)), rate(None)), ("50.50 %".into(), "-".into()));
        let shares = (share(1, 3), share(3, 3), share(0, 0));
        assert_eq!(shares, ("33.3 %".into(), "100.0 %".into(), "0.0 %".into()));
    }

    #[test]
    fn foreign_text_can_do_nothing() {
        assert_eq!(escaped("<b a=\"1\">&'\u{7}"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
        assert_eq!(plain("a\u{1b}[2Jbc", 3), "a[…");
    }
}
