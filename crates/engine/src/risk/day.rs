//! How the day and the equity stand.

use domain::{UnixMillis, Usd};
use serde::{Deserialize, Serialize};

const DAY_MILLIS: i64 = 86_400_000;

/// Equity at the start of the day (UTC) and at its peak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Equity {
    day: Option<DayStart>,
    peak: Option<Usd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct DayStart {
    /// Days since 1970 in UTC.
    number: i64,
    equity: Usd,
}

const fn day_number(now: UnixMillis) -> i64 {
    now.0.div_euclid(DAY_MILLIS)
}

impl Equity {
    pub(super) fn note(&mut self, now: UnixMillis, equity: Usd) {
        let number = day_number(now);
        // A clock that was set back does not begin the day again.
        if self.day.is_none_or(|day| number > day.number) {
            self.day = Some(DayStart { number, equity });
        }
        self.peak = Some(self.peak.map_or(equity, |peak| peak.max(equity)));
    }
    /// Dollars that came from outside (positive) or went there: neither won nor lost.
    pub(super) fn note_transfer(&mut self, amount: Usd) {
        if let Some(day) = &mut self.day {
            day.equity += amount;
        }
        if let Some(peak) = &mut self.peak {
            *peak += amount;
        }
    }
    pub(super) fn reset_peak(&mut self, equity: Usd) {
        self.peak = Some(equity);
    }
    pub(super) const fn peak(&self) -> Option<Usd> {
        self.peak
    }
    /// How far `equity` is below the day's start; negative where it is above. `None` where it does
    /// not fit; nothing where the day has not begun.
    pub(super) fn day_loss(&self, now: UnixMillis, equity: Usd) -> Option<Usd> {
        match self.day {
            Some(day) if day.number >= day_number(now) => day.equity.checked_sub(equity),
            _ => Some(Usd::ZERO),
        }
    }
    /// How far `equity` is below the peak, at least nothing; `None` where it does not fit.
    pub(super) fn drawdown(&self, equity: Usd) -> Option<Usd> {
        let peak = self.peak.unwrap_or(equity);
        peak.checked_sub(equity).map(|below| below.max(Usd::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USD: fn(i64) -> Usd = Usd::from_whole;

    #[test]
    fn a_new_day_begins_at_midnight_utc_and_the_peak_goes_on() {
        let mut equity = Equity::default();
        let noon = UnixMillis(DAY_MILLIS * 20_000 + DAY_MILLIS / 2);
        assert_eq!(equity.day_loss(noon, USD(7)), Some(Usd::ZERO));
        equity.note(noon, USD(1_000));
        equity.note(noon, USD(1_100));
        assert_eq!(equity.day_loss(noon, USD(900)), Some(USD(100)));
        assert_eq!(equity.drawdown(USD(900)), Some(USD(200)));
        let tomorrow = UnixMillis(DAY_MILLIS * 20_001);
        assert_eq!(equity.day_loss(tomorrow, USD(900)), Some(Usd::ZERO), "nothing is known yet");
        equity.note(tomorrow, USD(900));
        assert_eq!(equity.day_loss(tomorrow, USD(890)), Some(USD(10)));
        assert_eq!(equity.drawdown(USD(890)), Some(USD(210)));
        equity.note(noon, USD(10));
        assert_eq!(equity.day_loss(noon, USD(890)), Some(USD(10)), "the clock was set back");
    }

    #[test]
    fn a_deposit_is_not_a_profit_and_a_withdrawal_is_not_a_loss() {
        let mut equity = Equity::default();
        equity.note(UnixMillis(0), USD(100));
        equity.note_transfer(USD(-40));
        assert_eq!(equity.day_loss(UnixMillis(1), USD(60)), Some(Usd::ZERO));
        assert_eq!(equity.drawdown(USD(60)), Some(Usd::ZERO));
    }
}
