//! Why a message was not delivered, or not answered.

use std::fmt;

/// The message was not queued, and comes back.
#[derive(PartialEq, Eq)]
pub enum TellError<M> {
    /// Its lane is at the limit.
    Full(M),
    /// The receiver is down and the message asks for [`WhileDown::Reject`](super::WhileDown::Reject).
    Down(M),
    /// The receiver is gone for good, or drains its queue before it goes.
    Closed(M),
}

impl<M> TellError<M> {
    /// The message that was refused.
    pub fn into_inner(self) -> M {
        match self {
            TellError::Full(message) | TellError::Down(message) | TellError::Closed(message) => {
                message
            }
        }
    }
}

impl<M> fmt::Debug for TellError<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TellError::Full(_) => "Full",
            TellError::Down(_) => "Down",
            TellError::Closed(_) => "Closed",
        })
    }
}

impl<M> fmt::Display for TellError<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TellError::Full(_) => "the receiver's queue is full",
            TellError::Down(_) => "the receiver is down",
            TellError::Closed(_) => "the receiver has stopped for good",
        })
    }
}

impl<M> std::error::Error for TellError<M> {}

/// Why a request has no answer. `Full`, `Down` and `Closed` mean that it was certainly not
/// handled; after `Timeout` and `Lost` nobody knows, so repeat idempotent requests only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Its lane is at the limit.
    #[error("the receiver's queue is full")]
    Full,
    /// The receiver is down and the message asks to be refused then.
    #[error("the receiver is down")]
    Down,
    /// The receiver is gone for good, or drains its queue before it goes.
    #[error("the receiver has stopped for good")]
    Closed,
    /// No answer within the deadline.
    #[error("no answer within the deadline")]
    Timeout,
    /// The receiver crashed on it, or the request was purged, conflated or discarded unhandled.
    #[error("the request was dropped without an answer")]
    Lost,
}

impl<M> From<TellError<M>> for AskError {
    fn from(error: TellError<M>) -> Self {
        match error {
            TellError::Full(_) => AskError::Full,
            TellError::Down(_) => AskError::Down,
            TellError::Closed(_) => AskError::Closed,
        }
    }
}
