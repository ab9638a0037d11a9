//! Tests of the engine through its public words.

mod detector;
mod kit;
