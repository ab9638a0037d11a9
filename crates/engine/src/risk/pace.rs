//! How many trades were begun within the last minute.

use std::collections::VecDeque;

use domain::{DurationMillis, UnixMillis};
use serde::{Deserialize, Serialize};

use super::limits::COUNT_MAX;

const WINDOW: DurationMillis = DurationMillis(60_000);

/// The moments of the last trades, oldest first; never more than the largest limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Pace(VecDeque<UnixMillis>);

impl Pace {
    pub(super) fn note(&mut self, now: UnixMillis) {
        self.0.retain(|at| counts(*at, now));
        // The newest decide: with as many as the largest limit, nothing more passes anyway.
        if self.0.len() > COUNT_MAX as usize {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }
    /// Trades of the last minute; those that a clock which was set back puts into the future count.
    pub(super) fn count(&self, now: UnixMillis) -> u64 {
        self.0.iter().filter(|at| counts(**at, now)).count() as u64
    }
}

fn counts(at: UnixMillis, now: UnixMillis) -> bool {
    now.since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trade_counts_for_sixty_seconds_and_one_from_the_future_counts_too() {
        let mut pace = Pace::default();
        pace.note(UnixMillis(100_000));
        pace.note(UnixMillis(130_000));
        assert_eq!(pace.count(UnixMillis(159_999)), 2);
        assert_eq!(pace.count(UnixMillis(160_000)), 1);
        assert_eq!(pace.count(UnixMillis(0)), 2, "a clock that was set back gives no room");
        assert_eq!(pace.count(UnixMillis(190_000)), 0);
    }

    #[test]
    fn the_moments_kept_are_bounded() {
        let mut pace = Pace::default();
        (0..5_000).for_each(|_| pace.note(UnixMillis(7)));
        assert!(pace.0.len() <= COUNT_MAX as usize + 1);
        assert!(pace.count(UnixMillis(7)) > u64::from(COUNT_MAX));
    }
}
