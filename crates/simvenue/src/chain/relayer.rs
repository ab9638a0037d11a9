//! The relayer: takes batches that owners signed and sees them through.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use domain::UnixMillis;
use ethers_core::types::{H256, U256};
use thiserror::Error;

use super::contracts::DEPOSIT_WALLET_FACTORY;
use super::transactions::{Action, GasTerms, Sent};
use super::wallets::{Batch, DepositWallet};
use super::{CONFIRMATIONS, Chain};
use crate::chaos::RateLimits;
use crate::custody::Address;
use crate::exchange::{WalletKind, wallet_address};

/// The account that pays for everybody's gas.
pub(super) const RELAYER: Address = ethers_core::types::H160([0x4E; 20]);
/// Submissions per key and minute.
const SUBMISSIONS_MAX: usize = 25;
const MINUTE_MS: i64 = 60_000;
/// Seconds from now that a batch may stay valid.
const DEADLINE_SECONDS_MAX: u64 = 3_600;
/// Calls in one batch.
const CALLS_MAX: usize = 50;
/// Transactions beyond this many are forgotten, the oldest first.
const REMEMBERED_MAX: usize = 20_000;

/// What an account needs to have its transactions paid for.
#[derive(Clone, PartialEq, Eq)]
pub struct RelayerAccount {
    /// The account that trades: the Deposit Wallet, or the owner itself.
    pub wallet: [u8; 20],
    /// For the header `RELAYER_API_KEY`; `RELAYER_API_KEY_ADDRESS` is the owner.
    pub api_key: String,
}

impl fmt::Debug for RelayerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wallet = hex::encode(self.wallet);
        f.debug_struct("RelayerAccount").field("wallet", &wallet).finish_non_exhaustive()
    }
}

/// Who asks, as the headers state it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication<'a> {
    /// `RELAYER_API_KEY` and `RELAYER_API_KEY_ADDRESS`.
    Relayer { key: &'a str, owner: Address },
    /// `POLY_BUILDER_API_KEY`, with the three other headers present.
    Builder { key: &'a str },
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) enum Request {
    /// Create the wallet of an owner.
    Create { owner: Address },
    /// Have a wallet make calls.
    Batch { owner: Address, batch: Batch, signature: Vec<u8> },
}

/// Why the relayer took nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum RequestError {
    #[error("invalid authorization")]
    Unauthorized,
    #[error("quota exceeded: at most {SUBMISSIONS_MAX} submissions per minute")]
    TooMany,
    #[error("wallet already deployed")]
    AlreadyDeployed,
    #[error("wallet is not deployed")]
    NotDeployed,
    #[error("wallet does not belong to the from address")]
    NotTheOwner,
    #[error("invalid signature")]
    Signature,
    #[error("a batch holds 1 to {CALLS_MAX} calls")]
    Calls,
    #[error("deadline has passed")]
    DeadlinePassed,
    #[error("deadline is more than {DEADLINE_SECONDS_MAX} seconds ahead")]
    DeadlineTooFar,
    #[error("wallet busy: {0:?} has an active action")]
    Busy(Address),
    #[error("batch nonce {signed} does not match on-chain nonce {on_chain}")]
    Nonce { signed: U256, on_chain: u64 },
}

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    New,
    Executed,
    Mined,
    Confirmed,
    /// Reverted, for good.
    Failed,
}

impl Stage {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::New => "STATE_NEW",
            Self::Executed => "STATE_EXECUTED",
            Self::Mined => "STATE_MINED",
            Self::Confirmed => "STATE_CONFIRMED",
            Self::Failed => "STATE_FAILED",
        }
    }
    const fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Failed)
    }
}

/// A transaction, as the relayer tells of it.
#[derive(Clone, Debug)]
pub(crate) struct Relayed {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) owner: Address,
    pub(crate) wallet: Address,
    pub(crate) nonce: Option<U256>,
    pub(crate) signature: Vec<u8>,
    pub(crate) stage: Stage,
    /// `None` until it is on its way to a block.
    pub(crate) hash: Option<H256>,
    pub(crate) failure: Option<String>,
    pub(crate) created: UnixMillis,
    pub(crate) updated: UnixMillis,
    due_ms: i64,
    sent: Sent,
}

/// The relayer's own state.
#[derive(Debug)]
pub(super) struct Relayer {
    seed: u64,
    limits: RateLimits,
    keys: HashMap<Address, String>,
    asked: HashMap<String, VecDeque<i64>>,
    relayed: HashMap<String, Relayed>,
    order: VecDeque<String>,
    /// Those whose end is still open.
    active: Vec<String>,
    count: u64,
}

