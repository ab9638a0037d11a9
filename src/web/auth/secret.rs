//! Secrets that nobody guesses, and what is kept of them.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroize;

/// SHA-256 of a secret: all that is ever kept of one.
///
/// Secrets are looked up by it. A look-up compares hashes, and whoever measures how long that takes
/// learns about the hash of a guess, which says nothing about the secret; so no comparison needs to
/// take the same time for all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of a secret as somebody gave it; white space around it is cut.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.trim().as_bytes()).into())
    }
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// The machine gives no random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system has no random numbers, so nothing that nobody guesses can be made")]
pub struct NoRandomness;

/// A new secret of 256 random bits. It is shown once, by whoever asked for it, and cannot be
/// printed by accident.
pub struct Fresh(String);

impl Fresh {
    /// Makes one, with `prefix` in front of its 64 hexadecimal digits.
    ///
    /// # Errors
    /// There are no random numbers.
    pub fn make(prefix: &str) -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        let random = rustls::crypto::ring::default_provider().secure_random;
        random.fill(&mut bytes).map_err(|_| NoRandomness)?;
        let text = format!("{prefix}{}", hex::encode(bytes));
        bytes.zeroize();
        Ok(Self(text))
    }
    /// The secret itself, for the one place that tells it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fresh(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_is_never_the_same_and_cannot_be_printed() {
        let (one, other) = (Fresh::make("p_").unwrap(), Fresh::make("p_").unwrap());
        assert_eq!(one.expose().len(), 2 + 64);
        assert!(one.expose().starts_with("p_") && one.expose() != other.expose());
        let shown = format!("{one:?} {:?}", one.digest());
        assert_eq!(shown, "Fresh(…) Digest(…)");
    }

    #[test]
    fn a_secret_is_known_again_by_its_hash_with_or_without_a_line_end() {
        let digest = Digest::of("abc");
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex::encode(digest.bytes()), sha256);
        assert_eq!(Digest::of(" abc\n"), digest);
        assert_ne!(Digest::of("abcd"), digest);
    }
}
