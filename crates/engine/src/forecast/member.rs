//! Names of models.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

/// The longest name.
const CHARS_MAX: usize = 64;

/// Why a text names no member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a member's name has 1 to 64 letters, digits or any of - _ . : / @")]
pub struct MemberNameError;

/// One model of the swarm, as people name it: `gpt-4o`, `local/llama-3.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct MemberName(String);

impl MemberName {
    /// From text.
    ///
    /// # Errors
    /// Empty, longer than 64 characters, or with any but ASCII letters, digits and `- _ . : / @`.
    pub fn new(text: &str) -> Result<Self, MemberNameError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/@".contains(&byte);
        let fits = (1..=CHARS_MAX).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned())).ok_or(MemberNameError)
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl<'de> Deserialize<'de> for MemberName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}
