//! Pure decisions: whether a book may be believed, which prices contradict each other, what a
//! trade of them would keep, and which markets are worth watching.
//!
//! Input in, value out: no clock, no I/O, no randomness, no hash map walked in a decision.

#![deny(clippy::float_arithmetic)]

pub mod alert;
pub mod approval;
pub mod books;
pub mod catalogue;
pub mod desk;
pub mod detector;
pub mod fill_model;
pub mod filter;
#[expect(clippy::float_arithmetic, reason = "beliefs are computed in log-odds; money never is")]
pub mod forecast;
pub mod funnel;
pub mod ledger;
pub mod opportunity;
pub mod reconcile;
pub mod risk;
pub mod screen;
pub mod signal;
pub mod strategy;
pub mod tape;
pub mod trace;
pub mod universe;
pub mod whales;
