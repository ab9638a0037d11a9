//! The simulated chain: what a node, the relayer and the contracts do for the accounts.

pub mod contracts;
