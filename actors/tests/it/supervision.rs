//! Proofs of the supervision layer.

mod victim;

mod delivery;
mod failure;
mod groups;
mod lifecycle;
mod pairs;
mod process;
mod stuck;