impl Relayer {
    pub(super) fn new(seed: u64, limits: RateLimits) -> Self {
        Self {
            seed,
            limits,
            keys: HashMap::new(),
            asked: HashMap::new(),
            relayed: HashMap::new(),
            order: VecDeque::new(),
            active: Vec::new(),
            count: 0,
        }
    }
    /// The owner's key, made where there is none.
    pub(super) fn key_of(&mut self, owner: Address) -> String {
        let text = format!("{} relayer key {owner:?}", self.seed);
        let make = || uuid(&ethers_core::utils::keccak256(text));
        self.keys.entry(owner).or_insert_with(make).clone()
    }
    fn admits(&self, who: Authentication<'_>) -> Option<String> {
        let found = match who {
            Authentication::Relayer { key, owner } => {
                self.keys.get(&owner).filter(|known| *known == key)
            }
            Authentication::Builder { key } => self.keys.values().find(|known| *known == key),
        };
        found.cloned()
    }
    fn is_within_quota(&mut self, key: String, now_ms: i64) -> bool {
        if self.limits == RateLimits::Off {
            return true;
        }
        let asked = self.asked.entry(key).or_default();
        while asked.front().is_some_and(|at| *at <= now_ms - MINUTE_MS) {
            asked.pop_front();
        }
        let within = asked.len() < SUBMISSIONS_MAX;
        if within {
            asked.push_back(now_ms);
        }
        within
    }
    fn is_busy(&self, wallet: Address) -> bool {
        let under_way = |relayed: &Relayed| {
            relayed.wallet == wallet && matches!(relayed.stage, Stage::New | Stage::Executed)
        };
        self.active.iter().filter_map(|id| self.relayed.get(id)).any(under_way)
    }
    fn remember(&mut self, relayed: Relayed) {
        if self.order.len() == REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.relayed.remove(&oldest);
            self.active.retain(|id| *id != oldest);
        }
        self.order.push_back(relayed.id.clone());
        self.active.push(relayed.id.clone());
        self.relayed.insert(relayed.id.clone(), relayed);
    }
}

fn uuid(bytes: &[u8; 32]) -> String {
    let digits = hex::encode(bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let (a, b, c, d, e) = (part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30));
    format!("{a}-{b}-7{c}-a{d}-{e}")
}

impl Chain {
    /// Takes a request; returns the transaction's id.
    ///
    /// # Errors
    /// The relayer would refuse it.
    pub(crate) fn submit(
        &mut self,
        who: Authentication<'_>,
        request: Request,
    ) -> Result<String, RequestError> {
        let key = self.relayer.admits(who).ok_or(RequestError::Unauthorized)?;
        if !self.relayer.is_within_quota(key, self.now.0) {
            return Err(RequestError::TooMany);
        }
        match request {
            Request::Create { owner } => self.submit_creation(owner),
            Request::Batch { owner, batch, signature } => {
                self.check_batch(owner, &batch, &signature)?;
                let (wallet, nonce) = (batch.wallet, batch.nonce);
                let entry = (owner, wallet, Some(nonce), signature);
                Ok(self.accept("WALLET", entry, Action::Batch(batch)))
            }
        }
    }
    fn submit_creation(&mut self, owner: Address) -> Result<String, RequestError> {
        let address = wallet_address(owner, WalletKind::Deposit);
        let missing = DepositWallet { owner, nonce: 0, deployed: false };
        if self.wallets.entry(address).or_insert(missing).deployed {
            return Err(RequestError::AlreadyDeployed);
        }
        if self.relayer.is_busy(address) {
            return Err(RequestError::Busy(address));
        }
        let entry = (owner, address, None, Vec::new());
        Ok(self.accept("WALLET-CREATE", entry, Action::Deploy { wallet: address }))
    }
    fn check_batch(
        &self,
        owner: Address,
        batch: &Batch,
        signature: &[u8],
    ) -> Result<(), RequestError> {
        let missing = || {
            let own = wallet_address(owner, WalletKind::Deposit) == batch.wallet;
            if own { RequestError::NotDeployed } else { RequestError::NotTheOwner }
        };
        let wallet = self.wallets.get(&batch.wallet).ok_or_else(missing)?;
        if wallet.owner != owner {
            return Err(RequestError::NotTheOwner);
        }
        if !wallet.deployed {
            return Err(RequestError::NotDeployed);
        }
        if !(1..=CALLS_MAX).contains(&batch.calls.len()) {
            return Err(RequestError::Calls);
        }
        if batch.signer(signature) != Some(owner) {
            return Err(RequestError::Signature);
        }
        let seconds = u64::try_from(self.now.0 / 1_000).unwrap_or(0);
        if batch.deadline < U256::from(seconds) {
            return Err(RequestError::DeadlinePassed);
        }
        if batch.deadline > U256::from(seconds + DEADLINE_SECONDS_MAX) {
            return Err(RequestError::DeadlineTooFar);
        }
        if self.relayer.is_busy(batch.wallet) {
            return Err(RequestError::Busy(batch.wallet));
        }
        if batch.nonce != U256::from(wallet.nonce) {
            let (signed, on_chain) = (batch.nonce, wallet.nonce);
            return Err(RequestError::Nonce { signed, on_chain });
        }
        Ok(())
    }
    fn accept(
        &mut self,
        kind: &'static str,
        (owner, wallet, nonce, signature): (Address, Address, Option<U256>, Vec<u8>),
        action: Action,
    ) -> String {
        self.relayer.count += 1;
        let count = self.relayer.count;
        let id = uuid(&self.hash("relayed", count).0);
        let fee_max = U256::from(500_000_000_000_u64);
        let gas = GasTerms { limit: 30_000_000, fee_max, tip_max: fee_max / 10 };
        let sent = Sent {
            hash: self.hash("relayed transaction", count),
            from: RELAYER,
            to: DEPOSIT_WALLET_FACTORY,
            nonce: count,
            gas,
            action,
        };
        // It is broadcast within the third of a block.
        let wait_ms = self.rng.range(0, i64::from(self.options.block_ms / 3));
        self.relayer.remember(Relayed {
            id: id.clone(),
            kind,
            owner,
            wallet,
            nonce,
            signature,
            stage: Stage::New,
            hash: None,
            failure: None,
            created: self.now,
            updated: self.now,
            due_ms: self.now.0 + wait_ms,
            sent,
        });
        id
    }

