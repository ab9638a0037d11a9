//! The tape and its whales against the simulated venue, which freezes, cuts and resolves on command.

mod freeze;
mod scene;
mod whales;
