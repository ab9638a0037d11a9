//! The adapter against simulated models on the real protocol, and against servers that misbehave.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod misbehaviour;
mod simulated;
mod support;
