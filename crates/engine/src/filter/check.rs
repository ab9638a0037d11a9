//! A reason to hide a market that no setting covers.

use std::fmt;

use domain::{Market, UnixMillis};

/// One more reason to hide a market. Pure: the same market at the same time is judged the same.
pub trait MarketCheck: fmt::Debug + Send + Sync {
    /// A stable name for programs, unlike those of [`FilterReason`](super::FilterReason).
    fn name(&self) -> &'static str;
    /// One plain sentence why the market is hidden; `None` where it may be seen.
    fn hides(&self, market: &Market, now: UnixMillis) -> Option<String>;
}
