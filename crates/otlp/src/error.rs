//! Why spans were not taken.

use std::time::Duration;

use thiserror::Error;

/// Why spans were not taken. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExportError {
    /// No answer in time.
    #[error("the collector did not answer in time")]
    TimedOut,
    /// No connection, or it broke.
    #[error("the collector cannot be reached: {0}")]
    Unreachable(String),
    /// It cannot take them now.
    #[error("the collector cannot take spans now (status {status})")]
    Busy {
        /// 429, 502, 503 or 504.
        status: u16,
        /// For how long it wants to be left alone, where it says so; at most five minutes.
        retry_after: Option<Duration>,
    },
    /// It will not take them.
    #[error("the collector refuses the spans (status {status}): {said}")]
    Refused {
        /// Any other status than 2xx; 0 where no client can be made.
        status: u16,
        /// The beginning of its words.
        said: String,
    },
}

impl ExportError {
    /// Whether the same spans may be taken later: the protocol allows no other retry.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Unreachable(_) | Self::Busy { .. })
    }
    /// For how long the collector wants to be left alone.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
