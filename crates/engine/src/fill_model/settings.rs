//! How fast and how well the venue on paper works.

use domain::DurationMillis;
use serde::{Deserialize, Serialize};

use super::assumed::Assumed;

/// Times and shares of failure. All may be zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaperSettings {
    /// From the decision to the book, for orders and cancellations.
    pub latency_ms: DurationMillis,
    /// From the match to the block.
    pub mined_ms: DurationMillis,
    /// From the block to the verdict.
    pub confirmed_ms: DurationMillis,
    /// From sending a transaction to its verdict.
    pub chain_ms: DurationMillis,
    /// How late a print may be against the book that already shows it: a level that shrank less
    /// than this long ago may have shrunk by the trade that is printed now.
    pub print_lag_ms: DurationMillis,
    /// How long an order waits for a book that can be believed before it is refused.
    pub book_wait_ms: DurationMillis,
    /// How many of a million trades fail to settle.
    pub trade_failures_ppm: u64,
    /// How many of a million transactions fail.
    pub task_failures_ppm: u64,
    /// What is assumed of everybody else.
    pub assumed: Assumed,
}

impl Default for PaperSettings {
    /// 250 ms to the book, a block after 3 s, final after another 10 s, transactions 8 s, prints
    /// up to 2 s late, 2 s of patience with a book; one trade in 500 and one transaction in 200 fail.
    fn default() -> Self {
        Self {
            latency_ms: DurationMillis(250),
            mined_ms: DurationMillis(3_000),
            confirmed_ms: DurationMillis(10_000),
            chain_ms: DurationMillis(8_000),
            print_lag_ms: DurationMillis(2_000),
            book_wait_ms: DurationMillis(2_000),
            trade_failures_ppm: 2_000,
            task_failures_ppm: 5_000,
            assumed: Assumed::default(),
        }
    }
}
