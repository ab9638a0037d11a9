//! What a Redis says of itself.

use std::time::{Duration, Instant};

use redis::cmd;

use crate::connection::Relay;
use crate::error::RelayError;

/// What matters of it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its version, such as `7.0.15`.
    pub version: String,
    /// What it does when its memory is full; `noeviction` throws nothing away.
    pub eviction: String,
    /// How long it took to ask.
    pub took: Duration,
}

impl Relay {
    /// Asks what it is.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn server(&self) -> Result<Server, RelayError> {
        let began = Instant::now();
        let about: String = cmd("INFO").query_async(&mut self.connection()).await?;
        let took = began.elapsed();
        let of = |name: &str| {
            let line = about.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap_or_default().trim().to_owned()
        };
        Ok(Server { version: of("redis_version"), eviction: of("maxmemory_policy"), took })
    }
}
