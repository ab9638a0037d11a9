//! Why a socket broke, or could not be told something.

use std::time::Duration;

use thiserror::Error;

use crate::http::{Excerpt, Retry, VenueError};

/// A socket could not be opened or is gone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SocketError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] VenueError),
    /// The venue answered with something else than a socket.
    #[error("the venue refused the socket with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The venue's answer is not how a socket begins.
    #[error("the venue does not open a socket as the standard says: {why}")]
    Handshake {
        /// What is wrong with it.
        why: Excerpt,
    },
    /// The venue said good-bye.
    #[error("the venue closed the socket (code {code:?}): {reason}")]
    Closed {
        /// Its code, if it gave one.
        code: Option<u16>,
        /// Its words, if it gave any.
        reason: Excerpt,
    },
    /// The connection ended without a good-bye.
    #[error("the socket broke: {why}")]
    Broken {
        /// What the system said.
        why: Excerpt,
    },
    /// A frame, or the parts of one, above the limit.
    #[error("a frame is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Nothing came, not even an answer to a `PING`.
    #[error("the socket was silent for {after:?}")]
    Silent {
        /// The limit.
        after: Duration,
    },
    /// The venue does not take what we send.
    #[error("the venue took nothing from us for {after:?}")]
    Stuck {
        /// The limit.
        after: Duration,
    },
    /// We closed it.
    #[error("the socket was closed on our side")]
    Finished,
    /// More assets than one connection may carry.
    #[error("one connection carries at most {limit} assets")]
    TooManyAssets {
        /// The limit.
        limit: usize,
    },
}

impl SocketError {
    /// Whether a new connection makes sense.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Connect(error) => error.retry(),
            Self::Finished | Self::TooManyAssets { .. } => Retry::Never,
            Self::Refused { .. }
            | Self::Handshake { .. }
            | Self::Closed { .. }
            | Self::Broken { .. }
            | Self::TooLarge { .. }
            | Self::Silent { .. }
            | Self::Stuck { .. } => Retry::Backoff,
        }
    }
}

/// The socket cannot be told this now. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// More assets than one connection may carry.
    #[error("one connection carries at most {limit} assets")]
    TooManyAssets {
        /// The limit.
        limit: usize,
    },
    /// Too many wishes wait to be sent.
    #[error("too many messages wait to be sent")]
    QueueFull,
    /// The socket is gone.
    #[error("the socket is gone")]
    Gone,
}
