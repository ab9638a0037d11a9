//! The trading half of the API over a real desk, a real journal and a real database.

mod commands;
mod once;
mod preview;
mod reads;
mod refusals;
mod roles;
pub(crate) mod scene;
mod shelf;
mod socket;
mod tokens;
