//! The tables as sea-orm sees them. What they mean is said beside the rows of each repository.

#![expect(unreachable_pub, reason = "the derive of an entity makes public items of its own")]

pub(crate) mod collector_runs;
pub(crate) mod commands;
pub(crate) mod event_groups;
pub(crate) mod market_prices;
pub(crate) mod markets;
pub(crate) mod opportunities;
