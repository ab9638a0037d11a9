//! A short fingerprint of what was decided.

use std::fmt::{self, Debug, Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Eight bytes of a SHA-256 over the whole decision as the program prints it for itself. Only
/// fingerprints of one version of the program can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(u64);

impl Digest {
    /// Of any decision.
    #[must_use]
    pub fn of(decision: &impl Debug) -> Self {
        let mut digester = Digester(Sha256::new());
        // Digesting cannot fail.
        let _infallible = write!(digester, "{decision:?}");
        let digest: [u8; 32] = digester.0.finalize().into();
        let (head, _) = digest.split_at(8);
        Self(head.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

struct Digester(Sha256);

impl fmt::Write for Digester {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
