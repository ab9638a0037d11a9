//! Tests of the engine through its public words.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail")]

mod detector;
mod kit;
