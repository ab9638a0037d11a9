//! The relayer's way: batches of a wallet.

use domain::UnixMillis;
use ethers_core::types::{Address, Bytes};

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

/// So long after its deadline nobody is waited for any more who lags behind.
const DEADLINE_MARGIN_SECONDS: i64 = 60;

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
        // Asked first: what is carried out between the questions must look neither superseded nor
        // too late.
        let is_late = self.are_too_late(attempts, now).await?;
        let next = self.params().await?.nonce;
        let known = self.by_ticket(tickets).await?;
        let mut best = self.best(&known, confirmations_min).await?;
        if is_under_way(&best) {
            return Ok(best);
        }
        // A submission whose reply was lost has no ticket.
        let listed = self.listed(attempts, now).await?;
        let found = self.best(&listed.ours, confirmations_min).await?;
        if found != ChainStatus::Unknown {
            best = found;
        }
        if is_under_way(&best) {
            return Ok(best);
        }
        let is_used = next > first.nonce;
        Ok(match best {
            ChainStatus::Reverted { .. } if !is_used || self.kind == RelayedWallet::Proxy => best,
            _ if is_used && listed.absence == Absence::Proven => ChainStatus::Superseded,
            // Whose batch used the nonce cannot be told.
            _ if is_used => ChainStatus::Unknown,
            _ if is_late => ChainStatus::Expired,
            _ => ChainStatus::Unknown,
        })
    }

    /// Whether the chain is past the deadline of all of them. Only deposit wallets have one.
    async fn are_too_late(
        &self,
        attempts: &[&PreparedBatch],
        now: UnixMillis,
    ) -> Result<bool, SenderError> {
        let is_past = |unix_seconds: i64| {
            let with_margin = unix_seconds.saturating_sub(DEADLINE_MARGIN_SECONDS);
            attempts.iter().all(|attempt| attempt.is_expired(with_margin))
        };
        if !is_past(seconds(now)) {
            return Ok(false);
        }
        let head = self.rpc.head().await?.unix_seconds;
        Ok(is_past(i64::try_from(head).unwrap_or(i64::MAX)))
    }

    /// The best that can be said of several submissions of one batch.
    async fn best(
        &self,
        transactions: &[RelayedTransaction],
        confirmations_min: u64,
    ) -> Result<ChainStatus, SenderError> {
        let mut best = ChainStatus::Unknown;
        for transaction in transactions {
            match self.seen(transaction, confirmations_min).await? {
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
        Ok(best)
    }

    async fn by_ticket(&self, tickets: &[Ticket]) -> Result<Vec<RelayedTransaction>, SenderError> {
        let mut found = vec![];
        for ticket in tickets {
            let Ticket::Relayed(id) = ticket else { return Err(SenderError::OtherKind) };
            found.extend(self.relayer.transaction(id).await?);
        }
        Ok(found)
    }

    /// Which of the account's recent transactions are these batches.
    async fn listed(
        &self,
        attempts: &[&PreparedBatch],
        now: UnixMillis,
    ) -> Result<Listed, SenderError> {
        let recent = match self.relayer.recent(seconds(now)).await {
            Ok(recent) => recent,
            // Not every relayer offers the list, or not to every key.
            Err(RelayerError::Status { code: 401..=405, .. }) => {
                return Ok(Listed { ours: vec![], absence: Absence::Possible });
            }
            Err(error) => return Err(error.into()),
        };
        let of_wallet = recent.into_iter().filter(|one| {
            one.from == Some(self.key.address())
                && one.kind.as_deref() == Some(self.kind.transaction_type())
        });
        Ok(sift(of_wallet.collect(), attempts))
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

/// What a list tells of some batches.
#[derive(Debug)]
struct Listed {
    ours: Vec<RelayedTransaction>,
    absence: Absence,
}

/// What it means that a list does not hold a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    /// The relayer never had it: the list reaches back far enough.
    Proven,
    /// The list may be too short.
    Possible,
}

/// Picks the submissions of `attempts`, which share a nonce, out of the wallet's transactions. A
/// signature tells them from a batch of somebody else with the same nonce; where none is told, the
/// nonce must do.
fn sift(of_wallet: Vec<RelayedTransaction>, attempts: &[&PreparedBatch]) -> Listed {
    let nonce = attempts.first().map(|first| first.nonce);
    let is_attempt = |signature: &Bytes| attempts.iter().any(|one| one.signature == *signature);
    let is_ours = |one: &RelayedTransaction| {
        one.nonce == nonce && one.signature.as_ref().is_none_or(is_attempt)
    };
    let (ours, others): (Vec<_>, Vec<_>) = of_wallet.into_iter().partition(is_ours);
    let reaches_back = others.iter().any(|one| one.nonce.is_some_and(|it| Some(it) <= nonce));
    let absence = if ours.is_empty() && reaches_back { Absence::Proven } else { Absence::Possible };
    Listed { ours, absence }
}

const fn is_under_way(status: &ChainStatus) -> bool {
    matches!(
        status,
        ChainStatus::Pending | ChainStatus::Mined { .. } | ChainStatus::Confirmed { .. }
    )
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

#[cfg(test)]
mod tests {
    use ethers_core::types::H256;

    use super::*;

    fn batch(nonce: u64, signature: &[u8]) -> PreparedBatch {
        PreparedBatch {
            wallet: Address::zero(),
            kind: RelayedWallet::Deposit,
            owner: Address::zero(),
            nonce,
            digest: H256::zero(),
            deadline_unix_seconds: None,
            body: String::new(),
            signature: Bytes::from(signature.to_vec()),
        }
    }

    fn told(nonce: u64, signature: Option<&[u8]>) -> RelayedTransaction {
        RelayedTransaction {
            id: nonce.to_string(),
            state: RelayedState::Confirmed,
            hash: None,
            nonce: Some(nonce),
            kind: None,
            from: None,
            signature: signature.map(|bytes| Bytes::from(bytes.to_vec())),
            error: None,
        }
    }

    #[test]
    fn the_batch_of_somebody_else_with_our_nonce_is_not_taken_for_ours() {
        let ours = batch(4, b"ours");
        let others = sift(vec![told(5, None), told(4, Some(b"theirs"))], &[&ours]);
        assert!(others.ours.is_empty());
        assert_eq!(others.absence, Absence::Proven);
        let found = sift(vec![told(4, Some(b"theirs")), told(4, Some(b"ours"))], &[&ours]);
        assert_eq!(found.ours.len(), 1);
        assert_eq!(found.absence, Absence::Possible);
        assert_eq!(sift(vec![told(4, None)], &[&ours]).ours.len(), 1, "nothing else is told");
    }

    #[test]
    fn a_list_that_does_not_reach_back_proves_nothing() {
        let ours = batch(4, b"ours");
        assert_eq!(sift(vec![told(6, None), told(5, None)], &[&ours]).absence, Absence::Possible);
        assert_eq!(sift(vec![], &[&ours]).absence, Absence::Possible);
        assert_eq!(sift(vec![told(5, None), told(3, None)], &[&ours]).absence, Absence::Proven);
    }
}
