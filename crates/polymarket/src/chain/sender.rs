//! One way to the chain for every kind of account: its own transactions, or the relayer's.

mod approvals;
mod relayed;

use domain::UnixMillis;
use ethers_core::types::{Address, H256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fees::{FeePolicy, FeeRefusal};
use super::operation::ChainOperation;
use super::rpc::{Rpc, RpcError};
use super::transactions::{
    ChainStatus, PrepareError, PreparedTransaction, Refusal, SubmitOutcome, Ticket, Transactions,
};
use crate::account::{Account, Contracts, PrivateKey};
use crate::http::Retry;
use crate::relayer::{PreparedBatch, RelayedWallet, Relayer, RelayerError};

pub use relayed::RelayedSender;

/// Something signed, to be stored before it is sent. Any number of operations are in it, and
/// either all of them happen or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prepared {
    /// A transaction of the account's own.
    Transaction(PreparedTransaction),
    /// A batch for the relayer.
    Batch(PreparedBatch),
}

impl Prepared {
    /// Of all that is ever signed with one nonce, at most one is carried out.
    #[must_use]
    pub const fn nonce(&self) -> u64 {
        match self {
            Self::Transaction(transaction) => transaction.nonce,
            Self::Batch(batch) => batch.nonce,
        }
    }
    /// Its name, known before it is sent: a transaction's hash, or what was signed of a batch.
    #[must_use]
    pub const fn name(&self) -> H256 {
        match self {
            Self::Transaction(transaction) => transaction.hash,
            Self::Batch(batch) => batch.digest,
        }
    }
}

/// Node or relayer cannot be asked, or not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SenderError {
    /// The node.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// The relayer.
    #[error(transparent)]
    Relayer(#[from] RelayerError),
    /// It must not or cannot be done now; nothing was sent.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was prepared belongs to the other kind of account.
    #[error("this was prepared for another kind of account")]
    OtherKind,
}

impl SenderError {
    /// Whether asking the same again makes sense. A refusal may pass where the world can change:
    /// gas becomes cheaper, a node learns of what was settled, a contract works again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Rpc(error) => error.retry(),
            Self::Relayer(error) => error.retry(),
            Self::Refused(
                Refusal::Fee(FeeRefusal::AboveCap { .. })
                | Refusal::Missing(_)
                | Refusal::WouldRevert(_)
                | Refusal::NotEnoughGasMoney { .. },
            ) => Retry::Backoff,
            Self::Refused(_) | Self::OtherKind => Retry::Never,
        }
    }
}

