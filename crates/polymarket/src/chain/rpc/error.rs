//! What can go wrong between us and a node.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::chain::exchange::ExchangeError;
use crate::chain::revert::RevertReason;
use crate::http::{Excerpt, Outcome, Retry};

/// A question to a node failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RpcError {
    /// No whole answer came.
    #[error("the Polygon node: {0}")]
    Exchange(#[from] ExchangeError),
    /// An HTTP status that says no, without an answer of the node's own.
    #[error("the Polygon node answered {code}: {excerpt}")]
    Status {
        /// The HTTP status.
        code: u16,
        /// The beginning of the body.
        excerpt: Excerpt,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The contract that was called refused.
    #[error("the contract refused: {0}")]
    Reverted(RevertReason),
    /// The node said no.
    #[error("the Polygon node refused ({code}): {message}")]
    Node {
        /// Its number for that; nodes do not agree on them.
        code: i64,
        /// Its words.
        message: Excerpt,
    },
    /// The answer is whole, but not what was asked for.
    #[error("cannot read the Polygon node's {what}: {why}")]
    Decode {
        /// What was being read.
        what: &'static str,
        /// What is wrong with it.
        why: Excerpt,
    },
}

/// Why a node or the relayer did not take something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
pub enum SendRefusal {
    /// Another transaction with this nonce waits, and this one does not pay enough more.
    #[error("another transaction with this nonce waits, and this one does not pay enough more")]
    ReplacementUnderpriced,
    /// It pays less than the node or the present block asks for.
    #[error("it pays less for gas than is asked for now")]
    Underpriced,
    /// The account has too few coins for the gas.
    #[error("the account has not enough POL for the gas")]
    NotEnoughGasMoney,
    /// The gas limit is too low or too high for any block.
    #[error("its gas limit fits no block")]
    GasLimit,
    /// It is for another chain, or its signature is wrong.
    #[error("the node cannot accept its signature or chain")]
    Invalid,
    /// The relayer does not accept our keys.
    #[error("the relayer does not accept the keys of the account")]
    Credentials,
    /// An earlier batch of the wallet has not been carried out yet.
    #[error("an earlier batch of the wallet has not been carried out yet")]
    NonceTooHigh,
    /// The relayer says no, in words that are not known.
    #[error("the relayer refused")]
    Relayer,
}

impl RpcError {
    pub(crate) fn decode(what: &'static str, why: &str) -> Self {
        Self::Decode { what, why: Excerpt::of(why.as_bytes()) }
    }
    /// Whether asking the same again makes sense, for a question that changes nothing.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Exchange(error) => error.retry(),
            Self::Status { code: 408 | 425 | 429 | 500..=599, retry_after, .. } => {
                retry_after.map_or(Retry::Backoff, Retry::After)
            }
            // Limits of public nodes come as errors of the protocol, too.
            Self::Node { code: -32005 | -32603, .. } => Retry::Backoff,
            Self::Status { .. } | Self::Reverted(_) | Self::Node { .. } | Self::Decode { .. } => {
                Retry::Never
            }
        }
    }
    /// What is known of a transaction that was being sent. A node's own refusal is only trusted
    /// where its words are known: see [`RpcError::about_sending`].
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Exchange(error) => error.outcome(),
            _ => Outcome::Unknown,
        }
    }
    /// What a node's refusal says about a transaction that was being sent; `None` where its words
    /// are not known. Nodes agree on words more than on numbers.
    #[must_use]
    pub(crate) fn about_sending(&self) -> Option<SendAnswer> {
        let Self::Node { message, .. } = self else { return None };
        let text = message.as_str().to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
        Some(
            if says(&["already known", "already imported", "known transaction", "already exists"]) {
                SendAnswer::AlreadyKnown
            } else if says(&["nonce too low", "nonce is too low", "invalid nonce; got"]) {
                SendAnswer::NonceTooLow
            } else if says(&["replacement transaction underpriced", "replacement underpriced"]) {
                SendAnswer::Refused(SendRefusal::ReplacementUnderpriced)
            } else if says(&[
                "underpriced",
                "less than block base fee",
                "fee too low",
                "tip too low",
            ]) {
                SendAnswer::Refused(SendRefusal::Underpriced)
            } else if says(&["insufficient funds", "insufficient balance"]) {
                SendAnswer::Refused(SendRefusal::NotEnoughGasMoney)
            } else if says(&["intrinsic gas too low", "exceeds block gas limit", "gas limit"]) {
                SendAnswer::Refused(SendRefusal::GasLimit)
            } else if says(&["invalid sender", "invalid chain id", "invalid signature"]) {
                SendAnswer::Refused(SendRefusal::Invalid)
            } else {
                return None;
            },
        )
    }
}

/// A node's words about a transaction, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendAnswer {
    AlreadyKnown,
    NonceTooLow,
    Refused(SendRefusal),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_several_nodes_are_understood_whatever_their_numbers() {
        let cases = [
            ("already known", Some(SendAnswer::AlreadyKnown)),
            ("transaction already imported", Some(SendAnswer::AlreadyKnown)),
            ("nonce too low: next nonce 5, tx nonce 3", Some(SendAnswer::NonceTooLow)),
            (
                "replacement transaction underpriced",
                Some(SendAnswer::Refused(SendRefusal::ReplacementUnderpriced)),
            ),
            (
                "transaction underpriced: gas tip cap 1, minimum needed 25000000000",
                Some(SendAnswer::Refused(SendRefusal::Underpriced)),
            ),
            (
                "Insufficient funds for gas * price + value",
                Some(SendAnswer::Refused(SendRefusal::NotEnoughGasMoney)),
            ),
            ("internal error", None),
        ];
        for (text, wanted) in cases {
            for code in [-32000, -32003, 7] {
                let message = Excerpt::of(text.as_bytes());
                assert_eq!(RpcError::Node { code, message }.about_sending(), wanted, "{text}");
            }
        }
    }
}
