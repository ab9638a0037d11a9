//! The actor system: who is alive, who talks to whom, what happens on failure.

pub mod supervision;
