//! How long things took, counted in fixed buckets: nobody waits for it, and nothing grows.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use domain::UnixMillis;

/// The upper bounds of the buckets, in milliseconds. What took longer is counted beyond the last.
pub const BOUNDS_MS: [u64; 15] =
    [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 15_000, 60_000, 300_000];

/// Durations since the program started. Many writers, many readers.
#[derive(Debug, Default)]
pub struct Latency {
    buckets: [AtomicU64; BOUNDS_MS.len()],
    count: AtomicU64,
    sum_ms: AtomicU64,
}

/// What was counted up to a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LatencyCounts {
    /// How many took at most as long as the bound of the same place, those of earlier places
    /// included.
    pub at_most: [u64; BOUNDS_MS.len()],
    /// How many there were.
    pub count: u64,
    /// What they took together, milliseconds.
    pub sum_ms: u64,
}

impl Latency {
    /// Counts one that took from the first moment to the second. Clocks of two machines may disagree:
    /// what ended before it began took no time.
    pub fn record(&self, from: UnixMillis, to: UnixMillis) {
        let took_ms = u64::try_from(to.since(from).0).unwrap_or(0);
        if let Some(bucket) = bucket(took_ms).and_then(|place| self.buckets.get(place)) {
            bucket.fetch_add(1, Relaxed);
        }
        self.count.fetch_add(1, Relaxed);
        self.sum_ms.fetch_add(took_ms, Relaxed);
    }
    /// What was counted so far. One that is counted meanwhile may be in a part of it only.
    #[must_use]
    pub fn read(&self) -> LatencyCounts {
        let mut at_most = [0; BOUNDS_MS.len()];
        let mut sum = 0;
        for (total, bucket) in at_most.iter_mut().zip(&self.buckets) {
            sum += bucket.load(Relaxed);
            *total = sum;
        }
        let count = self.count.load(Relaxed).max(sum);
        LatencyCounts { at_most, count, sum_ms: self.sum_ms.load(Relaxed) }
    }
}

fn bucket(took_ms: u64) -> Option<usize> {
    BOUNDS_MS.iter().position(|bound| took_ms <= *bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_is_in_every_bucket_that_it_fits_and_in_the_sum() {
        let latency = Latency::default();
        for took_ms in [0, 1, 3, 60, 999_999_999] {
            latency.record(UnixMillis(1_000), UnixMillis(1_000 + took_ms));
        }
        let read = latency.read();
        assert_eq!((read.count, read.sum_ms), (5, 1_000_000_063));
        assert_eq!(read.at_most[..7], [2, 2, 3, 3, 3, 3, 4]);
        assert_eq!(read.at_most.last(), Some(&4), "the longest is beyond the last bound");
    }

    #[test]
    fn what_ended_before_it_began_took_no_time() {
        let latency = Latency::default();
        latency.record(UnixMillis(5_000), UnixMillis(1_000));
        assert_eq!((latency.read().at_most[0], latency.read().sum_ms), (1, 0));
    }
}
