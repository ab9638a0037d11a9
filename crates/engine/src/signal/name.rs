//! Names of strategies and signals: short, plain, stable.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

const STRATEGY_CHARS_MAX: usize = 32;
const MANUAL: &str = "manual";
const SIGNAL_CHARS_MAX: usize = 160;

/// A text that cannot be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Not 1 to 32 of `a-z`, `0-9` and `_`.
    #[error("a strategy's name is 1 to 32 of a-z, 0-9 and _")]
    Strategy,
    /// Not 1 to 160 printable characters without blanks.
    #[error("a signal's name is 1 to 160 printable characters without blanks")]
    Signal,
}

/// Who raises signals: `mint_split`, `arbitrage_long`, `manual`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct StrategyName(String);

impl StrategyName {
    /// The name of orders by hand.
    #[must_use]
    pub fn manual() -> Self {
        Self(MANUAL.to_owned())
    }
    /// Whether it is a person's.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        self.0 == MANUAL
    }
    /// From text.
    ///
    /// # Errors
    /// See [`NameError::Strategy`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let fits = (1..=STRATEGY_CHARS_MAX).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned())).ok_or(NameError::Strategy)
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StrategyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl<'de> Deserialize<'de> for StrategyName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// Names one wish for ever: `mint_split:parity_short:0x…:1790586000000:1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SignalId(String);

impl SignalId {
    /// From text.
    ///
    /// # Errors
    /// See [`NameError::Signal`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let fits = (1..=SIGNAL_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned())).ok_or(NameError::Signal)
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl<'de> Deserialize<'de> for SignalId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_short_texts_are_names() {
        assert!(StrategyName::new("mint_split").is_ok());
        for bad in ["", "Mint", "mint-split", "a b", &"a".repeat(33)] {
            assert_eq!(StrategyName::new(bad), Err(NameError::Strategy), "{bad}");
        }
        assert!(SignalId::new("mint_split:parity_short:0xab:17:1").is_ok());
        for bad in ["", "a b", "a\n", &"a".repeat(161)] {
            assert_eq!(SignalId::new(bad), Err(NameError::Signal), "{bad}");
        }
    }
}
