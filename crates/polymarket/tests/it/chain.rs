//! Transactions on a real node: a private chain for each test, with the real conditional tokens
//! and stand-ins for the venue's contracts at the venue's addresses.

mod compiled;
mod faults;
mod node;
mod operations;
mod relayed;
mod relayer;
mod sending;
mod world;
