//! What the cluster shares, on a real Redis.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod feeds;
mod members;
