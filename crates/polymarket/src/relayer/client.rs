//! Talking to the relayer.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use ethers_core::types::{Address, Bytes, H256};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use thiserror::Error;
use tokio::time::sleep;

use super::answers;
use super::batch::{PreparedBatch, RelayedWallet, text};
use super::credentials::RelayerCredentials;
use crate::account::Contracts;
use crate::chain::SubmitOutcome;
use crate::chain::exchange::{Answer, Ask, Exchange};
use crate::chain::rpc::ExchangeError;
use crate::http::{Backoff, Excerpt, Retry, Settings, VenueError};

const SUBMIT: &str = "/submit";
/// The relayer takes 25 submissions a minute: 5 at once and one every 3 seconds are never more.
const SUBMISSIONS_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);
const SUBMISSION_EVERY: Duration = Duration::from_secs(3);

/// A question to the relayer failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RelayerError {
    /// No whole answer came.
    #[error("the relayer: {0}")]
    Exchange(#[from] ExchangeError),
    /// It refused to answer.
    #[error("the relayer answered {code}: {excerpt}")]
    Status {
        /// The HTTP status.
        code: u16,
        /// The beginning of the body.
        excerpt: Excerpt,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The answer is whole, but not what was asked for.
    #[error("cannot read the relayer's {what}: {why}")]
    Decode {
        /// What was being read.
        what: &'static str,
        /// What the parser said.
        why: Excerpt,
    },
}

impl RelayerError {
    /// Whether asking the same again makes sense.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Exchange(error) => error.retry(),
            Self::Status { code: 408 | 425 | 429 | 500..=599, retry_after, .. } => {
                retry_after.map_or(Retry::Backoff, Retry::After)
            }
            Self::Status { .. } | Self::Decode { .. } => Retry::Never,
        }
    }
}

/// What a wallet's next batch must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// The address that goes with it: for a proxy, the relay that will carry it.
    pub address: Address,
    /// The wallet's next nonce.
    pub nonce: u64,
}

/// How far the relayer is with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayedState {
    /// Taken.
    New,
    /// Sent to the chain.
    Executed,
    /// In a block.
    Mined,
    /// In a block that is deep enough for the relayer.
    Confirmed,
    /// Tried in vain.
    Failed,
    /// Not tried.
    Invalid,
    /// A word that is not in the documents.
    Other,
}

/// A transaction as the relayer tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayedTransaction {
    /// The relayer's name for it.
    pub id: String,
    /// How far it is.
    pub state: RelayedState,
    /// Its hash, once it has one.
    pub hash: Option<H256>,
    /// The nonce that it used, where it is told.
    pub nonce: Option<u64>,
    /// Its kind in the relayer's words, where it is told.
    pub kind: Option<String>,
    /// The wallet's owner, where it is told.
    pub from: Option<Address>,
    /// What its owner signed it with, where it is told: the name of the very batch.
    pub signature: Option<Bytes>,
    /// Why it failed, where it is told.
    pub error: Option<String>,
}

/// A client of one arbiter.
#[derive(Clone)]
pub struct Relayer {
    exchange: Exchange,
    base: String,
    credentials: RelayerCredentials,
    retries: Backoff,
    wait_max: Duration,
    submissions: Arc<DefaultDirectRateLimiter>,
}

