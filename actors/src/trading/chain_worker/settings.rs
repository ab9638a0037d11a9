//! How transactions are carried out, and with what.

use std::fmt;
use std::time::Duration;

use polymarket::account::{Account, Contracts, PrivateKey};
use polymarket::chain::{ChainSender, FeePolicy, Refusal, Rpc};
use polymarket::http::{Backoff, Settings as HttpSettings, VenueError};
use polymarket::relayer::{Relayer, RelayerCredentials};
use thiserror::Error;

/// How transactions are carried out.
#[derive(Clone, Debug)]
pub struct ChainWorkerSettings {
    /// Blocks that must hold a transaction, its own included, before it counts as final. Default 5.
    pub confirmations_min: u64,
    /// The first look at a transaction comes so long after it was sent; each further one after twice
    /// the time. Default 1 s.
    pub look_first: Duration,
    /// The longest time between two looks. Default 5 s.
    pub look_max: Duration,
    /// The same bytes are sent again no sooner than this, and only where nobody tells of them.
    /// Default 4 s.
    pub send_again_after: Duration,
    /// A transaction of our own that is in no block after so long is signed again for more gas.
    /// Default 60 s.
    pub replace_after: Duration,
    /// How often one transaction is signed, at most. Default 6.
    pub attempts_max: usize,
    /// Pauses between attempts to prepare, and how many. Default from 500 ms to 5 s, 8 times.
    pub prepare_retries: Backoff,
    /// Between two questions whether markets in which something is held are resolved. Default 60 s.
    pub resolution_interval: Duration,
    /// Markets that are asked for in one round, at most; the others come in the next. Default 50.
    pub resolutions_per_round_max: usize,
}

impl Default for ChainWorkerSettings {
    fn default() -> Self {
        Self {
            confirmations_min: 5,
            look_first: Duration::from_secs(1),
            look_max: Duration::from_secs(5),
            send_again_after: Duration::from_secs(4),
            replace_after: Duration::from_secs(60),
            attempts_max: 6,
            prepare_retries: Backoff::bounded(
                Duration::from_millis(500),
                Duration::from_secs(5),
                8,
            ),
            resolution_interval: Duration::from_secs(60),
            resolutions_per_round_max: 50,
        }
    }
}

/// The relayer, for wallets that it serves.
#[derive(Clone, Debug)]
pub struct RelayerAccess {
    /// Its address, without a slash at the end.
    pub base: String,
    /// The keys for it. Never printed.
    pub credentials: RelayerCredentials,
}

/// Everything that is needed to reach the chain for one account. A plain value: each incarnation of
/// the worker opens its own connections with it.
#[derive(Clone)]
pub struct ChainAccess {
    /// Signs. Never printed.
    pub key: PrivateKey,
    /// Whose money is moved.
    pub account: Account,
    /// Where everything is.
    pub contracts: Contracts,
    /// The address of a node; it may hold a key.
    pub rpc_url: String,
    /// The relayer; `None` for an account that pays its own gas.
    pub relayer: Option<RelayerAccess>,
    /// Time-outs, proxy and retries.
    pub http: HttpSettings,
    /// What may be paid for gas.
    pub fees: FeePolicy,
}

/// Why the chain cannot be reached at all.
#[derive(Debug, Error)]
pub enum ChainAccessError {
    /// The TLS library cannot be set up.
    #[error(transparent)]
    Http(#[from] VenueError),
    /// Key, wallet and relayer do not fit.
    #[error(transparent)]
    Account(#[from] Refusal),
}

impl fmt::Debug for ChainAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainAccess").field("account", &self.account).finish_non_exhaustive()
    }
}

impl ChainAccess {
    /// Opens nothing yet, but is ready to.
    ///
    /// # Errors
    /// See [`ChainAccessError`].
    pub fn connect(&self) -> Result<ChainSender, ChainAccessError> {
        let rpc = Rpc::new(&self.http, &self.rpc_url)?;
        let relayer = self.relayer.as_ref().map(|RelayerAccess { base, credentials }| {
            Relayer::new(&self.http, base, credentials.clone())
        });
        let (key, contracts) = (self.key.clone(), self.contracts.clone());
        let relayer = relayer.transpose()?;
        Ok(ChainSender::for_account(&self.account, key, rpc, relayer, contracts, self.fees)?)
    }
}
