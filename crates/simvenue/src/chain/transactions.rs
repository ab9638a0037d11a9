//! Every transaction the node knows of, waiting or in a block.

use std::collections::{HashMap, VecDeque};

use ethers_core::types::{H256, U256};

use super::calls::ContractCall;
use super::wallets::Batch;
use crate::custody::{Address, Changes, Revert};

/// Transactions beyond this many are forgotten, the oldest in a block first.
const KNOWN_MAX: usize = 20_000;
/// Transactions beyond this many do not get into the pool.
const WAITING_MAX: usize = 5_000;
/// So many of the newest can be taken back by a reorganisation.
const REVERSIBLE_MAX: usize = 256;

/// What a transaction does.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// The relayer hands a batch to a Deposit Wallet.
    Batch(Batch),
    /// The relayer has the factory create the wallet of an owner.
    Deploy { wallet: Address },
    /// An account calls a contract itself.
    Direct(ContractCall),
}

/// What a transaction offers for its gas, in wei.
#[derive(Clone, Copy, Debug)]
pub(super) struct GasTerms {
    pub(super) limit: u64,
    pub(super) fee_max: U256,
    pub(super) tip_max: U256,
}

/// A transaction as it was sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) hash: H256,
    /// The relayer, or the account itself.
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) nonce: u64,
    pub(super) gas: GasTerms,
    pub(super) action: Action,
}

/// What became of it in a block.
#[derive(Clone, Debug)]
pub(super) struct Mined {
    pub(super) block: u64,
    pub(super) index: u64,
    pub(super) gas_used: u64,
    pub(super) gas_price_wei: U256,
    pub(super) outcome: Result<Changes, Revert>,
}

#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) sent: Sent,
    pub(super) mined: Option<Mined>,
}

/// How a transaction in a block ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Succeeded,
    Reverted(Revert),
}

/// A transaction in a block, as a node tells of it.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) hash: H256,
    pub(crate) block: u64,
    pub(crate) index: u64,
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) gas_used: u64,
    pub(crate) gas_price_wei: U256,
    pub(crate) status: Status,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    known: HashMap<H256, Known>,
    waiting: Vec<H256>,
    /// In the order in which blocks took them.
    mined: VecDeque<H256>,
}

impl Transactions {
    /// Lets a transaction wait; false where the pool is full.
    #[must_use]
    pub(super) fn add(&mut self, sent: Sent) -> bool {
        if self.waiting.len() >= WAITING_MAX {
            return false;
        }
        self.waiting.push(sent.hash);
        self.known.insert(sent.hash, Known { sent, mined: None });
        true
    }
    /// Takes a transaction out of the pool, as if it had never been sent.
    pub(super) fn drop_waiting(&mut self, hash: H256) {
        self.waiting.retain(|waiting| *waiting != hash);
        self.known.remove(&hash);
    }
    pub(super) fn get(&self, hash: H256) -> Option<&Known> {
        self.known.get(&hash)
    }
    /// Those that wait, in the order they came.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Sent> {
        self.waiting.iter().filter_map(|hash| self.known.get(hash)).map(|known| &known.sent)
    }
    /// Notes what became of a waiting transaction.
    pub(super) fn settle(&mut self, hash: H256, mined: Mined) {
        self.waiting.retain(|waiting| *waiting != hash);
        if let Some(known) = self.known.get_mut(&hash) {
            known.mined = Some(mined);
            self.mined.push_back(hash);
        }
        if self.mined.len() > KNOWN_MAX
            && let Some(oldest) = self.mined.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
    /// Those in blocks above `block`, newest first.
    pub(super) fn later_than(&self, block: u64) -> impl Iterator<Item = &Sent> {
        let newest = self.mined.iter().rev().filter_map(|hash| self.known.get(hash));
        let above = move |known: &&Known| known.mined.as_ref().is_some_and(|it| it.block > block);
        newest.take_while(above).map(|known| &known.sent)
    }
    /// The same, as far as they can be taken back.
    pub(super) fn reversible(&self, block: u64) -> Vec<H256> {
        self.later_than(block).take(REVERSIBLE_MAX).map(|sent| sent.hash).collect()
    }
    /// Takes the newest transaction out of its block; it waits again, before all others.
    pub(super) fn take_back(&mut self, hash: H256) {
        self.mined.retain(|mined| *mined != hash);
        if let Some(known) = self.known.get_mut(&hash) {
            known.mined = None;
            self.waiting.insert(0, hash);
        }
    }
    /// The transactions of a block, in its order.
    pub(super) fn of_block(&self, block: u64) -> Vec<H256> {
        let within = |hash: &H256| self.known.get(hash)?.mined.as_ref().map(|mined| mined.block);
        let newest_first = self.mined.iter().rev();
        let newest_first =
            newest_first.skip_while(|hash| within(hash).is_some_and(|at| at > block));
        let mut all: Vec<H256> =
            newest_first.take_while(|hash| within(hash) == Some(block)).copied().collect();
        all.reverse();
        all
    }
}

impl Known {
    pub(super) fn receipt(&self) -> Option<Receipt> {
        let mined = self.mined.as_ref()?;
        Some(Receipt {
            hash: self.sent.hash,
            block: mined.block,
            index: mined.index,
            from: self.sent.from,
            to: self.sent.to,
            gas_used: mined.gas_used,
            gas_price_wei: mined.gas_price_wei,
            status: match &mined.outcome {
                Ok(_) => Status::Succeeded,
                Err(revert) => Status::Reverted(revert.clone()),
            },
        })
    }
}
