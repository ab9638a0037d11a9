//! What is written down of a transaction before any of it leaves.

use polymarket::chain::Prepared;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Everything that was ever signed for one task: of all of it one thing can happen, for all of it
/// has the same nonce. The newest is last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signed {
    attempts: Vec<Prepared>,
}

/// Why a record cannot be used.
#[derive(Debug, Error)]
pub(super) enum SignedError {
    #[error("what was signed cannot be written down or read: {0}")]
    Text(#[from] serde_json::Error),
    #[error("the record holds no signature, or signatures of several transactions")]
    NotOne,
}

impl Signed {
    pub(super) fn new(first: Prepared) -> Self {
        Self { attempts: vec![first] }
    }
    pub(super) fn with(&self, newer: Prepared) -> Self {
        let mut attempts = self.attempts.clone();
        attempts.push(newer);
        Self { attempts }
    }
    pub(super) fn read(text: &str) -> Result<Self, SignedError> {
        let signed: Self = serde_json::from_str(text)?;
        let nonce = signed.nonce();
        let is_one = signed.attempts.iter().all(|attempt| Some(attempt.nonce()) == nonce);
        if nonce.is_some() && is_one { Ok(signed) } else { Err(SignedError::NotOne) }
    }
    pub(super) fn text(&self) -> Result<String, SignedError> {
        Ok(serde_json::to_string(self)?)
    }
    pub(super) fn attempts(&self) -> &[Prepared] {
        &self.attempts
    }
    pub(super) fn newest(&self) -> Option<&Prepared> {
        self.attempts.last()
    }
    pub(super) fn nonce(&self) -> Option<u64> {
        self.newest().map(Prepared::nonce)
    }
    /// The newest one's name, for people.
    pub(super) fn reference(&self) -> String {
        self.newest().map(|newest| format!("{:#x}", newest.name())).unwrap_or_default()
    }
}
