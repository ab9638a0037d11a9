//! Blocks: what gets into them, and what a reorganisation takes out again.

use domain::UnixMillis;
use ethers_core::types::{H256, U256};

use super::calls::execute_all;
use super::transactions::{Action, Mined, Sent};
use super::{CONFIRMATIONS, Chain, GENESIS};
use crate::custody::{Address, Changes, Custody, Revert};

/// Reorganisations beyond this many are no longer visible in old blocks' hashes.
const FORKS_MAX: usize = 1_024;
const GAS_PER_TRANSACTION: u64 = 21_000;
const GAS_PER_CALL: u64 = 90_000;

/// A block, as a node tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) number: u64,
    pub(crate) hash: H256,
    pub(crate) parent: H256,
    pub(crate) unix_seconds: i64,
    pub(crate) base_fee_wei: u64,
    pub(crate) transactions: Vec<H256>,
}

/// The gas that so many calls in one transaction use.
pub(super) const fn gas_for(calls: usize) -> u64 {
    GAS_PER_TRANSACTION + GAS_PER_CALL * calls as u64
}

impl Chain {
    /// Lets the chain live until `now`.
    pub(crate) fn advance(&mut self, now: UnixMillis, custody: &mut Custody) {
        self.now = now;
        self.broadcast_due();
        let block_ms = i64::from(self.options.block_ms.max(1));
        let passed = u64::try_from((now.0 - self.began.0) / block_ms).unwrap_or(0);
        if GENESIS + passed <= self.head {
            return;
        }
        self.head = GENESIS + passed;
        self.draw_block(custody);
        if !self.is_stalled() {
            self.fill_block(custody);
        }
        self.follow_up();
    }

    fn fill_block(&mut self, custody: &mut Custody) {
        let mut index = 0;
        // A transaction may make room for the next of its account, wherever that waits.
        loop {
            let next = self.transactions.waiting().find(|sent| self.is_includable(sent)).cloned();
            let Some(sent) = next else { break };
            let outcome = self.execute(&sent, custody);
            let mined = self.charge(&sent, index, outcome);
            self.transactions.settle(sent.hash, mined);
            index += 1;
        }
    }
    fn is_includable(&self, sent: &Sent) -> bool {
        match sent.action {
            Action::Batch(_) | Action::Deploy { .. } => true,
            Action::Direct(_) => {
                sent.nonce == self.nonce(sent.from)
                    && sent.gas.fee_max >= U256::from(self.base_fee_wei(self.head))
            }
        }
    }

    fn execute(&mut self, sent: &Sent, custody: &mut Custody) -> Result<Changes, Revert> {
        if self.draw_revert() {
            return Err(Revert::Ordered);
        }
        let adapters = self.adapters();
        match &sent.action {
            Action::Deploy { wallet } => {
                let wallet = self.wallets.get_mut(wallet).ok_or(Revert::UnknownCall)?;
                wallet.deployed = true;
                Ok(Changes::default())
            }
            Action::Batch(batch) => {
                let seconds = u64::try_from(self.now.0 / 1_000).unwrap_or(0);
                let wallet = self.wallets.get_mut(&batch.wallet);
                let wallet = wallet.ok_or(Revert::WalletNotDeployed)?;
                if !wallet.deployed {
                    return Err(Revert::WalletNotDeployed);
                }
                if batch.nonce != U256::from(wallet.nonce) {
                    return Err(Revert::WalletNonce);
                }
                if batch.deadline < U256::from(seconds) {
                    return Err(Revert::DeadlinePassed);
                }
                let (sender, calls) = (batch.wallet, &batch.calls);
                let ((), changes) =
                    custody.transact(|chain| execute_all(chain, sender, calls, adapters))?;
                wallet.nonce += 1;
                Ok(changes)
            }
            Action::Direct(call) => {
                if sent.gas.limit < gas_for(1) {
                    return Err(Revert::OutOfGas);
                }
                let (sender, calls) = (sent.from, std::slice::from_ref(call));
                let ((), changes) =
                    custody.transact(|chain| execute_all(chain, sender, calls, adapters))?;
                Ok(changes)
            }
        }
    }

