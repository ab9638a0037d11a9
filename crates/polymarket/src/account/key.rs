//! A private key that signs and says nothing else about itself.

use std::fmt;
use std::sync::Arc;

use ethers_core::types::Address;
use ethers_core::utils::keccak256;
use secp256k1::{Message, PublicKey, Secp256k1, SecretKey, SignOnly};
use thiserror::Error;
use zeroize::Zeroizing;

/// A signature as Ethereum writes it: `r`, `s` and `v` (27 or 28), with `s` in the lower half.
pub type Signature = [u8; 65];

/// Why some text or bytes are not a private key. Says nothing of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyFormatError {
    /// Not 64 hexadecimal digits, with or without `0x`.
    #[error("a private key is 64 hexadecimal digits, with or without 0x in front")]
    NotHex,
    /// Zero, or not below the order of the curve.
    #[error("these 32 bytes are not a private key of the secp256k1 curve")]
    OutOfRange,
    /// The system gave no random bytes.
    #[error("the operating system gave no random bytes for a new key")]
    NoRandomness,
}

/// A secp256k1 key. Cheap to clone, usable from any thread, erased when the last clone goes, and
/// never printed.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    secret: SecretKey,
    context: Secp256k1<SignOnly>,
    address: Address,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.secret.non_secure_erase();
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

impl PrivateKey {
    /// From its 32 bytes, most significant first. The caller erases its own copy.
    ///
    /// # Errors
    /// [`KeyFormatError::OutOfRange`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyFormatError> {
        let secret = SecretKey::from_byte_array(*bytes).map_err(|_| KeyFormatError::OutOfRange)?;
        let context = Secp256k1::signing_only();
        let public = PublicKey::from_secret_key(&context, &secret).serialize_uncompressed();
        // The first byte only says that both coordinates follow.
        let hash = keccak256(public.get(1..).unwrap_or_default());
        let address = Address::from_slice(hash.get(12..).unwrap_or_default());
        Ok(Self(Arc::new(Inner { secret, context, address })))
    }

    /// Parses 64 hexadecimal digits, with or without `0x`. White space around them is ignored.
    ///
    /// # Errors
    /// [`KeyFormatError`], which repeats nothing of the text.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        let text = text.trim();
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(digits, &mut *bytes).map_err(|_| KeyFormatError::NotHex)?;
        Self::from_bytes(&bytes)
    }

    /// A new key from the operating system's random numbers.
    ///
    /// # Errors
    /// [`KeyFormatError::NoRandomness`].
    pub fn generate() -> Result<Self, KeyFormatError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(|_| KeyFormatError::NoRandomness)?;
        Self::from_bytes(&bytes)
    }

    /// The account that this key controls.
    #[must_use]
    pub fn address(&self) -> Address {
        self.0.address
    }

    /// Signs 32 bytes that are already a hash. The nonce follows from key and digest (RFC 6979),
    /// so the same digest always gives the same signature.
    #[must_use]
    pub fn sign_digest(&self, digest: &[u8; 32]) -> Signature {
        let message = Message::from_digest(*digest);
        let signed = self.0.context.sign_ecdsa_recoverable(message, &self.0.secret);
        let (recovery, compact) = signed.serialize_compact();
        let mut signature = [0; 65];
        let (rs, v) = signature.split_at_mut(64);
        rs.copy_from_slice(&compact);
        v.fill(27 + u8::from(i32::from(recovery) & 1 == 1));
        signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVELOPMENT: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    #[test]
    fn a_key_gives_its_address_and_prints_nothing() {
        let key = PrivateKey::parse(&format!(" 0x{DEVELOPMENT}\n")).unwrap();
        let address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse().unwrap();
        assert_eq!(key.address(), address);
        assert_eq!(format!("{key:?}"), "PrivateKey(..)");
    }

    #[test]
    fn what_is_no_key_is_refused_without_repeating_it() {
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        let cases = [
            ("", KeyFormatError::NotHex),
            (&DEVELOPMENT[1..], KeyFormatError::NotHex),
            (&"0".repeat(64), KeyFormatError::OutOfRange),
            (order, KeyFormatError::OutOfRange),
        ];
        for (text, wanted) in cases {
            let error = PrivateKey::parse(text).unwrap_err();
            assert_eq!(error, wanted);
            assert!(text.is_empty() || !error.to_string().contains(text));
        }
    }

    #[test]
    fn generated_keys_differ() {
        let keys = [PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap()];
        assert_ne!(keys[0].address(), keys[1].address());
    }
}
