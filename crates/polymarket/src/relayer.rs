//! The venue's relayer: carries out what a wallet's owner signs, and pays the gas.
//!
//! Like a transaction, a batch is signed to the byte before it is sent, and its nonce lets the
//! wallet carry out at most one batch of all that were ever signed with it: the stored bytes can
//! be sent again after any doubt. Every kind of wallet is served: deposit wallets, Safes and
//! proxies, each with its own form of the same thing.

mod answers;
mod batch;
mod client;
mod credentials;
mod proxy;
mod safe;
mod wallet;

pub use batch::{DEADLINE_SECONDS, PreparedBatch, RelayedWallet};
pub use client::{Params, RelayedState, RelayedTransaction, Relayer, RelayerError};
pub use credentials::RelayerCredentials;
