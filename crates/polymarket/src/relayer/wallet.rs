//! What the owner of a deposit wallet signs.

use ethers_core::utils::keccak256;

use super::batch::{Terms, word};
use crate::chain::ContractCall;
use crate::eip712::{self, Domain};

const CALL: &str = "Call(address target,uint256 value,bytes data)";
const BATCH: &str = "Batch(address wallet,uint256 nonce,uint256 deadline,Call[] calls)\
                     Call(address target,uint256 value,bytes data)";

pub(super) fn digest(terms: &Terms<'_>, calls: &[ContractCall], deadline: u64) -> [u8; 32] {
    let domain = Domain {
        name: "DepositWallet",
        version: "1",
        chain_id: terms.contracts.chain_id,
        contract: terms.wallet,
    };
    let calls: Vec<_> = calls
        .iter()
        .map(|call| {
            eip712::hash_words(&[
                keccak256(CALL),
                eip712::address_word(call.to),
                word(call.value),
                keccak256(&call.data),
            ])
        })
        .collect();
    let batch = eip712::hash_words(&[
        keccak256(BATCH),
        eip712::address_word(terms.wallet),
        eip712::word(terms.nonce),
        eip712::word(deadline),
        eip712::hash_words(&calls),
    ]);
    eip712::digest(&domain.separator(), &batch)
}
