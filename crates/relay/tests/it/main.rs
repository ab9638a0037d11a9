//! What the cluster shares, on a real Redis.

#![expect(clippy::unwrap_used, reason = "tests")]

mod feeds;
mod live;
mod members;
