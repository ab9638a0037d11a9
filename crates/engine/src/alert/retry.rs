//! When a message that could not be sent is tried again.

use domain::{DurationMillis, UnixMillis};

/// The pauses before the second try, the third and so on; after the last one it is a dead letter.
const PAUSES: [DurationMillis; 6] = [
    DurationMillis(2_000),
    DurationMillis(10_000),
    DurationMillis(60_000),
    DurationMillis(300_000),
    DurationMillis(1_800_000),
    DurationMillis(7_200_000),
];

/// What a failure says about trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may go better later.
    Passing,
    /// The other side said how long to wait.
    Busy(DurationMillis),
    /// It will not go better by itself.
    Final,
}

/// What comes of a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again then.
    At(UnixMillis),
    /// It is kept, and not tried again by itself.
    DeadLetter,
}

/// What comes of a try that failed at `now`, the `tries`-th one.
#[must_use]
pub fn after_failure(tries: u32, failure: Failure, now: UnixMillis) -> Next {
    let pause = usize::try_from(tries.max(1) - 1).ok().and_then(|at| PAUSES.get(at));
    match (pause, failure) {
        (None, _) | (_, Failure::Final) => Next::DeadLetter,
        (Some(pause), Failure::Passing) => Next::At(now.plus(*pause)),
        (Some(pause), Failure::Busy(wait)) => Next::At(now.plus(wait.max(*pause))),
    }
}
