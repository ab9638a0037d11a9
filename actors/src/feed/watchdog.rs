//! When is an open connection dead? When it carries no data, whatever its PONGs say.
//!
//! The venue's feed has been seen to freeze while PING was still answered, so only data proves
//! life. A connection that watches quiet markets may have nothing to say for minutes, though: a
//! silence that a reconnect does not end is given twice as long each time, up to a limit.

use domain::UnixMillis;

/// How much longer than the first limit a silence may grow.
const PATIENCE_MAX: i64 = 8;
/// Data this soon after opening is the snapshot that every subscription gets, and proves nothing
/// about the flow of changes.
const SNAPSHOT_MS: i64 = 5_000;

/// Watches one feed's connections for silence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watchdog {
    silence_ms_max: i64,
    patience: i64,
    opened_at: UnixMillis,
    heard_at: UnixMillis,
}

impl Watchdog {
    /// A connection counts as silent after `silence_ms_max` without data.
    #[must_use]
    pub(crate) const fn new(silence_ms_max: i64) -> Self {
        let never = UnixMillis(0);
        Self { silence_ms_max, patience: 1, opened_at: never, heard_at: never }
    }
    /// A connection was opened.
    pub(crate) const fn opened(&mut self, now: UnixMillis) {
        self.opened_at = now;
        self.heard_at = now;
    }
    /// Data came.
    pub(crate) const fn heard(&mut self, now: UnixMillis) {
        self.heard_at = now;
        if now.since(self.opened_at).0 > SNAPSHOT_MS {
            self.patience = 1;
        }
    }
    /// Whether the connection is silent now. Once it says so, it asks for more the next time.
    pub(crate) const fn is_silent(&mut self, now: UnixMillis) -> bool {
        let silent = now.since(self.heard_at).0 > self.silence_ms_max * self.patience;
        if silent && self.patience < PATIENCE_MAX {
            self.patience *= 2;
        }
        silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_data_proves_life() {
        let mut dog = Watchdog::new(30_000);
        dog.opened(UnixMillis(1_000));
        assert!(!dog.is_silent(UnixMillis(31_000)));
        dog.heard(UnixMillis(31_000));
        assert!(!dog.is_silent(UnixMillis(61_000)));
        assert!(dog.is_silent(UnixMillis(61_001)));
    }

    #[test]
    fn quiet_markets_are_given_more_time_after_each_silence_up_to_a_limit() {
        let mut dog = Watchdog::new(1_000);
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..6 {
            dog.opened(UnixMillis(now));
            dog.heard(UnixMillis(now + 10)); // the snapshot
            let start = now + 10;
            while !dog.is_silent(UnixMillis(now)) {
                now += 1;
            }
            waits.push(now - start);
        }
        assert_eq!(waits, [1_001, 2_001, 4_001, 8_001, 8_001, 8_001]);
        dog.opened(UnixMillis(now));
        dog.heard(UnixMillis(now + 6_000));
        assert!(dog.is_silent(UnixMillis(now + 7_001)), "a change after the snapshot resets it");
    }
}
