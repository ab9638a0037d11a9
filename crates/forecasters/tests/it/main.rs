//! The adapter against simulated models on the real protocol, and against servers that misbehave.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod misbehaviour;
mod simulated;
mod support;
