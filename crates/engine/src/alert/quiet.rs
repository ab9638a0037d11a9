//! The hours in which people sleep.

use domain::{DurationMillis, UnixMillis};
use thiserror::Error;

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;

/// Why a span of the day is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuietHoursError {
    /// Not `22:30-07:00` or the like.
    #[error("`{0}` is not a span of the day; write it as 22:30-07:00")]
    Form(Box<str>),
    /// It begins when it ends.
    #[error("it begins when it ends")]
    Empty,
    /// More than 14 hours from UTC.
    #[error("clocks are at most 14 hours (840 minutes) apart from UTC")]
    Offset,
}

/// A daily span in which only what is critical is told. May go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Minutes after midnight, 0 to 1,439.
    from: i64,
    /// Likewise; the first minute that is not quiet any more.
    until: i64,
    /// What is added to UTC for the people's clock, minutes.
    offset: i64,
}

impl QuietHours {
    /// Reads `22:30-07:00`, by a clock that is `offset_minutes` ahead of UTC.
    ///
    /// # Errors
    /// See [`QuietHoursError`].
    pub fn parse(text: &str, offset_minutes: i64) -> Result<Self, QuietHoursError> {
        let form = || QuietHoursError::Form(text.chars().take(40).collect());
        let (from, until) = text.split_once('-').ok_or_else(form)?;
        let (from, until) = (minute(from).ok_or_else(form)?, minute(until).ok_or_else(form)?);
        if from == until {
            return Err(QuietHoursError::Empty);
        }
        if offset_minutes.abs() > 14 * 60 {
            return Err(QuietHoursError::Offset);
        }
        Ok(Self { from, until, offset: offset_minutes })
    }
    /// When the quiet hours end that `now` lies in; `None` where it lies in none.
    #[must_use]
    pub fn end_after(self, now: UnixMillis) -> Option<UnixMillis> {
        let minutes = now.0.div_euclid(MINUTE_MS);
        let of_day = (minutes + self.offset).rem_euclid(DAY_MINUTES);
        let length = (self.until - self.from).rem_euclid(DAY_MINUTES);
        let gone = (of_day - self.from).rem_euclid(DAY_MINUTES);
        let left = length - gone;
        let begins = UnixMillis(minutes * MINUTE_MS);
        (left > 0).then(|| begins.plus(DurationMillis(left * MINUTE_MS)))
    }
}

/// `22:30`.
fn minute(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str, limit: i64| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok())?.filter(|number| *number < limit)
    };
    Some(number(hours, 24)? * 60 + number(minutes, 60)?)
}
