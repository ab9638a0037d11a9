//! What answers of a node mean, without asking anything.

use ethers_core::types::H256;
use serde::{Deserialize, Serialize};

use super::SubmitOutcome;
use crate::chain::revert::RevertReason;
use crate::chain::rpc::{Receipt, ReceiptStatus, RpcError, SendAnswer};
use crate::http::Excerpt;

/// What became of something that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChainStatus {
    /// Nobody tells what became of it: send the same bytes again.
    Unknown,
    /// It waits for a block; so does one that was in a block which the chain has dropped.
    Pending,
    /// It is in a block, which may yet be dropped.
    Mined {
        /// The transaction that was mined.
        hash: H256,
        /// Its block.
        block: u64,
        /// Blocks that hold it, its own included.
        confirmations: u64,
    },
    /// It is done, and deep enough.
    Confirmed {
        /// The transaction that was mined.
        hash: H256,
        /// Its block.
        block: u64,
    },
    /// It was tried, deep enough, and changed nothing.
    Reverted {
        /// The transaction that was mined; zero where the relayer named none.
        hash: H256,
        /// What the contract said.
        reason: RevertReason,
    },
    /// Its nonce is used up, and surely not by any attempt that was asked about.
    Superseded,
    /// It was not carried out in time, and its signature no longer allows it.
    Expired,
}

/// A receipt, seen from the newest block.
pub(crate) fn mined(receipt: &Receipt, head: u64, confirmations_min: u64) -> ChainStatus {
    let (hash, block) = (receipt.hash, receipt.block);
    // A node behind the one that gave the receipt has not even its block yet.
    let confirmations = (head + 1).saturating_sub(block);
    if confirmations < confirmations_min.max(1) {
        return ChainStatus::Mined { hash, block, confirmations };
    }
    match receipt.status {
        ReceiptStatus::Succeeded => ChainStatus::Confirmed { hash, block },
        ReceiptStatus::Reverted => ChainStatus::Reverted { hash, reason: RevertReason::Unstated },
    }
}

/// A failure to send.
pub(super) fn outcome(error: &RpcError) -> SubmitOutcome {
    let why = Excerpt::of(error.to_string().as_bytes());
    match error.about_sending() {
        Some(SendAnswer::AlreadyKnown) => SubmitOutcome::AlreadyKnown,
        Some(SendAnswer::NonceTooLow) => SubmitOutcome::NonceTooLow,
        Some(SendAnswer::Refused(reason)) => SubmitOutcome::Refused { reason, text: why },
        None => SubmitOutcome::of_failure(error.outcome(), why),
    }
}

#[cfg(test)]
mod tests {
    use ethers_core::types::U256;

    use super::*;
    use crate::chain::exchange::ExchangeError;

    fn receipt(block: u64, status: ReceiptStatus) -> Receipt {
        Receipt { hash: H256::repeat_byte(1), block, status, cost_wei: U256::zero() }
    }

    #[test]
    fn neither_success_nor_failure_is_final_before_it_is_deep_enough() {
        for status in [ReceiptStatus::Succeeded, ReceiptStatus::Reverted] {
            let receipt = receipt(10, status);
            for (head, wanted) in [(9, 0), (10, 1), (11, 2)] {
                let mined = mined(&receipt, head, 3);
                let hash = receipt.hash;
                let expected = ChainStatus::Mined { hash, block: 10, confirmations: wanted };
                assert_eq!(mined, expected);
            }
            assert!(!matches!(mined(&receipt, 12, 3), ChainStatus::Mined { .. }));
        }
    }

    #[test]
    fn only_words_that_are_understood_make_a_refusal() {
        let node =
            |text: &str| RpcError::Node { code: -32000, message: Excerpt::of(text.as_bytes()) };
        assert_eq!(outcome(&node("already known")), SubmitOutcome::AlreadyKnown);
        assert_eq!(outcome(&node("nonce too low")), SubmitOutcome::NonceTooLow);
        assert!(matches!(outcome(&node("internal error")), SubmitOutcome::Ambiguous { .. }));
        let why = Excerpt::of(b"refused");
        let down = RpcError::Exchange(ExchangeError::NotSent { why });
        assert!(matches!(outcome(&down), SubmitOutcome::NotSent { .. }));
        let cut = RpcError::Exchange(ExchangeError::Truncated { got: 3 });
        assert!(matches!(outcome(&cut), SubmitOutcome::Ambiguous { .. }));
    }
}
