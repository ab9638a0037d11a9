//! What can go wrong between a process and Redis.

use thiserror::Error;

/// Why an address is none.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "the address of Redis cannot be read; give redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT/NUMBER"
)]
pub struct UrlError;

/// Why Redis did not do what was asked.
#[derive(Debug, Error)]
pub enum RelayError {
    /// Redis or the way to it failed.
    #[error("redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// Something that lies there makes no sense.
    #[error("{what} in Redis cannot be read")]
    Unreadable {
        /// What it should be.
        what: &'static str,
    },
    /// Another process leads by now.
    #[error("another process leads by now, with a larger fence")]
    Superseded,
}
