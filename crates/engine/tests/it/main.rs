//! Tests of the engine through its public words.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "helpers of tests fail and report; clippy exempts test functions alone"
)]

mod alert;
mod catalogue;
mod desk;
mod detector;
mod fill_model;
mod filter;
mod forecast;
mod kit;
mod ledger;
mod plan;
mod reconcile;
mod recordings;
mod risk;
mod shelf;
mod strategy;
mod tape;
mod trace;
mod universe;
mod watchlist;
mod whales;
