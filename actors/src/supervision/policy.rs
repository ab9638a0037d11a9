//! The choices a child or supervisor specification offers.

use std::time::Duration;

use actix_rt::ArbiterHandle;

/// When a child that ended is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// Always.
    Permanent,
    /// After an abnormal end only, see [`ExitReason::is_abnormal`](super::ExitReason::is_abnormal).
    Transient,
    /// Never, not even when its siblings restart as a group.
    Temporary,
}

/// How a child is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// Dropped at once, without hooks.
    Brutal,
    /// Stops after the message at hand; what is queued is discarded and counted. Killed after the
    /// given time.
    Stop(Duration),
    /// Refuses new messages, handles what is queued, then stops. Killed after the given time.
    Drain(Duration),
    /// Never killed by its supervisor: for supervisors, whose own children have their times. The
    /// bound is that of the whole shutdown.
    Infinity,
}

/// The delay before a restart: `base` doubled with every attempt in a row, up to `max`, shortened
/// by a random part. Attempts count from 1 again after the child stayed up for `reset_after`.
///
/// A back-off so long that the intensity is never exceeded means that the child never escalates:
/// right for a child that leans on the outside world, wrong for a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Delay before the first restart; zero restarts at once, always.
    pub base: Duration,
    /// Longest delay.
    pub max: Duration,
    /// Largest part of the delay that chance may take away, in thousandths (0 to 1000).
    pub jitter_permille: u16,
    /// Time up after which the attempts start from 1; zero never resets them.
    pub reset_after: Duration,
}

impl Backoff {
    /// Restart at once.
    pub const NONE: Backoff = Backoff {
        base: Duration::ZERO,
        max: Duration::ZERO,
        jitter_permille: 0,
        reset_after: Duration::ZERO,
    };

    /// Doubling from `base` to `max`, up to 30% off by chance, reset after twice `max`.
    pub const fn exponential(base: Duration, max: Duration) -> Self {
        Backoff { base, max, jitter_permille: 300, reset_after: max.saturating_mul(2) }
    }

    /// The delay before restart number `attempt` (from 1), with `random` as the source of chance.
    pub fn delay(&self, attempt: u32, random: u64) -> Duration {
        let doublings = attempt.clamp(1, 31) - 1;
        let full = self.base.saturating_mul(1 << doublings).min(self.max);
        let off_permille = random % (u64::from(self.jitter_permille.min(1000)) + 1);
        let nanos = full.as_nanos() * u128::from(1000 - off_permille) / 1000;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// Stuck detection: an actor is asked for a sign of life and gives it whenever it gets to run and
/// is not inside `ctx.wait`. So both a blocked thread and an endless wait are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liveness {
    /// Pause between an answer and the next question.
    pub every: Duration,
    /// Longest time to the answer.
    pub deadline: Duration,
}

/// The thread a child runs on.
#[derive(Clone, Debug)]
pub enum Placement {
    /// Its supervisor's.
    Inherit,
    /// One of its own, kept over restarts and replaced if it gets stuck.
    Dedicated,
    /// A given one.
    On(ArbiterHandle),
}

/// Who is restarted when a child ends that is to be restarted. Groups stop in reverse start order
/// and start in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// That child.
    OneForOne,
    /// All children.
    OneForAll,
    /// That child and those started after it.
    RestForOne,
}

impl Strategy {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Strategy::OneForOne => "one_for_one",
            Strategy::OneForAll => "one_for_all",
            Strategy::RestForOne => "rest_for_one",
        }
    }
}

/// More than `max` restarts `within` this time: the supervisor gives up, stops its children in
/// order and ends abnormally, which its own supervisor counts as one end. Levels multiply: 3 below
/// 2 makes (3+1)(2+1) = 12 starts before the top gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intensity {
    /// Restarts that are tolerated.
    pub max: usize,
    /// The sliding window they are counted in.
    pub within: Duration,
}

impl Default for Intensity {
    fn default() -> Self {
        Intensity { max: 3, within: Duration::from_secs(10) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn back_off_doubles_up_to_its_maximum() {
        let backoff =
            Backoff { base: MS(100), max: MS(1000), jitter_permille: 500, reset_after: MS(1) };
        let delays: Vec<u128> = (1..=6).map(|n| backoff.delay(n, 0).as_millis()).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(backoff.delay(u32::MAX, 0), MS(1000));
        assert_eq!(Backoff::NONE.delay(9, 77), Duration::ZERO);
    }

    #[test]
    fn jitter_only_shortens_and_reaches_both_ends() {
        let backoff =
            Backoff { base: MS(100), max: MS(1000), jitter_permille: 500, reset_after: MS(1) };
        let delays: Vec<Duration> = (0..5000).map(|random| backoff.delay(3, random)).collect();
        assert_eq!(delays.iter().min(), Some(&MS(200)));
        assert_eq!(delays.iter().max(), Some(&MS(400)));
        let wild = Backoff { jitter_permille: u16::MAX, ..backoff };
        assert_eq!(wild.delay(1, 1000), Duration::ZERO);
    }
}
