//! Proofs of the supervision layer.

pub(crate) mod victim;

mod delivery;
mod failure;
mod groups;
mod lifecycle;
mod pairs;
mod process;
mod stuck;
