//! The adapter against real servers on loopback and real payloads.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests are tests"
)]

mod chain;
mod chain_requests;
mod chain_vectors;
mod clob_books;
mod gamma_lists;
mod http_rules;
mod payloads;
mod private;
mod recordings;
mod simulated_chain;
mod simulated_trades;
mod simulated_venue;
mod sockets;
mod support;
mod traps;
mod user_socket;
mod vectors;
