//! Transactions of an account that pays its own gas (EIP-1559).
//!
//! Nothing is sent before it can be stored: [`Transactions::prepare`] gives nonce, hash and raw
//! bytes, [`Transactions::submit`] sends those bytes and nothing else, and
//! [`Transactions::status`] says what became of all attempts with one nonce. At most one of them
//! can ever be mined, so sending again, replacing, and starting again after a crash are safe.

mod decide;
mod prepared;

use std::time::Duration;

use ethers_core::types::{Address, H256};
use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;

use super::fees::{FeePolicy, FeeRefusal};
use super::operation::{ChainOperation, ContractCall, OperationError, Requirement, requirements};
use super::revert::RevertReason;
use super::rpc::{Depth, Receipt, ReceiptStatus, Rpc, RpcError, SendRefusal};
use crate::account::Contracts;
use crate::account::PrivateKey;
use crate::http::{Excerpt, Outcome};

pub use decide::ChainStatus;
pub(crate) use decide::mined;
pub use prepared::PreparedTransaction;

/// Why nothing was prepared. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PrepareError {
    /// The node cannot be asked.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// It must not or cannot be done now.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What speaks against an operation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It makes no sense.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// It would cost too much.
    #[error(transparent)]
    Fee(#[from] FeeRefusal),
    /// Something must be so first, and is not.
    #[error("the account lacks {0}")]
    Missing(Requirement),
    /// The contract would refuse.
    #[error("the contract would refuse: {0}")]
    WouldRevert(RevertReason),
    /// The account has too few coins for the gas.
    #[error("the gas may cost {needed} wei of POL, and the account has {available}")]
    NotEnoughGasMoney {
        /// What it may cost, in wei.
        needed: ethers_core::types::U256,
        /// What the account has, in wei.
        available: ethers_core::types::U256,
    },
    /// The node is on another chain than the contracts.
    #[error("the node is on chain {found}, the contracts are on chain {wanted}")]
    OtherChain {
        /// Ours.
        wanted: u64,
        /// The node's.
        found: u64,
    },
    /// One transaction carries one operation.
    #[error("{0} operations at once: a transaction of this account carries exactly one")]
    NotOne(usize),
    /// The account's kind of wallet cannot do it this way.
    #[error("{0}")]
    Unsupported(&'static str),
}

/// What to ask for the status of something sent with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ticket {
    /// The hash of a transaction of our own, known before it was sent.
    Hash(H256),
    /// The relayer's name for a batch, known after.
    Relayed(String),
}

/// What is known after sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// It was taken. The ticket is what to ask for its status with; store it.
    Accepted(Ticket),
    /// It had been accepted before: sending it again changed nothing.
    AlreadyKnown,
    /// The nonce is used up: ask for the status of every attempt with it.
    NonceTooLow,
    /// It was not taken, and will not be as it is.
    Refused {
        /// Why.
        reason: SendRefusal,
        /// In the words of who refused.
        text: Excerpt,
    },
    /// It was not taken this time: too many requests, or the wallet is busy, perhaps with this
    /// very batch. Ask for the status, then send the same bytes again.
    Later {
        /// How long it was asked to wait, if it was said.
        after: Option<Duration>,
    },
    /// It never left us.
    NotSent {
        /// What the system said.
        why: Excerpt,
    },
    /// It may have been accepted: ask for the status, or send the same bytes again.
    Ambiguous {
        /// What went wrong.
        why: Excerpt,
    },
}

/// Sends what one key signs, through one node. Stays on its arbiter.
#[derive(Clone, Debug)]
pub struct Transactions {
    rpc: Rpc,
    key: PrivateKey,
    contracts: Contracts,
    policy: FeePolicy,
}

