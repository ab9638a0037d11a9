//! The actor system: who is alive, who talks to whom, what happens on failure.

pub mod fan_out;
pub mod supervision;
