//! When the venue's engine restarts and takes no orders.

use domain::UnixMillis;
use serde::{Deserialize, Serialize};

/// A time in which orders are refused; cancellations arrive all the same, and nothing is matched
/// that was not matched before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Restart {
    /// From then on.
    pub from: UnixMillis,
    /// Before that moment.
    pub until: UnixMillis,
}

impl Restart {
    /// Whether the venue restarts at that moment.
    #[must_use]
    pub fn holds(&self, at: UnixMillis) -> bool {
        self.from <= at && at < self.until
    }
}
