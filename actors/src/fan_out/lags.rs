//! Clients that never catch up.

use std::time::Duration;

use super::outbox::Goodbye;
use crate::supervision::clock;

/// How often a client fell behind.
#[derive(Default)]
pub(super) struct Lags {
    since_ms: u64,
    count: u32,
}

/// A client that loses facts more often than this within [`LAGS_PERIOD`] is sent away: it would never
/// catch up.
pub(super) const LAGS_MAX: u32 = 8;
const LAGS_PERIOD: Duration = Duration::from_secs(60);
pub(super) const TOO_SLOW: Goodbye = Goodbye {
    code: 1013,
    reason: "too slow: facts were lost again and again; choose fewer topics",
};

impl Lags {
    /// Counts one; whether it is one too many.
    pub(super) fn is_too_many(&mut self, now_ms: u64) -> bool {
        if now_ms.saturating_sub(self.since_ms) > clock::millis(LAGS_PERIOD) {
            *self = Self { since_ms: now_ms, count: 0 };
        }
        self.count += 1;
        self.count > LAGS_MAX
    }
}