    /// Hands the node what is due.
    pub(super) fn broadcast_due(&mut self) {
        for id in &self.relayer.active {
            let Some(relayed) = self.relayer.relayed.get_mut(id) else { continue };
            let due = relayed.stage == Stage::New && relayed.due_ms <= self.now.0;
            if due && self.transactions.add(relayed.sent.clone()) {
                relayed.stage = Stage::Executed;
                relayed.hash = Some(relayed.sent.hash);
                relayed.updated = self.now;
            }
        }
    }
    /// Looks at what blocks did with the transactions under way.
    pub(super) fn follow_up(&mut self) {
        let Relayer { active, relayed, .. } = &mut self.relayer;
        active.retain(|id| {
            let Some(relayed) = relayed.get_mut(id) else { return false };
            let Some(hash) = relayed.hash else { return true };
            let mined = self.transactions.get(hash).and_then(|known| known.mined.as_ref());
            let deep = mined.is_some_and(|mined| self.head >= mined.block + CONFIRMATIONS);
            let reverted = mined.and_then(|mined| mined.outcome.as_ref().err());
            relayed.failure = reverted.map(ToString::to_string);
            let stage = match (mined, reverted) {
                (None, _) => Stage::Executed,
                (Some(_), None) if deep => Stage::Confirmed,
                (Some(_), None) => Stage::Mined,
                (Some(_), Some(_)) if deep => Stage::Failed,
                // A reorganisation could still let it succeed.
                (Some(_), Some(_)) => Stage::Executed,
            };
            if stage != relayed.stage {
                relayed.stage = stage;
                relayed.updated = self.now;
            }
            !stage.is_final()
        });
    }

    /// A transaction by its id.
    pub(crate) fn relayed(&self, id: &str) -> Option<&Relayed> {
        self.relayer.relayed.get(id)
    }
    /// The newest transactions of whoever holds the key.
    ///
    /// # Errors
    /// Nobody holds it.
    pub(crate) fn relayed_for(
        &self,
        who: Authentication<'_>,
        count_max: usize,
    ) -> Result<Vec<&Relayed>, RequestError> {
        let key = self.relayer.admits(who).ok_or(RequestError::Unauthorized)?;
        let own = |relayed: &&Relayed| self.relayer.keys.get(&relayed.owner) == Some(&key);
        let newest = self.relayer.order.iter().rev().filter_map(|id| self.relayed(id));
        Ok(newest.filter(own).take(count_max).collect())
    }
    /// The nonce of the next batch of an owner's wallet.
    pub(crate) fn wallet_nonce(&self, owner: Address) -> u64 {
        self.wallets
            .get(&wallet_address(owner, WalletKind::Deposit))
            .map_or(0, |wallet| wallet.nonce)
    }
    /// Whether a Deposit Wallet exists at this address.
    pub(crate) fn is_deployed(&self, wallet: Address) -> bool {
        self.wallets.get(&wallet).is_some_and(|wallet| wallet.deployed)
    }
    /// The account that the relayer sends from.
    pub(crate) const fn relayer_address() -> Address {
        RELAYER
    }
}
