//! The time that requests are signed with.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use domain::{DurationMillis, UnixMillis};

use crate::clob::ClobClient;
use crate::http::VenueError;

/// A clock of ours, corrected by what is known of the venue's. Clones share the correction.
#[derive(Clone)]
pub struct VenueClock {
    now: Rc<dyn Fn() -> UnixMillis>,
    skew: Rc<Cell<DurationMillis>>,
}

impl fmt::Debug for VenueClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VenueClock").field("skew", &self.skew.get()).finish_non_exhaustive()
    }
}

impl VenueClock {
    /// Over a clock of ours, uncorrected.
    #[must_use]
    pub fn new(now: impl Fn() -> UnixMillis + 'static) -> Self {
        Self { now: Rc::new(now), skew: Rc::default() }
    }
    /// What our own clock shows.
    #[must_use]
    pub fn ours(&self) -> UnixMillis {
        (self.now)()
    }
    /// What the venue's clock shows, as far as we know.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.ours().plus(self.skew.get())
    }
    /// How far the venue's clock is ahead of ours.
    #[must_use]
    pub fn skew(&self) -> DurationMillis {
        self.skew.get()
    }
    /// Compares this clock with the venue's, corrects it by the least that explains the difference,
    /// and returns that: how far the venue is ahead of the uncorrected clock.
    ///
    /// # Errors
    /// See [`VenueError`]; the correction stays as it was.
    pub async fn measure(&self, venue: &ClobClient) -> Result<DurationMillis, VenueError> {
        let before = self.ours();
        let there = venue.time().await?;
        let skew = least_skew(before, there, self.ours());
        self.correct(skew);
        Ok(skew)
    }
    /// Whole seconds for a header.
    pub(super) fn seconds(&self) -> i64 {
        self.now().0.div_euclid(1_000)
    }
    fn correct(&self, skew: DurationMillis) {
        self.skew.set(skew);
    }
}

/// The smallest skew that explains an answer of whole seconds: nothing, where our clock may be
/// right. `before` and `after` are our clock when the question left and the answer came.
fn least_skew(before: UnixMillis, venue: UnixMillis, after: UnixMillis) -> DurationMillis {
    let least = venue.since(after).0;
    let most = venue.plus(DurationMillis(999)).since(before).0;
    DurationMillis(if least > 0 { least } else { most.min(0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_may_be_right_is_left_alone() {
        let skew = |before, venue, after| {
            least_skew(UnixMillis(before), UnixMillis(venue), UnixMillis(after)).0
        };
        assert_eq!(skew(10_000, 10_000, 10_050), 0);
        assert_eq!(skew(10_950, 10_000, 11_020), 0);
        assert_eq!(skew(10_000, 15_000, 10_100), 4_900);
        assert_eq!(skew(15_500, 10_000, 15_600), -4_501);
    }

    #[test]
    fn clones_of_a_clock_share_its_correction() {
        let clock = VenueClock::new(|| UnixMillis(1_999));
        assert_eq!(clock.seconds(), 1);
        clock.clone().correct(DurationMillis(1));
        assert_eq!((clock.seconds(), clock.skew().0), (2, 1));
    }
}
