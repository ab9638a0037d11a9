//! A transaction signed to the last byte.

use std::fmt;

use ethers_core::types::transaction::eip2718::TypedTransaction;
use ethers_core::types::{Bytes, Eip1559TransactionRequest, H256, Signature, U256};
use ethers_core::utils::keccak256;
use serde::{Deserialize, Serialize};

use crate::account::PrivateKey;
use crate::chain::fees::Fees;
use crate::chain::operation::ContractCall;

/// A signed transaction. Store it before sending it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedTransaction {
    /// Its place in the account's order: of all transactions with it, one can be mined.
    pub nonce: u64,
    /// Its name, known before it is sent.
    pub hash: H256,
    /// What is sent.
    pub raw: Bytes,
    /// What it says.
    pub call: ContractCall,
    /// Units of gas that it may use.
    pub gas_limit: u64,
    /// What it offers for one unit.
    pub fees: Fees,
}

impl fmt::Debug for PreparedTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedTransaction")
            .field("nonce", &self.nonce)
            .field("hash", &self.hash)
            .field("fees", &self.fees)
            .finish_non_exhaustive()
    }
}

impl PreparedTransaction {
    pub(super) fn sign(
        key: &PrivateKey,
        chain_id: u64,
        nonce: u64,
        call: ContractCall,
        gas_limit: u64,
        fees: Fees,
    ) -> Self {
        let request = Eip1559TransactionRequest::new()
            .chain_id(chain_id)
            .nonce(nonce)
            .to(call.to)
            .value(call.value)
            .data(call.data.clone())
            .gas(gas_limit)
            .max_fee_per_gas(fees.total_max)
            .max_priority_fee_per_gas(fees.tip);
        let typed = TypedTransaction::Eip1559(request);
        let signed = key.sign_digest(&typed.sighash().0);
        let raw = typed.rlp_signed(&parity_form(&signed));
        Self { nonce, hash: H256(keccak256(&raw)), raw, call, gas_limit, fees }
    }
    /// The most that it can cost, in wei.
    #[must_use]
    pub fn cost_max_wei(&self) -> U256 {
        U256::from(self.fees.total_max)
            .saturating_mul(self.gas_limit.into())
            .saturating_add(self.call.value)
    }
}

/// Transactions of this kind carry 0 or 1 where other signatures carry 27 or 28.
fn parity_form(signature: &crate::account::Signature) -> Signature {
    let (r, rest) = signature.split_at(32);
    let (s, v) = rest.split_at(32);
    let v = v.first().map_or(0, |v| u64::from(v.saturating_sub(27)));
    Signature { r: U256::from_big_endian(r), s: U256::from_big_endian(s), v }
}
