//! Integration tests of the actor system.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and misbehave on purpose"
)]

mod chain_worker;
mod paper;
mod recorder;
mod strategies;
mod supervision;
mod swarm;
mod tape;
mod trading;
