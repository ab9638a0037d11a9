//! The backtest on made and on recorded markets.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests fail and report; clippy exempts test functions alone"
)]

mod runs;
mod support;
mod tape;
