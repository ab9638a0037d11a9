//! Why a contract refused, out of what it says.

use std::fmt;

use ethers_core::abi::{self, ParamType};
use serde::{Deserialize, Serialize};

use crate::http::Excerpt;

/// `Error(string)`.
const TEXT: [u8; 4] = [0x08, 0xc3, 0x79, 0xa0];
/// `Panic(uint256)`.
const PANIC: [u8; 4] = [0x4e, 0x48, 0x7b, 0x71];
/// `OnlyUnpaused()` of the collateral adapters.
const PAUSED: [u8; 4] = [0x49, 0xb8, 0xb3, 0xac];

/// Why a contract refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RevertReason {
    /// An administrator of the venue has paused the contract for this asset.
    Paused,
    /// In the contract's own words, shortened.
    Text(String),
    /// A check that the compiler puts in: overflow (0x11), division by zero (0x12), and so on.
    Panic(u64),
    /// An error of the contract's own, by its selector.
    Custom([u8; 4]),
    /// No reason was given.
    Unstated,
}

impl RevertReason {
    /// Reads what a reverted call returned.
    #[must_use]
    pub fn of_data(data: &[u8]) -> Self {
        let Some((selector, rest)) = data.split_first_chunk::<4>() else {
            return Self::Unstated;
        };
        let read = |kind| abi::decode(&[kind], rest).ok().and_then(|mut tokens| tokens.pop());
        match *selector {
            PAUSED => Self::Paused,
            TEXT => read(ParamType::String)
                .and_then(abi::Token::into_string)
                .map_or(Self::Custom(TEXT), |text| Self::of_text(&text)),
            PANIC => read(ParamType::Uint(256))
                .and_then(abi::Token::into_uint)
                .map_or(Self::Custom(PANIC), |code| Self::Panic(code.low_u64())),
            selector => Self::Custom(selector),
        }
    }
    /// From words alone.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let text = Excerpt::of(text.as_bytes());
        if text.as_str().is_empty() { Self::Unstated } else { Self::Text(text.to_string()) }
    }
}

impl fmt::Display for RevertReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paused => f.write_str("the venue has paused this contract"),
            Self::Text(text) => f.write_str(text),
            Self::Panic(code) => write!(f, "a check of the contract failed (0x{code:02x})"),
            Self::Custom(selector) => {
                write!(f, "error 0x{} of the contract", hex::encode(selector))
            }
            Self::Unstated => f.write_str("no reason was given"),
        }
    }
}

#[cfg(test)]
mod tests {
    use ethers_core::abi::Token;

    use super::*;

    fn data(selector: [u8; 4], token: Token) -> Vec<u8> {
        [selector.to_vec(), abi::encode(&[token])].concat()
    }

    #[test]
    fn every_kind_of_refusal_is_read() {
        let text = data(TEXT, Token::String("not\nyet".to_owned()));
        assert_eq!(RevertReason::of_data(&text), RevertReason::Text("not yet".to_owned()));
        let panic = data(PANIC, Token::Uint(0x11.into()));
        assert_eq!(RevertReason::of_data(&panic), RevertReason::Panic(0x11));
        assert_eq!(RevertReason::of_data(&PAUSED), RevertReason::Paused);
        assert_eq!(RevertReason::of_data(&[1, 2, 3, 4, 5]), RevertReason::Custom([1, 2, 3, 4]));
        assert_eq!(RevertReason::of_data(&[]), RevertReason::Unstated);
        assert_eq!(RevertReason::of_data(&TEXT), RevertReason::Custom(TEXT));
    }
}