impl std::fmt::Debug for Relayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relayer").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Relayer {
    /// A client of the relayer at `base` (no slash at the end) with the proxy, time-outs, body
    /// limit and retries of `settings`. Nothing is opened yet.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn new(
        settings: &Settings,
        base: &str,
        credentials: RelayerCredentials,
    ) -> Result<Self, VenueError> {
        let quota = Quota::with_period(SUBMISSION_EVERY)
            .unwrap_or(Quota::per_minute(NonZeroU32::MIN))
            .allow_burst(SUBMISSIONS_AT_ONCE);
        Ok(Self {
            exchange: Exchange::new(settings)?,
            base: base.to_owned(),
            credentials,
            retries: settings.retries,
            wait_max: settings.wait_max,
            submissions: Arc::new(RateLimiter::direct(quota)),
        })
    }

    /// The wallet's next nonce, as the relayer sees it.
    ///
    /// # Errors
    /// See [`RelayerError`].
    pub async fn params(
        &self,
        kind: RelayedWallet,
        owner: Address,
    ) -> Result<Params, RelayerError> {
        let path = match kind {
            RelayedWallet::Deposit | RelayedWallet::Safe => "/v1/account/transactions/params",
            RelayedWallet::Proxy => "/relay-payload",
        };
        let query = format!("address={}&type={}", text(owner), kind.transaction_type());
        let answer = self.get(path, &query, Access::Open).await?;
        let wire: WireParams = answers::read(&answer, "nonce")?;
        let nonce = wire.nonce.parse().map_err(|_| RelayerError::Decode {
            what: "nonce",
            why: Excerpt::of(wire.nonce.as_bytes()),
        })?;
        Ok(Params { address: wire.address, nonce })
    }

    /// Sends the bytes as they are, once. `unix_seconds` is the present time.
    pub async fn submit(&self, batch: &PreparedBatch, unix_seconds: i64) -> SubmitOutcome {
        self.send(batch.body.clone(), batch.nonce, unix_seconds).await
    }

    /// Has the deposit wallet of `owner` made. Asking twice makes one.
    pub async fn create_wallet(
        &self,
        contracts: &Contracts,
        owner: Address,
        unix_seconds: i64,
    ) -> SubmitOutcome {
        let body = serde_json::json!({
            "type": "WALLET-CREATE",
            "from": text(owner),
            "to": text(contracts.wallets.deposit_factory),
            "metadata": "",
        });
        self.send(body.to_string(), 0, unix_seconds).await
    }

    async fn send(&self, body: String, nonce: u64, unix_seconds: i64) -> SubmitOutcome {
        if let Err(wait) = self.submissions.check() {
            let after = wait.wait_time_from(DefaultClock::default().now());
            return SubmitOutcome::Later { after: Some(after) };
        }
        let headers = self.credentials.headers("POST", SUBMIT, body.as_bytes(), unix_seconds);
        let url = format!("{}{SUBMIT}", self.base);
        let ask = Ask { url: &url, headers: &headers, json: Some(body.into()) };
        match self.exchange.ask(&ask).await {
            Ok(answer) => answers::outcome(&answer, nonce),
            Err(error) => {
                let why = Excerpt::of(error.to_string().as_bytes());
                SubmitOutcome::of_failure(error.outcome(), why)
            }
        }
    }

    /// A transaction by the relayer's name for it; `None` where it knows none.
    ///
    /// # Errors
    /// See [`RelayerError`].
    pub async fn transaction(&self, id: &str) -> Result<Option<RelayedTransaction>, RelayerError> {
        let query = format!("id={}", crate::http::escape(id));
        let found = self.get("/transaction", &query, Access::Open).await;
        let found = match found {
            Err(RelayerError::Status { code: 404, .. }) => return Ok(None),
            found => answers::transactions(&found?)?,
        };
        Ok(found.into_iter().find(|transaction| transaction.id == id))
    }

    /// What the relayer still tells of the account's transactions, newest first. `unix_seconds`
    /// is the present time.
    ///
    /// # Errors
    /// See [`RelayerError`].
    pub async fn recent(&self, unix_seconds: i64) -> Result<Vec<RelayedTransaction>, RelayerError> {
        let answer = self.get("/transactions", "", Access::Keyed { unix_seconds }).await?;
        answers::transactions(&answer)
    }

    /// Whether a wallet has been made.
    ///
    /// # Errors
    /// See [`RelayerError`].
    pub async fn is_deployed(
        &self,
        kind: RelayedWallet,
        wallet: Address,
    ) -> Result<bool, RelayerError> {
        let query = format!("address={}&type={}", text(wallet), kind.transaction_type());
        let answer = self.get("/deployed", &query, Access::Open).await?;
        answers::read::<WireDeployed>(&answer, "wallet").map(|wire| wire.deployed)
    }

    async fn get(&self, path: &str, query: &str, access: Access) -> Result<Answer, RelayerError> {
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{}{path}{mark}{query}", self.base);
        let mut pauses = self.retries.delays();
        loop {
            let headers = match access {
                Access::Open => vec![],
                Access::Keyed { unix_seconds } => {
                    self.credentials.headers("GET", path, b"", unix_seconds)
                }
            };
            let ask = Ask { url: &url, headers: &headers, json: None };
            let error = match self.exchange.ask(&ask).await {
                Ok(answer) if answer.status.is_success() => return Ok(answer),
                Ok(answer) => RelayerError::Status {
                    code: answer.status.as_u16(),
                    excerpt: Excerpt::of(&answer.body),
                    retry_after: answer.retry_after,
                },
                Err(error) => error.into(),
            };
            let Some(pause) = pauses.next() else { return Err(error) };
            match error.retry() {
                Retry::Never => return Err(error),
                Retry::Backoff => sleep(pause).await,
                Retry::After(wait) if wait > self.wait_max => return Err(error),
                Retry::After(wait) => sleep(wait.max(pause)).await,
            }
        }
    }
}

/// Whether a question needs our keys.
#[derive(Clone, Copy, Debug)]
enum Access {
    Open,
    Keyed { unix_seconds: i64 },
}

#[derive(Deserialize)]
struct WireParams {
    address: Address,
    nonce: String,
}

#[derive(Deserialize)]
struct WireDeployed {
    deployed: bool,
}
