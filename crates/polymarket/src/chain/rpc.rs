//! A Polygon node, asked in JSON-RPC.

mod error;
mod reads;
mod wire;

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::exchange::{Ask, Exchange};
use crate::http::{Backoff, Retry, Settings, VenueError};

pub use super::exchange::ExchangeError;
pub(crate) use error::SendAnswer;
pub use error::{RpcError, SendRefusal};
pub use reads::{BlockHead, Depth, Receipt, ReceiptStatus};

/// A node, asked from one arbiter.
#[derive(Clone)]
pub struct Rpc {
    exchange: Exchange,
    url: String,
    retries: Backoff,
    wait_max: Duration,
    next_id: Cell<u64>,
}

/// The path of an address often is its key: only the host is shown.
impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.split('/').nth(2).unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        f.debug_struct("Rpc").field("host", &host).finish_non_exhaustive()
    }
}

impl Rpc {
    /// A client of the node at `url` with the proxy, time-outs, body limit and retries of
    /// `settings`. Nothing is opened yet.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn new(settings: &Settings, url: &str) -> Result<Self, VenueError> {
        Ok(Self {
            exchange: Exchange::new(settings)?,
            url: url.to_owned(),
            retries: settings.retries,
            wait_max: settings.wait_max,
            next_id: Cell::new(1),
        })
    }

    /// Asks something that changes nothing, again where that makes sense.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, RpcError> {
        let mut pauses = self.retries.delays();
        loop {
            let error = match self.once(method, &params).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let Some(pause) = pauses.next() else { return Err(error) };
            let pause = match error.retry() {
                Retry::Never => return Err(error),
                Retry::Backoff => pause,
                Retry::After(wait) if wait > self.wait_max => return Err(error),
                Retry::After(wait) => wait.max(pause),
            };
            tracing::debug!(method, %error, ?pause, "asking the node again");
            sleep(pause).await;
        }
    }

    /// Asks exactly once.
    pub(super) async fn once<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: &Value,
    ) -> Result<T, RpcError> {
        let id = self.next_id.replace(self.next_id.get().wrapping_add(1));
        let question = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let ask = Ask { url: &self.url, headers: &[], json: Some(question.to_string().into()) };
        let answer = self.exchange.ask(&ask).await?;
        let result: Box<RawValue> = wire::result(&answer, id)?;
        serde_json::from_str(result.get())
            .map_err(|error| RpcError::decode(method, &error.to_string()))
    }
}
