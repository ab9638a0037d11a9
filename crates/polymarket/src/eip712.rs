//! Typed data of Ethereum (EIP-712), as far as a hot path needs it: words of 32 bytes, hashed.

use ethers_core::types::Address;
use ethers_core::utils::keccak256;

/// A domain that names the contract which will check the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain<'a> {
    /// Its name in plain words.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The chain of the contract.
    pub chain_id: u64,
    /// The contract.
    pub contract: Address,
}

impl Domain<'_> {
    /// The separator: compute it once for each domain and keep it.
    #[must_use]
    pub fn separator(&self) -> [u8; 32] {
        hash_words(&[
            keccak256(
                "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
            ),
            keccak256(self.name),
            keccak256(self.version),
            word(self.chain_id),
            address_word(self.contract),
        ])
    }
}

/// A number as a word.
#[must_use]
pub fn word(value: u64) -> [u8; 32] {
    let mut word = [0; 32];
    let (_, tail) = word.split_at_mut(24);
    tail.copy_from_slice(&value.to_be_bytes());
    word
}

/// An address as a word.
#[must_use]
pub fn address_word(address: Address) -> [u8; 32] {
    let mut word = [0; 32];
    let (_, tail) = word.split_at_mut(12);
    tail.copy_from_slice(address.as_bytes());
    word
}

/// The hash of words one after the other: a struct, its type's hash first.
#[must_use]
pub fn hash_words(words: &[[u8; 32]]) -> [u8; 32] {
    keccak256(words.as_flattened())
}

/// What is signed: the struct within its domain.
#[must_use]
pub fn digest(separator: &[u8; 32], struct_hash: &[u8; 32]) -> [u8; 32] {
    let mut bytes = [0; 66];
    let (prefix, words) = bytes.split_at_mut(2);
    prefix.copy_from_slice(&[0x19, 0x01]);
    let (first, second) = words.split_at_mut(32);
    first.copy_from_slice(separator);
    second.copy_from_slice(struct_hash);
    keccak256(bytes)
}
