//! The wallet's own signature (L1), which makes and finds the keys of the API.

use std::sync::LazyLock;

use ethers_core::types::Address;
use ethers_core::utils::keccak256;

use super::{Header, address_header};
use crate::account::{PrivateKey, Signature};
use crate::eip712;

const MESSAGE: &str = "This message attests that I control the given wallet";

struct Hashes {
    domain_type: [u8; 32],
    name: [u8; 32],
    version: [u8; 32],
    auth_type: [u8; 32],
    message: [u8; 32],
}

static HASHES: LazyLock<Hashes> = LazyLock::new(|| Hashes {
    domain_type: keccak256("EIP712Domain(string name,string version,uint256 chainId)"),
    name: keccak256("ClobAuthDomain"),
    version: keccak256("1"),
    auth_type: keccak256("ClobAuth(address address,string timestamp,uint256 nonce,string message)"),
    message: keccak256(MESSAGE),
});

/// What a wallet states to be given the keys of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClobAuth {
    /// The key's own address, for every kind of wallet.
    pub signer: Address,
    /// The chain that the account is on.
    pub chain_id: u64,
    /// Now, in seconds since 1970, within seconds of the venue's clock.
    pub unix_seconds: i64,
    /// Which set of keys of this wallet; 0 unless several are wanted.
    pub nonce: u64,
}

impl ClobAuth {
    /// The separator of the domain, which names the chain but no contract.
    #[must_use]
    pub fn domain_separator(&self) -> [u8; 32] {
        let hashes = &*HASHES;
        let chain_id = eip712::word(self.chain_id);
        eip712::hash_words(&[hashes.domain_type, hashes.name, hashes.version, chain_id])
    }

    /// The hash of the statement itself.
    #[must_use]
    pub fn struct_hash(&self) -> [u8; 32] {
        let hashes = &*HASHES;
        eip712::hash_words(&[
            hashes.auth_type,
            eip712::address_word(self.signer),
            keccak256(self.unix_seconds.to_string()),
            eip712::word(self.nonce),
            hashes.message,
        ])
    }

    /// What the key signs.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        eip712::digest(&self.domain_separator(), &self.struct_hash())
    }

    /// The signature of `key`.
    #[must_use]
    pub fn sign(&self, key: &PrivateKey) -> Signature {
        key.sign_digest(&self.digest())
    }
}

/// The four headers that ask for API keys, signed by `key` for itself.
#[must_use]
pub fn l1_headers(key: &PrivateKey, chain_id: u64, unix_seconds: i64, nonce: u64) -> [Header; 4] {
    let statement = ClobAuth { signer: key.address(), chain_id, unix_seconds, nonce };
    let signature = format!("0x{}", hex::encode(statement.sign(key)));
    [
        address_header(statement.signer),
        ("POLY_SIGNATURE", signature),
        ("POLY_TIMESTAMP", unix_seconds.to_string()),
        ("POLY_NONCE", nonce.to_string()),
    ]
}
