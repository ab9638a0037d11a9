//! The money half.

mod counts;
mod fixtures;
mod idempotency;
mod journal;
mod owners;
mod rows;
mod survival;
mod throughput;
