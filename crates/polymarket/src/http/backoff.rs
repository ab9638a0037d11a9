//! Growing, jittered pauses between attempts.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// How long to pause before each further attempt. A plain value: it neither waits nor counts.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    policy: ExponentialBuilder,
}

impl Backoff {
    /// For repeated reads: `retries` further attempts, from `first` doubling up to `max`, each
    /// with up to as much again at random.
    #[must_use]
    pub const fn bounded(first: Duration, max: Duration, retries: usize) -> Self {
        let policy = ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(first)
            .with_max_delay(max)
            .with_max_times(retries);
        Self { policy }
    }
    /// For connections that are wanted for ever: from `first` doubling up to `max`, without end.
    #[must_use]
    pub const fn endless(first: Duration, max: Duration) -> Self {
        let policy = ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(first)
            .with_max_delay(max)
            .without_max_times();
        Self { policy }
    }
    /// The policy for reconnecting sockets: 250 ms to 15 s, without end. Start it anew after a
    /// connection that delivered data.
    #[must_use]
    pub const fn reconnect() -> Self {
        Self::endless(Duration::from_millis(250), Duration::from_secs(15))
    }
    /// The pauses, in order. Each call draws its own random numbers.
    pub fn delays(&self) -> impl Iterator<Item = Duration> + use<> {
        self.policy.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_stay_within_their_bounds_and_end() {
        let (first, max) = (Duration::from_millis(100), Duration::from_secs(1));
        let delays: Vec<_> = Backoff::bounded(first, max, 6).delays().collect();
        assert_eq!(delays.len(), 6);
        assert!(delays.iter().all(|d| *d >= first && *d <= max * 2), "{delays:?}");
        assert!(delays[5] > delays[0]);
    }

    #[test]
    fn two_clients_do_not_pause_in_step() {
        let delays = |b: Backoff| b.delays().take(8).collect::<Vec<_>>();
        assert_ne!(delays(Backoff::reconnect()), delays(Backoff::reconnect()));
    }
}
