//! What a node answers about contracts and transactions, without changing anything.

use ethers_core::types::{H256, U256};

use super::blocks::gas_for;
use super::calls::{ContractCall, execute_all};
use super::contracts::{Contract, DEPOSIT_WALLET_FACTORY};
use super::transactions::{Action, Receipt};
use super::{Chain, abi, views};
use crate::custody::{Address, Custody, Revert};

/// A contract's refusal, as a node hands it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) words: String,
    pub(crate) data: Vec<u8>,
}

impl From<Revert> for Refusal {
    fn from(revert: Revert) -> Self {
        Self { words: revert.to_string(), data: abi::revert_data(&revert) }
    }
}

/// A transaction that waits or is in a block.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) hash: H256,
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) nonce: u64,
    pub(crate) gas_limit: u64,
    pub(crate) fee_max: U256,
    pub(crate) tip_max: U256,
    pub(crate) input: Vec<u8>,
    pub(crate) receipt: Option<Receipt>,
}

impl Chain {
    /// What a contract would answer to a call of `from` now.
    ///
    /// # Errors
    /// It would revert.
    pub(crate) fn call(
        &self,
        custody: &mut Custody,
        from: Address,
        call: &ContractCall,
    ) -> Result<Vec<u8>, Refusal> {
        if Contract::at(call.to).is_none() {
            // Who has no code answers with nothing.
            return Ok(Vec::new());
        }
        let function = abi::read(&call.data);
        let answer = function.and_then(|function| views::answer(custody, call.to, &function));
        match answer {
            Some(answer) => Ok(answer?),
            None => {
                let (calls, adapters) = (std::slice::from_ref(call), self.adapters());
                custody.rehearse(|chain| execute_all(chain, from, calls, adapters))?;
                Ok(Vec::new())
            }
        }
    }
    /// The gas that a call of `from` would use now.
    ///
    /// # Errors
    /// It would revert.
    pub(crate) fn estimate_gas(
        &self,
        custody: &mut Custody,
        from: Address,
        call: &ContractCall,
    ) -> Result<u64, Refusal> {
        self.call(custody, from, call).map(|_| gas_for(1))
    }
    /// Whether there is code at an address.
    pub(crate) fn has_code(&self, address: Address) -> bool {
        address == DEPOSIT_WALLET_FACTORY
            || Contract::at(address).is_some()
            || self.wallets.get(&address).is_some_and(|wallet| wallet.deployed)
    }
    /// What a transaction in a block did; `None` while it is in none.
    pub(crate) fn receipt(&self, hash: H256) -> Option<Receipt> {
        self.transactions.get(hash)?.receipt()
    }
    /// A transaction, waiting or in a block.
    pub(crate) fn seen(&self, hash: H256) -> Option<Seen> {
        let known = self.transactions.get(hash)?;
        let sent = &known.sent;
        let input = match &sent.action {
            Action::Direct(call) => call.data.clone(),
            Action::Batch(_) | Action::Deploy { .. } => Vec::new(),
        };
        Some(Seen {
            hash,
            from: sent.from,
            to: sent.to,
            nonce: sent.nonce,
            gas_limit: sent.gas.limit,
            fee_max: sent.gas.fee_max,
            tip_max: sent.gas.tip_max,
            input,
            receipt: known.receipt(),
        })
    }
}
