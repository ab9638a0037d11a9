//! Why a message did not go out.

use std::time::Duration;

use thiserror::Error;

/// Whether trying again makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It may go better later.
    Later,
    /// The other side said how long to wait.
    After(Duration),
    /// It will not go better by itself.
    Never,
}

/// A message was not sent, or nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// No connection.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time. The message may have arrived.
    #[error("it did not answer in time")]
    TimedOut,
    /// Too many messages.
    #[error("it takes no more messages for now")]
    Busy {
        /// For how long, if it said so.
        retry_after: Option<Duration>,
    },
    /// A fault on its side.
    #[error("it answered {status}: {said}")]
    Fault {
        /// The HTTP status, or the mail server's code.
        status: u16,
        /// Its words, cut.
        said: String,
    },
    /// It does not want this message: a wrong token, a chat that is none.
    #[error("it refused with {status}: {said}")]
    Refused {
        /// The HTTP status, or the mail server's code.
        status: u16,
        /// Its words, cut.
        said: String,
    },
}

impl SendError {
    /// Whether trying again makes sense.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Unreachable(_) | Self::TimedOut | Self::Fault { .. } => Retry::Later,
            Self::Busy { retry_after: None } => Retry::Later,
            Self::Busy { retry_after: Some(wait) } => Retry::After(*wait),
            Self::Refused { .. } => Retry::Never,
        }
    }
}
