//! The simulated venue over the wire.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail by panicking and say aloud what they skipped"
)]

mod chain;
mod client;
mod faults;
mod matching;
mod orders;
mod rest;
mod settlement;
mod sockets;
mod standalone;
mod trader;
mod troubles;
