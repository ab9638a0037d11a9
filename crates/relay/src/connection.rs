//! A connection to Redis.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use domain::UnixMillis;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, cmd};

use crate::error::{RelayError, UrlError};
use crate::keys::Keys;

/// Where Redis is: `redis://HOST:PORT/NUMBER`, or `rediss://` with TLS. Prints without its password.
#[derive(Clone)]
pub struct RelayUrl(String);

impl FromStr for RelayUrl {
    type Err = UrlError;
    fn from_str(text: &str) -> Result<Self, UrlError> {
        let is_ours = text.starts_with("redis://") || text.starts_with("rediss://");
        if !is_ours || text.into_connection_info().is_err() {
            return Err(UrlError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for RelayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.0.rsplit('@').next().unwrap_or_default();
        write!(f, "RelayUrl({})", place.trim_start_matches("redis://"))
    }
}

/// How to reach Redis, and whose names are used there.
#[derive(Clone, Debug)]
pub struct RelaySettings {
    /// Where it is.
    pub url: RelayUrl,
    /// Clusters of different names do not meet.
    pub namespace: String,
    /// So long may a connection or an answer take.
    pub answer_within: Duration,
}

/// One connection. Clones share it, so whoever waits for something to come needs one of its own.
#[derive(Clone)]
pub struct Relay {
    connection: MultiplexedConnection,
    keys: Keys,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({:?})", self.keys)
    }
}

impl Relay {
    /// Connects. Once it has failed a connection is of no use any more: make another.
    ///
    /// # Errors
    /// Redis does not answer, or not as Redis.
    pub async fn connect(settings: &RelaySettings) -> Result<Self, RelayError> {
        Self::connect_patiently(settings, Duration::ZERO).await
    }

    /// A connection for what waits up to `wait` for something to come.
    ///
    /// # Errors
    /// Redis does not answer, or not as Redis.
    pub async fn connect_patiently(
        settings: &RelaySettings,
        wait: Duration,
    ) -> Result<Self, RelayError> {
        let client = Client::open(settings.url.0.as_str())?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(settings.answer_within))
            .set_response_timeout(Some(settings.answer_within + wait));
        let connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        Ok(Self { connection, keys: Keys::new(&settings.namespace) })
    }

    /// The clock of Redis.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn now(&self) -> Result<UnixMillis, RelayError> {
        let (seconds, micros): (i64, i64) = cmd("TIME").query_async(&mut self.connection()).await?;
        Ok(moment(seconds, micros))
    }

    pub(crate) fn connection(&self) -> MultiplexedConnection {
        self.connection.clone()
    }
    pub(crate) const fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// What `TIME` says.
pub(crate) const fn moment(seconds: i64, micros: i64) -> UnixMillis {
    UnixMillis(seconds.saturating_mul(1_000).saturating_add(micros / 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_or_refused_and_never_prints_its_password() {
        let url: RelayUrl = "redis://me:hunter2@h:6379/1".parse().unwrap();
        assert!(!format!("{url:?}").contains("hunter2"), "{url:?}");
        for text in ["", "h:6379", "http://h", "redis://", "unix:///tmp/x"] {
            assert!(text.parse::<RelayUrl>().is_err(), "{text}");
        }
    }
}
