//! What can keep the simulated venue from starting.

use std::io;

use thiserror::Error;

/// Why the venue did not start or stop.
#[derive(Debug, Error)]
pub enum SimError {
    /// The port is taken or may not be used. Choose another, or 0 for any free one.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// A thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// The catalogue file cannot be read.
    #[error("cannot read the catalogue {path}: {source}")]
    Catalogue {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The catalogue file holds no usable market.
    #[error("the catalogue {0} holds no market with two token ids")]
    EmptyCatalogue(String),
    /// A fault names a market that is not there, or of a kind it cannot befall.
    #[error("no market for this fault: {0}")]
    NoSuchMarket(String),
    /// More accounts than a simulator serves.
    #[error("there are too many accounts")]
    TooManyAccounts,
    /// The venue has stopped.
    #[error("the venue has stopped")]
    Stopped,
}
