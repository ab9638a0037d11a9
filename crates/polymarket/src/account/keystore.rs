//! Encrypted key files (Web3 Secret Storage, version 3).

use std::path::Path;

use ethers_signers::LocalWallet;
use serde::Deserialize;
use thiserror::Error;
use zeroize::Zeroizing;

use super::key::{KeyFormatError, PrivateKey};

/// 512 MiB, twice what the usual clients ask for.
const MEMORY_BYTES_MAX: u64 = 512 << 20;
/// About forty times what the usual clients ask for.
const ROUNDS_MAX: u64 = 10_000_000;

/// Why a key file was not opened. Says nothing of key or password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeystoreError {
    /// Not such a file at all.
    #[error("it is not an encrypted key file of version 3: {0}")]
    Form(String),
    /// A field that the format, or this machine's memory, does not allow.
    #[error("its `{0}` is not what such a file may have")]
    Field(&'static str),
    /// Wrong password, or the file was changed.
    #[error("the password is not its password, or the file was changed")]
    Password,
    /// What was inside is no key.
    #[error(transparent)]
    Key(#[from] KeyFormatError),
}

#[derive(Deserialize)]
struct Head {
    version: u64,
    crypto: Crypto,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    kdf: String,
    kdfparams: KdfParams,
}

#[derive(Deserialize)]
struct CipherParams {
    iv: String,
}

#[derive(Deserialize)]
struct KdfParams {
    dklen: u64,
    #[serde(default)]
    n: u64,
    #[serde(default)]
    r: u64,
    #[serde(default)]
    p: u64,
    #[serde(default)]
    c: u64,
}

/// Opens the key file at `path`, whose text was read already.
///
/// The library underneath takes lengths on trust, so everything that could make it stop or eat
/// the memory is looked at first.
pub(super) fn open(path: &Path, text: &str, password: &str) -> Result<PrivateKey, KeystoreError> {
    let head: Head =
        serde_json::from_str(text).map_err(|error| KeystoreError::Form(error.to_string()))?;
    check(&head)?;
    let wallet =
        LocalWallet::decrypt_keystore(path, password).map_err(|_| KeystoreError::Password)?;
    let mut bytes = Zeroizing::new([0; 32]);
    bytes.copy_from_slice(&Zeroizing::new(wallet.signer().to_bytes()));
    Ok(PrivateKey::from_bytes(&bytes)?)
}

fn check(head: &Head) -> Result<(), KeystoreError> {
    let Crypto { cipher, cipherparams, ciphertext, kdf, kdfparams } = &head.crypto;
    let KdfParams { dklen, n, r, p, c } = kdfparams;
    let scrypt = || {
        let memory = n.saturating_mul(*r).saturating_mul(128);
        n.is_power_of_two() && *n > 1 && memory <= MEMORY_BYTES_MAX && (1..=16).contains(p)
    };
    let kdf = match kdf.as_str() {
        "scrypt" => *r > 0 && scrypt(),
        "pbkdf2" => (1..=ROUNDS_MAX).contains(c),
        _ => false,
    };
    let checks = [
        ("version", head.version == 3),
        ("cipher", cipher == "aes-128-ctr"),
        ("iv", cipherparams.iv.len() == 32),
        ("ciphertext", ciphertext.len() == 64),
        ("dklen", (32..=64).contains(dklen)),
        ("kdfparams", kdf),
    ];
    match checks.into_iter().find(|(_, allowed)| !allowed) {
        Some((field, _)) => Err(KeystoreError::Field(field)),
        None => Ok(()),
    }
}
