//! What the owner of a proxy signs.

use ethers_core::abi::Token;
use ethers_core::types::{Address, U256};
use ethers_core::utils::keccak256;

use super::batch::word;
use crate::account::Contracts;
use crate::chain::{ContractCall, abi};

/// An ordinary call, as the factory of proxies counts kinds of calls.
const CALL: u64 = 1;

/// Who carries it, and how far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relayed {
    pub(super) relay: Address,
    pub(super) relay_hub: Address,
    pub(super) gas_limit: u64,
}

/// All calls in one to the factory; `None` where there is none.
pub(super) fn in_one(contracts: &Contracts, calls: &[ContractCall]) -> Option<ContractCall> {
    let calls = calls
        .iter()
        .map(|call| {
            Token::Tuple(vec![
                Token::Uint(CALL.into()),
                Token::Address(call.to),
                Token::Uint(call.value),
                Token::Bytes(call.data.to_vec()),
            ])
        })
        .collect();
    let data = abi::call("proxy((uint8,address,uint256,bytes)[])", &[Token::Array(calls)]);
    Some(ContractCall { to: contracts.wallets.proxy_factory?, value: U256::zero(), data })
}

pub(super) fn digest(
    owner: Address,
    call: &ContractCall,
    nonce: u64,
    relayed: &Relayed,
) -> [u8; 32] {
    let free = word(U256::zero());
    keccak256(
        [
            b"rlx:".as_slice(),
            owner.as_bytes(),
            call.to.as_bytes(),
            &call.data,
            // Neither a fee nor a price of gas.
            &free,
            &free,
            &word(relayed.gas_limit.into()),
            &word(nonce.into()),
            relayed.relay_hub.as_bytes(),
            relayed.relay.as_bytes(),
        ]
        .concat(),
    )
}