impl Transactions {
    /// Nothing is asked yet.
    #[must_use]
    pub const fn new(rpc: Rpc, key: PrivateKey, contracts: Contracts, policy: FeePolicy) -> Self {
        Self { rpc, key, contracts, policy }
    }
    /// The account.
    #[must_use]
    pub fn account(&self) -> Address {
        self.key.address()
    }
    /// The node.
    #[must_use]
    pub const fn rpc(&self) -> &Rpc {
        &self.rpc
    }
    /// Where everything is.
    #[must_use]
    pub const fn contracts(&self) -> &Contracts {
        &self.contracts
    }
    /// The next nonce, with what waits in the node counted in. The caller's journal knows better
    /// what it has prepared and not yet sent.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn next_nonce(&self) -> Result<u64, RpcError> {
        self.rpc.nonce(self.account(), Depth::Pending).await
    }

    /// Checks and signs, and sends nothing.
    ///
    /// # Errors
    /// [`PrepareError::Refused`] says what is missing or who would refuse.
    pub async fn prepare(
        &self,
        operation: &ChainOperation,
        nonce: u64,
    ) -> Result<PreparedTransaction, PrepareError> {
        let call = operation.call(&self.contracts, self.account()).map_err(Refusal::from)?;
        let found = self.rpc.chain_id().await?;
        let wanted = self.contracts.chain_id;
        if found != wanted {
            return Err(Refusal::OtherChain { wanted, found }.into());
        }
        check(&self.rpc, &self.contracts, self.account(), std::slice::from_ref(operation)).await?;
        let estimate = simulate(&self.rpc, self.account(), &call).await?;
        let gas_limit = self.policy.gas_limit(estimate).map_err(Refusal::from)?;
        let (base_fee, tip) = self.market().await?;
        let fees = self.policy.offer(base_fee, tip).map_err(Refusal::from)?;
        let prepared = PreparedTransaction::sign(&self.key, wanted, nonce, call, gas_limit, fees);
        self.can_pay(&prepared).await?;
        Ok(prepared)
    }

    /// The same call with the same nonce for at least a tenth more. Store it beside the first:
    /// either may be mined.
    ///
    /// # Errors
    /// [`FeeRefusal`] where it would pass the cap; the node cannot be asked.
    pub async fn replacement(
        &self,
        stuck: &PreparedTransaction,
    ) -> Result<PreparedTransaction, PrepareError> {
        let (base_fee, tip) = self.market().await?;
        let fees = self.policy.replacement(stuck.fees, base_fee, tip).map_err(Refusal::from)?;
        let call = stuck.call.clone();
        let (nonce, gas) = (stuck.nonce, stuck.gas_limit);
        let chain = self.contracts.chain_id;
        let prepared = PreparedTransaction::sign(&self.key, chain, nonce, call, gas, fees);
        self.can_pay(&prepared).await?;
        Ok(prepared)
    }

    /// Sends the bytes as they are, once.
    pub async fn submit(&self, prepared: &PreparedTransaction) -> SubmitOutcome {
        let params = json!([prepared.raw]);
        let answer = self.rpc.once::<H256>("eth_sendRawTransaction", &params).await;
        match answer {
            Ok(hash) if hash == prepared.hash => SubmitOutcome::Accepted(Ticket::Hash(hash)),
            Ok(hash) => SubmitOutcome::Ambiguous {
                why: Excerpt::of(
                    format!("the node named another transaction: {hash:?}").as_bytes(),
                ),
            },
            Err(error) => decide::outcome(&error),
        }
    }

    /// What became of `attempts`: every transaction that was ever signed with one nonce, in any
    /// order. Mined is not final until `confirmations_min` blocks, its own included, hold it; one
    /// that has left the chain again is no longer mined.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn status(
        &self,
        attempts: &[PreparedTransaction],
        confirmations_min: u64,
    ) -> Result<ChainStatus, RpcError> {
        let Some(first) = attempts.first() else { return Ok(ChainStatus::Unknown) };
        let head = self.rpc.block_number().await?;
        for attempt in attempts {
            let Some(receipt) = self.rpc.receipt(attempt.hash).await? else { continue };
            let mined = decide::mined(&receipt, head, confirmations_min);
            return match mined {
                ChainStatus::Reverted { .. } => {
                    let reason = self.reason(attempt, &receipt).await?;
                    Ok(ChainStatus::Reverted { hash: receipt.hash, reason })
                }
                status => Ok(status),
            };
        }
        // Only a deep block proves that another transaction took the nonce: a receipt may lag.
        let deep = Depth::Block(head.saturating_sub(confirmations_min));
        if self.rpc.nonce(self.account(), deep).await? > first.nonce {
            return Ok(ChainStatus::Superseded);
        }
        for attempt in attempts {
            if self.rpc.knows(attempt.hash).await? {
                return Ok(ChainStatus::Pending);
            }
        }
        Ok(ChainStatus::Unknown)
    }

    async fn reason(
        &self,
        attempt: &PreparedTransaction,
        receipt: &Receipt,
    ) -> Result<RevertReason, RpcError> {
        debug_assert_eq!(receipt.status, ReceiptStatus::Reverted);
        let before = Depth::Block(receipt.block.saturating_sub(1));
        match self.rpc.replay(self.account(), &attempt.call, before).await {
            Err(RpcError::Reverted(reason)) => Ok(reason),
            // It would pass at the end of the block before: something in its own block made it
            // fail, or its gas ran out.
            Ok(_) => Ok(RevertReason::Unstated),
            Err(RpcError::Node { .. }) => Ok(RevertReason::Unstated),
            Err(error) => Err(error),
        }
    }

    async fn market(&self) -> Result<(u128, u128), RpcError> {
        Ok((self.rpc.head().await?.base_fee, self.rpc.suggested_tip().await?))
    }

    async fn can_pay(&self, prepared: &PreparedTransaction) -> Result<(), PrepareError> {
        let needed = prepared.cost_max_wei();
        let available = self.rpc.gas_money(self.account()).await?;
        if available < needed {
            return Err(Refusal::NotEnoughGasMoney { needed, available }.into());
        }
        Ok(())
    }
}

/// Asks whether `account` has and allows what `operations` need.
pub(crate) async fn check(
    rpc: &Rpc,
    contracts: &Contracts,
    account: Address,
    operations: &[ChainOperation],
) -> Result<(), PrepareError> {
    for requirement in requirements(operations, contracts) {
        if !rpc.meets(contracts, account, &requirement).await? {
            return Err(Refusal::Missing(requirement).into());
        }
    }
    Ok(())
}

/// The gas that a call would use, or the contract's reason to refuse it.
pub(crate) async fn simulate(
    rpc: &Rpc,
    account: Address,
    call: &ContractCall,
) -> Result<u64, PrepareError> {
    rpc.estimate_gas(account, call).await.map_err(|error| match error {
        RpcError::Reverted(reason) => Refusal::WouldRevert(reason).into(),
        error => error.into(),
    })
}

impl SubmitOutcome {
    pub(crate) fn of_failure(known: Outcome, why: Excerpt) -> Self {
        match known {
            Outcome::NotSent => Self::NotSent { why },
            Outcome::Refused | Outcome::Unknown => Self::Ambiguous { why },
        }
    }
}