impl From<PrepareError> for SenderError {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Rpc(error) => Self::Rpc(error),
            PrepareError::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

/// Sends an account's operations. Stays on its arbiter.
#[derive(Clone, Debug)]
pub enum ChainSender {
    /// The account pays its own gas (signature type 0).
    Direct(Box<Transactions>),
    /// The account is a wallet that the relayer serves (signature types 1 to 3).
    Relayed(Box<RelayedSender>),
}

impl ChainSender {
    /// The sender that fits an account: its own transactions for the key's own account, the
    /// relayer for every other.
    ///
    /// # Errors
    /// The key is another account's, or a wallet needs the relayer and there is none.
    pub fn for_account(
        account: &Account,
        key: PrivateKey,
        rpc: Rpc,
        relayer: Option<Relayer>,
        contracts: Contracts,
        policy: FeePolicy,
    ) -> Result<Self, Refusal> {
        if key.address() != account.signer() {
            return Err(Refusal::Unsupported("the key belongs to another account"));
        }
        let Some(kind) = RelayedWallet::of(account.kind()) else {
            let transactions = Transactions::new(rpc, key, contracts, policy);
            return Ok(Self::Direct(Box::new(transactions)));
        };
        let relayer = relayer.ok_or(Refusal::Unsupported(
            "this wallet is moved by the venue's relayer: a relayer key is needed",
        ))?;
        let wallet = account.funder();
        let sender = RelayedSender { relayer, rpc, key, wallet, kind, contracts };
        Ok(Self::Relayed(Box::new(sender)))
    }
    /// The account whose money moves.
    #[must_use]
    pub fn account(&self) -> Address {
        match self {
            Self::Direct(transactions) => transactions.account(),
            Self::Relayed(sender) => sender.wallet,
        }
    }
    /// The node.
    #[must_use]
    pub const fn rpc(&self) -> &Rpc {
        match self {
            Self::Direct(transactions) => transactions.rpc(),
            Self::Relayed(sender) => &sender.rpc,
        }
    }
    /// Where everything is.
    #[must_use]
    pub const fn contracts(&self) -> &Contracts {
        match self {
            Self::Direct(transactions) => transactions.contracts(),
            Self::Relayed(sender) => &sender.contracts,
        }
    }
    /// The next nonce that is free as far as node or relayer know.
    ///
    /// # Errors
    /// See [`SenderError`].
    pub async fn next_nonce(&self) -> Result<u64, SenderError> {
        match self {
            Self::Direct(transactions) => Ok(transactions.next_nonce().await?),
            Self::Relayed(sender) => Ok(sender.params().await?.nonce),
        }
    }
    /// Checks and signs, and sends nothing. A transaction carries exactly one operation; a batch
    /// any number, in their order.
    ///
    /// # Errors
    /// [`SenderError::Refused`] says what is missing or who would refuse.
    pub async fn prepare(
        &self,
        operations: &[ChainOperation],
        nonce: u64,
        now: UnixMillis,
    ) -> Result<Prepared, SenderError> {
        match self {
            Self::Direct(transactions) => {
                let [operation] = operations else {
                    return Err(Refusal::NotOne(operations.len()).into());
                };
                let prepared = transactions.prepare(operation, nonce).await?;
                Ok(Prepared::Transaction(prepared))
            }
            Self::Relayed(sender) => {
                sender.prepare(operations, nonce, now).await.map(Prepared::Batch)
            }
        }
    }
    /// Sends the bytes as they are, once.
    pub async fn submit(&self, prepared: &Prepared, now: UnixMillis) -> SubmitOutcome {
        match (self, prepared) {
            (Self::Direct(transactions), Prepared::Transaction(transaction)) => {
                transactions.submit(transaction).await
            }
            (Self::Relayed(sender), Prepared::Batch(batch)) => {
                sender.relayer.submit(batch, seconds(now)).await
            }
            _ => SubmitOutcome::NotSent {
                why: crate::http::Excerpt::of(SenderError::OtherKind.to_string().as_bytes()),
            },
        }
    }
    /// What became of `attempts`, all that was ever signed with one nonce. `tickets` are those
    /// that submitting gave; where one was lost, the batch is looked for by its nonce. Mined is
    /// not final before `confirmations_min` blocks hold it.
    ///
    /// # Errors
    /// See [`SenderError`].
    pub async fn status(
        &self,
        attempts: &[Prepared],
        tickets: &[Ticket],
        confirmations_min: u64,
        now: UnixMillis,
    ) -> Result<ChainStatus, SenderError> {
        match self {
            Self::Direct(transactions) => {
                let own = attempts.iter().map(|attempt| match attempt {
                    Prepared::Transaction(transaction) => Ok(transaction.clone()),
                    Prepared::Batch(_) => Err(SenderError::OtherKind),
                });
                let own: Vec<_> = own.collect::<Result<_, _>>()?;
                Ok(transactions.status(&own, confirmations_min).await?)
            }
            Self::Relayed(sender) => {
                let own = attempts.iter().map(|attempt| match attempt {
                    Prepared::Batch(batch) => Ok(batch),
                    Prepared::Transaction(_) => Err(SenderError::OtherKind),
                });
                let own: Vec<_> = own.collect::<Result<_, _>>()?;
                sender.status(&own, tickets, confirmations_min, now).await
            }
        }
    }
    /// The same with the same nonce, for more gas. The relayer's batches need none: it pays.
    ///
    /// # Errors
    /// The fee would pass the cap; see [`SenderError`].
    pub async fn replacement(&self, stuck: &Prepared) -> Result<Prepared, SenderError> {
        match (self, stuck) {
            (Self::Direct(transactions), Prepared::Transaction(stuck)) => {
                Ok(Prepared::Transaction(transactions.replacement(stuck).await?))
            }
            (Self::Relayed(_), Prepared::Batch(_)) => {
                Err(Refusal::Unsupported("the relayer prices and replaces its own").into())
            }
            _ => Err(SenderError::OtherKind),
        }
    }
}

const fn seconds(now: UnixMillis) -> i64 {
    now.0.div_euclid(1_000)
}
