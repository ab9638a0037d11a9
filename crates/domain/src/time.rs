//! Moments and spans. Where a moment comes from (a frame, a clock, a recording) is the caller's
//! business: nothing here reads a clock.

use serde::{Deserialize, Serialize};

/// A moment: microseconds since 1970-01-01 in UTC, for what comes many times a millisecond.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMicros(pub i64);

/// Milliseconds since 1970-01-01 UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// A span in milliseconds; may be negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct DurationMillis(pub i64);

impl UnixMillis {
    /// The span from `earlier` to `self`; saturates.
    #[must_use]
    pub const fn since(self, earlier: Self) -> DurationMillis {
        DurationMillis(self.0.saturating_sub(earlier.0))
    }
    /// This moment moved by `span`; saturates.
    #[must_use]
    pub const fn plus(self, span: DurationMillis) -> Self {
        Self(self.0.saturating_add(span.0))
    }
    /// As microseconds since 1970, the unit of the database; saturates.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0.saturating_mul(1_000)
    }
    /// Parses RFC 3339 text (`2026-05-31T12:00:00Z`, `2025-05-02T17:00:26.233Z`), the venue's
    /// `2026-04-05 19:37:33+00`, and plain dates (`2026-05-31`, midnight UTC).
    ///
    /// `None` where the text is none of these or names no real day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| -> Option<i64> {
            let part = bytes.get(from..to)?;
            part.iter().all(u8::is_ascii_digit).then_some(())?;
            std::str::from_utf8(part).ok()?.parse().ok()
        };
        let mark = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|b| allowed.contains(b));
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        (mark(4, b"-") && mark(7, b"-")).then_some(())?;
        let days = days_since_epoch(year, month, day)?;
        let mut millis = days * 86_400_000;
        if bytes.len() == 10 {
            return Some(Self(millis));
        }
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        (mark(10, b"T t") && mark(13, b":") && mark(16, b":")).then_some(())?;
        (hour < 24 && minute < 60 && second < 61).then_some(())?;
        millis += ((hour * 60 + minute) * 60 + second) * 1_000;
        let mut rest = text.get(19..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0).then_some(())?;
            let padded = format!("{:0<3}", fraction.get(..digits)?);
            millis += padded.get(..3)?.parse::<i64>().ok()?;
            rest = fraction.get(digits..)?;
        }
        Some(Self(millis - offset_millis(rest)?))
    }
    /// RFC 3339 in UTC with milliseconds: `2025-12-09T02:30:00.000Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let days = self.0.div_euclid(86_400_000);
        let rest = self.0.rem_euclid(86_400_000);
        let (year, month, day) = civil_from_days(days);
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, millis) = (rest / 1_000 % 60, rest % 1_000);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

impl DurationMillis {
    /// From whole seconds; saturates.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }
    /// Whole seconds, cut.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0 / 1_000
    }
}

fn offset_millis(text: &str) -> Option<i64> {
    if text.is_empty() || text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = if digits.len() == 4 { digits.get(2..)?.parse().ok()? } else { 0 };
    (matches!(digits.len(), 2 | 4) && hours < 24 && minutes < 60).then_some(())?;
    Some(sign * (hours * 60 + minutes) * 60_000)
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar; `None` for no real day.
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    (1..=length).contains(&day).then_some(())?;
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_as_the_venue_writes_them_are_read() {
        let noon = UnixMillis(1_780_228_800_000);
        assert_eq!(UnixMillis::parse("2026-05-31T12:00:00Z"), Some(noon));
        assert_eq!(UnixMillis::parse("2026-05-31T14:00:00+02:00"), Some(noon));
        assert_eq!(UnixMillis::parse("2026-05-31 12:00:00+00"), Some(noon));
        assert_eq!(
            UnixMillis::parse("2026-05-31T12:00:00.233445Z"),
            Some(noon.plus(DurationMillis(233)))
        );
        assert_eq!(UnixMillis::parse("1970-01-02"), Some(UnixMillis(86_400_000)));
        for bad in ["", "2026-02-30", "2026-13-01", "not a date", "2026-05-31T25:00:00Z"] {
            assert_eq!(UnixMillis::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn writing_and_reading_a_moment_gives_it_back(millis in -62_000_000_000_000i64..250_000_000_000_000) {
            let moment = UnixMillis(millis);
            prop_assert_eq!(UnixMillis::parse(&moment.to_rfc3339()), Some(moment));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,40}") {
            let _ = UnixMillis::parse(&text);
        }
    }
}
