//! Deposit Wallets and what their owners sign.

use ethers_core::abi::{Token, encode};
use ethers_core::types::{H256, Signature, U256};
use ethers_core::utils::keccak256;

use super::calls::ContractCall;
use super::contracts::CHAIN_ID;
use crate::custody::Address;

/// A wallet that a contract keeps for an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DepositWallet {
    pub(super) owner: Address,
    /// How many batches it has carried out.
    pub(super) nonce: u64,
    pub(super) deployed: bool,
}

/// Calls that an owner had their wallet make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) wallet: Address,
    pub(crate) nonce: U256,
    /// Seconds since 1970.
    pub(crate) deadline: U256,
    pub(crate) calls: Vec<ContractCall>,
}

impl Batch {
    /// What the owner signs (EIP-712).
    pub(crate) fn digest(&self) -> [u8; 32] {
        const DOMAIN: &str =
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
        const CALL: &str = "Call(address target,uint256 value,bytes data)";
        const BATCH: &str = "Batch(address wallet,uint256 nonce,uint256 deadline,Call[] calls)\
                             Call(address target,uint256 value,bytes data)";
        let word = |bytes: [u8; 32]| Token::FixedBytes(bytes.to_vec());
        let domain = keccak256(encode(&[
            word(keccak256(DOMAIN)),
            word(keccak256("DepositWallet")),
            word(keccak256("1")),
            Token::Uint(CHAIN_ID.into()),
            Token::Address(self.wallet),
        ]));
        let call = |call: &ContractCall| {
            keccak256(encode(&[
                word(keccak256(CALL)),
                Token::Address(call.to),
                Token::Uint(call.value),
                word(keccak256(&call.data)),
            ]))
        };
        let calls: Vec<u8> = self.calls.iter().flat_map(call).collect();
        let batch = keccak256(encode(&[
            word(keccak256(BATCH)),
            Token::Address(self.wallet),
            Token::Uint(self.nonce),
            Token::Uint(self.deadline),
            word(keccak256(calls)),
        ]));
        keccak256([[0x19, 0x01].as_slice(), &domain, &batch].concat())
    }
    /// Who signed it; `None` where the signature is none.
    pub(crate) fn signer(&self, signature: &[u8]) -> Option<Address> {
        let signature = Signature::try_from(signature).ok()?;
        let usual = matches!(signature.v, 0 | 1 | 27 | 28);
        usual.then(|| signature.recover(H256(self.digest())).ok()).flatten()
    }
}