    /// Makes an account pay for its gas and counts its transaction, however that ended.
    fn charge(&mut self, sent: &Sent, index: u64, outcome: Result<Changes, Revert>) -> Mined {
        let base = U256::from(self.base_fee_wei(self.head));
        let gas_price_wei = sent.gas.fee_max.min(base + sent.gas.tip_max);
        let gas_used = match &sent.action {
            Action::Batch(batch) => gas_for(batch.calls.len()),
            Action::Deploy { .. } => gas_for(1),
            Action::Direct(_) => gas_for(1).min(sent.gas.limit),
        };
        if let Action::Direct(_) = sent.action {
            *self.nonces.entry(sent.from).or_default() += 1;
            self.change_gas_money(sent.from, |held| {
                held.saturating_sub(gas_price_wei * U256::from(gas_used))
            });
        }
        Mined { block: self.head, index, gas_used, gas_price_wei, outcome }
    }
    fn change_gas_money(&mut self, account: Address, change: impl FnOnce(U256) -> U256) {
        let held = self.gas_money.entry(account).or_default();
        *held = change(*held);
    }

    /// Takes the transactions of the newest `depth` blocks out again; they come back with the next
    /// block. It goes as deep as nobody has spent what would have to be returned, and no deeper
    /// than [`CONFIRMATIONS`].
    pub(crate) fn reorganise(&mut self, depth: u64, custody: &mut Custody) {
        let below = self.head.saturating_sub(depth.clamp(1, CONFIRMATIONS));
        for hash in self.transactions.reversible(below) {
            let Some(known) = self.transactions.get(hash).cloned() else { continue };
            let (Some(mined), sent) = (known.mined, known.sent) else { continue };
            if let Ok(changes) = &mined.outcome
                && custody.undo(changes).is_err()
            {
                break;
            }
            self.uncount(&sent, &mined);
            self.transactions.take_back(hash);
        }
        if self.forks.len() == FORKS_MAX {
            self.forks.pop_front();
        }
        self.forks.push_back(below);
        self.follow_up();
    }
    fn uncount(&mut self, sent: &Sent, mined: &Mined) {
        match &sent.action {
            Action::Batch(batch) => {
                let wallet = self.wallets.get_mut(&batch.wallet);
                if let (Some(wallet), Ok(_)) = (wallet, &mined.outcome) {
                    wallet.nonce = wallet.nonce.saturating_sub(1);
                }
            }
            Action::Deploy { wallet } => {
                let wallet = self.wallets.get_mut(wallet);
                if let (Some(wallet), Ok(_)) = (wallet, &mined.outcome) {
                    wallet.deployed = false;
                }
            }
            Action::Direct(_) => {
                let nonce = self.nonces.entry(sent.from).or_default();
                *nonce = nonce.saturating_sub(1);
                let cost = mined.gas_price_wei * U256::from(mined.gas_used);
                self.change_gas_money(sent.from, |held| held.saturating_add(cost));
            }
        }
    }

    /// The newest block's number.
    pub(crate) const fn head(&self) -> u64 {
        self.head
    }
    pub(crate) fn block_hash(&self, number: u64) -> H256 {
        let forks = self.forks.iter().filter(|below| **below < number).count();
        self.hash(&format!("block {forks}"), number)
    }
    /// A block by its number; `None` where it is still to come.
    pub(crate) fn block(&self, number: u64) -> Option<Block> {
        if !(GENESIS..=self.head).contains(&number) {
            return None;
        }
        let blocks = i64::try_from(number - GENESIS).unwrap_or(i64::MAX);
        let began = self.began.0 + blocks.saturating_mul(i64::from(self.options.block_ms.max(1)));
        Some(Block {
            number,
            hash: self.block_hash(number),
            parent: self.block_hash(number.saturating_sub(1)),
            unix_seconds: began / 1_000,
            base_fee_wei: self.base_fee_wei(number),
            transactions: self.transactions.of_block(number),
        })
    }
}
