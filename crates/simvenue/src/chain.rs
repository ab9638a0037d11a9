//! The simulated chain: what a node, the relayer and the contracts do for the accounts.
//!
//! Pure but for its seed: time is handed in, and so is the record of who holds what. A transaction
//! waits in the node, gets into a block about a second later, and is final a few blocks on, unless
//! a fault says otherwise.

mod abi;
mod access;
mod blocks;
mod calls;
pub mod contracts;
mod direct;
mod questions;
mod relayer;
mod transactions;
mod troubles;
mod views;
mod wallets;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use domain::UnixMillis;
use ethers_core::types::{H256, U256};
use ethers_core::utils::keccak256;

use crate::chaos::RateLimits;
use crate::custody::Address;
use crate::exchange::{WalletKind, wallet_address};
use crate::fault::FaultPlan;
use crate::rng::{Rng, mix};
use relayer::Relayer;
use transactions::Transactions;
use troubles::Troubles;
use wallets::DepositWallet;

pub use relayer::RelayerAccount;

pub(crate) use blocks::Block;
pub(crate) use calls::ContractCall;
pub(crate) use questions::{Refusal, Seen};
pub(crate) use relayer::{Authentication, Relayed, Request, RequestError};
pub(crate) use transactions::{Receipt, Status};
pub(crate) use wallets::Batch;

/// The number of the first block.
const GENESIS: u64 = 76_000_000;
/// Blocks on top of a transaction's own after which the relayer calls it confirmed.
pub(crate) const CONFIRMATIONS: u64 = 3;
/// Accounts beyond this many are not opened: a simulator serves a handful.
const WALLETS_MAX: usize = 1_000;
/// The wei of POL that an account of its own key begins with: 100 POL.
const GAS_MONEY_WEI: u128 = 100_000_000_000_000_000_000;

/// How the chain is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainOptions {
    /// Milliseconds from block to block; at least 1.
    pub block_ms: u32,
}

impl Default for ChainOptions {
    fn default() -> Self {
        Self { block_ms: 1_000 }
    }
}

/// Who pays for an account's transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// The relayer, for the owner's Deposit Wallet, which exists already.
    DepositWallet,
    /// The relayer, for a Deposit Wallet that is still to be created.
    NewDepositWallet,
    /// The owner, who is the account.
    OwnKey,
}

/// The chain's own state; who holds what is kept by [`Custody`].
#[derive(Debug)]
pub(crate) struct Chain {
    seed: u64,
    rng: Rng,
    options: ChainOptions,
    plan: FaultPlan,
    began: UnixMillis,
    now: UnixMillis,
    head: u64,
    /// Where reorganisations began, oldest first; every later block has another hash since.
    forks: VecDeque<u64>,
    transactions: Transactions,
    relayer: Relayer,
    wallets: HashMap<Address, DepositWallet>,
    /// Transactions that accounts of their own key have had in a block.
    nonces: HashMap<Address, u64>,
    gas_money: HashMap<Address, U256>,
    troubles: Troubles,
}

impl Chain {
    pub(crate) fn new(
        seed: u64,
        options: ChainOptions,
        plan: FaultPlan,
        limits: RateLimits,
        now: UnixMillis,
    ) -> Self {
        Self {
            seed,
            rng: Rng::new(seed, "chain"),
            options,
            plan,
            began: now,
            now,
            head: GENESIS,
            forks: VecDeque::new(),
            transactions: Transactions::default(),
            relayer: Relayer::new(seed, limits),
            wallets: HashMap::new(),
            nonces: HashMap::new(),
            gas_money: HashMap::new(),
            troubles: Troubles::default(),
        }
    }

    /// Makes an owner's account known. Opening it again only deploys a wallet that was missing.
    pub(crate) fn open_account(&mut self, owner: Address, kind: AccountKind) -> RelayerAccount {
        let wallet = match kind {
            AccountKind::OwnKey => {
                self.gas_money.entry(owner).or_insert_with(|| U256::from(GAS_MONEY_WEI));
                owner
            }
            AccountKind::DepositWallet | AccountKind::NewDepositWallet => {
                let address = wallet_address(owner, WalletKind::Deposit);
                let deployed = kind == AccountKind::DepositWallet;
                if self.wallets.len() < WALLETS_MAX {
                    let missing = DepositWallet { owner, nonce: 0, deployed };
                    self.wallets.entry(address).or_insert(missing).deployed |= deployed;
                }
                address
            }
        };
        RelayerAccount { wallet: wallet.0, api_key: self.relayer.key_of(owner) }
    }

    /// Makes the account of a wallet that trades known; legacy wallets have none here.
    pub(crate) fn open_provisioned(
        &mut self,
        owner: Address,
        kind: WalletKind,
    ) -> Option<RelayerAccount> {
        let kind = match kind {
            WalletKind::Eoa => AccountKind::OwnKey,
            WalletKind::Deposit => AccountKind::DepositWallet,
            WalletKind::Proxy | WalletKind::Safe => return None,
        };
        Some(self.open_account(owner, kind))
    }

    /// A hash out of the seed and something that never comes twice.
    fn hash(&self, purpose: &str, number: u64) -> H256 {
        let text = format!("{} {purpose} {number}", self.seed);
        H256(keccak256(text))
    }
    /// What a unit of gas costs at least in a block: 30 to 50 gwei.
    fn base_fee_wei(&self, block: u64) -> u64 {
        let step = mix(self.seed ^ (block / 8)) % 21;
        (30 + step) * 1_000_000_000
    }
}
