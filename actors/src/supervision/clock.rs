//! Monotonic milliseconds since the first look at the clock, never 0 (0 stands for "none").
//!
//! The coarse clock is one relaxed load and is advanced by the watchdog thread: precise enough
//! for deadlines in a queue, cheap enough to be read for every message.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

static START: OnceLock<Instant> = OnceLock::new();
static COARSE_MS: AtomicU64 = AtomicU64::new(1);

pub(crate) fn now_ms() -> u64 {
    millis(START.get_or_init(Instant::now).elapsed()) + 1
}

pub(crate) fn coarse_ms() -> u64 {
    COARSE_MS.load(Relaxed)
}

pub(crate) fn advance() -> u64 {
    COARSE_MS.fetch_max(now_ms(), Relaxed).max(coarse_ms())
}

/// Whole milliseconds; some 584 million years fit.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}
