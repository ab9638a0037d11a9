//! What the owner of a Safe signs.

use ethers_core::abi::Token;
use ethers_core::types::U256;
use ethers_core::utils::keccak256;

use super::batch::{Terms, word};
use crate::account::{Contracts, Signature};
use crate::chain::{ContractCall, abi};
use crate::eip712;

const DOMAIN: &str = "EIP712Domain(uint256 chainId,address verifyingContract)";
const SAFE_TX: &str = "SafeTx(address to,uint256 value,bytes data,uint8 operation,\
                       uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,\
                       address refundReceiver,uint256 nonce)";
/// A Safe knows by this that a message was signed and not its hash alone.
const SIGNED_AS_MESSAGE: u8 = 4;

/// How a Safe makes its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// An ordinary call.
    Call = 0,
    /// The contract's code runs as the Safe.
    Delegate = 1,
}

/// One call as it is; several through the contract that runs them one after the other.
pub(super) fn in_one(contracts: &Contracts, calls: &[ContractCall]) -> (ContractCall, Mode) {
    if let [call] = calls {
        return (call.clone(), Mode::Call);
    }
    let mut packed = vec![];
    for call in calls {
        packed.push(Mode::Call as u8);
        packed.extend_from_slice(call.to.as_bytes());
        packed.extend_from_slice(&word(call.value));
        packed.extend_from_slice(&word(call.data.len().into()));
        packed.extend_from_slice(&call.data);
    }
    let data = abi::call("multiSend(bytes)", &[Token::Bytes(packed)]);
    let call = ContractCall { to: contracts.wallets.safe_multisend, value: U256::zero(), data };
    (call, Mode::Delegate)
}

pub(super) fn digest(terms: &Terms<'_>, call: &ContractCall, mode: Mode) -> [u8; 32] {
    let separator = eip712::hash_words(&[
        keccak256(DOMAIN),
        eip712::word(terms.contracts.chain_id),
        eip712::address_word(terms.wallet),
    ]);
    let nothing = [0; 32];
    let transaction = eip712::hash_words(&[
        keccak256(SAFE_TX),
        eip712::address_word(call.to),
        word(call.value),
        keccak256(&call.data),
        eip712::word(mode as u64),
        // The relayer pays: no gas is accounted for, in no token, to nobody.
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        eip712::word(terms.nonce),
    ]);
    eip712::digest(&separator, &transaction)
}

pub(super) const fn marked(mut signature: Signature) -> Signature {
    let [.., v] = &mut signature;
    *v += SIGNED_AS_MESSAGE;
    signature
}
