//! The relayer's way: batches of a wallet.

use domain::UnixMillis;
use ethers_core::types::Address;

use super::{SenderError, seconds};
use crate::account::Contracts;
use crate::account::PrivateKey;
use crate::chain::operation::{ChainOperation, ContractCall};
use crate::chain::revert::RevertReason;
use crate::chain::rpc::Rpc;
use crate::chain::transactions::{ChainStatus, Refusal, Ticket, check, mined, simulate};
use crate::relayer::{
    DEADLINE_SECONDS, Params, PreparedBatch, RelayedState, RelayedTransaction, RelayedWallet,
    Relayer, RelayerError,
};

/// Sends through the relayer, and looks at the chain with its own eyes.
#[derive(Clone, Debug)]
pub struct RelayedSender {
    /// Who carries the batches.
    pub relayer: Relayer,
    /// The node that is asked what has happened.
    pub rpc: Rpc,
    /// The wallet's owner.
    pub key: PrivateKey,
    /// The wallet.
    pub wallet: Address,
    /// What kind of wallet it is.
    pub kind: RelayedWallet,
    /// Where everything is.
    pub contracts: Contracts,
}

impl RelayedSender {
    pub(super) async fn params(&self) -> Result<Params, RelayerError> {
        self.relayer.params(self.kind, self.key.address()).await
    }

    pub(super) async fn prepare(
        &self,
        operations: &[ChainOperation],
        nonce: u64,
        now: UnixMillis,
    ) -> Result<PreparedBatch, SenderError> {
        if operations.is_empty() {
            return Err(Refusal::NotOne(0).into());
        }
        let (contracts, wallet) = (&self.contracts, self.wallet);
        let calls = operations.iter().map(|operation| operation.call(contracts, wallet));
        let calls: Vec<ContractCall> = calls.collect::<Result<_, _>>().map_err(Refusal::from)?;
        check(&self.rpc, contracts, wallet, operations).await?;
        // Later calls of several may need what the earlier ones do, so only one can be tried.
        let gas = match calls.as_slice() {
            [call] => Some(simulate(&self.rpc, wallet, call).await?),
            _ => None,
        };
        match self.kind {
            RelayedWallet::Deposit => {
                let deadline = seconds(now).saturating_add(DEADLINE_SECONDS);
                let deadline = u64::try_from(deadline).unwrap_or_default();
                let key = &self.key;
                Ok(PreparedBatch::for_deposit_wallet(
                    key, contracts, wallet, nonce, &calls, deadline,
                ))
            }
            RelayedWallet::Safe => {
                Ok(PreparedBatch::for_safe(&self.key, contracts, wallet, nonce, &calls))
            }
            RelayedWallet::Proxy => self.prepare_for_proxy(&calls, nonce, gas).await,
        }
    }

    async fn prepare_for_proxy(
        &self,
        calls: &[ContractCall],
        nonce: u64,
        gas: Option<u64>,
    ) -> Result<PreparedBatch, SenderError> {
        let params = Params { nonce, ..self.params().await? };
        let limit = proxy_gas_limit(calls.len(), gas);
        let (key, contracts, wallet) = (&self.key, &self.contracts, self.wallet);
        Ok(PreparedBatch::for_proxy(key, contracts, wallet, params, calls, limit)?)
    }

    pub(super) async fn status(
        &self,
        attempts: &[&PreparedBatch],
        tickets: &[Ticket],
        confirmations_min: u64,
        now: UnixMillis,
    ) -> Result<ChainStatus, SenderError> {
        let Some(first) = attempts.first() else { return Ok(ChainStatus::Unknown) };
        // Asked first: what is carried out between the two questions must not look superseded.
        let next = self.params().await?.nonce;
        let mut best = ChainStatus::Unknown;
        for transaction in self.find(first.nonce, tickets, now).await? {
            match self.seen(&transaction, confirmations_min).await? {
                status @ (ChainStatus::Mined { .. } | ChainStatus::Confirmed { .. }) => {
                    return Ok(status);
                }
                // One that failed leaves the nonce free, so another attempt may still pass.
                status @ ChainStatus::Reverted { .. } if best == ChainStatus::Unknown => {
                    best = status;
                }
                ChainStatus::Pending => best = ChainStatus::Pending,
                _ => {}
            }
        }
        match best {
            ChainStatus::Unknown if next > first.nonce => Ok(ChainStatus::Superseded),
            best => Ok(best),
        }
    }

    /// What the relayer tells of the batches with this nonce: by ticket, or where none is known,
    /// among the account's recent ones.
    async fn find(
        &self,
        nonce: u64,
        tickets: &[Ticket],
        now: UnixMillis,
    ) -> Result<Vec<RelayedTransaction>, SenderError> {
        let mut found = vec![];
        for ticket in tickets {
            let Ticket::Relayed(id) = ticket else { return Err(SenderError::OtherKind) };
            found.extend(self.relayer.transaction(id).await?);
        }
        if !found.is_empty() {
            return Ok(found);
        }
        match self.relayer.recent(seconds(now)).await {
            Ok(recent) => Ok(recent.into_iter().filter(|one| self.is_ours(one, nonce)).collect()),
            // Not every relayer offers the list, or not to every key.
            Err(RelayerError::Status { code: 401..=405, .. }) => Ok(vec![]),
            Err(error) => Err(error.into()),
        }
    }

    fn is_ours(&self, transaction: &RelayedTransaction, nonce: u64) -> bool {
        transaction.nonce == Some(nonce)
            && transaction.from == Some(self.key.address())
            && transaction.kind.as_deref() == Some(self.kind.transaction_type())
    }

    /// What the chain says of it; the relayer's word is only taken for what is not on the chain.
    async fn seen(
        &self,
        transaction: &RelayedTransaction,
        confirmations_min: u64,
    ) -> Result<ChainStatus, SenderError> {
        if let Some(hash) = transaction.hash {
            let head = self.rpc.block_number().await?;
            if let Some(receipt) = self.rpc.receipt(hash).await? {
                return Ok(match mined(&receipt, head, confirmations_min) {
                    ChainStatus::Reverted { hash, .. } => {
                        ChainStatus::Reverted { hash, reason: stated(transaction) }
                    }
                    status => status,
                });
            }
        }
        Ok(match transaction.state {
            RelayedState::Failed | RelayedState::Invalid => ChainStatus::Reverted {
                hash: transaction.hash.unwrap_or_default(),
                reason: stated(transaction),
            },
            // Mined or confirmed without a receipt: our node lags, or its block was dropped.
            _ => ChainStatus::Pending,
        })
    }
}

fn stated(transaction: &RelayedTransaction) -> RevertReason {
    transaction.error.as_deref().map_or(RevertReason::Unstated, RevertReason::of_text)
}

/// Ten calls of the dearest kind fit; an estimate of the one call gets room for its way there.
fn proxy_gas_limit(calls: usize, estimate: Option<u64>) -> u64 {
    const OF_ONE_CALL: u64 = 1_000_000;
    const OF_THE_WAY: u64 = 200_000;
    let calls = u64::try_from(calls).unwrap_or(u64::MAX);
    let of_calls = estimate.unwrap_or(OF_ONE_CALL.saturating_mul(calls));
    of_calls.saturating_add(of_calls / 5).saturating_add(OF_THE_WAY)
}
