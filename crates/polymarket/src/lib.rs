//! Adapter to Polymarket: Gamma, CLOB, live sockets, public recording formats.
//!
//! Everything that the venue says passes through here and leaves as words of `domain` or as a
//! typed error. Wire types (what was written) are kept apart from what they mean, numbers are
//! read from their text and never through a float, and a record that cannot be understood is
//! refused alone, with its reason.

pub mod access;
pub mod account;
pub mod auth;
pub mod chain;
pub mod clob;
pub mod data;
pub mod eip712;
pub mod frames;
pub mod gamma;
pub mod http;
pub mod ids;
pub mod market_socket;
pub mod recordings;
pub mod relayer;
pub mod rtds;
pub mod signing;
pub mod socket;
pub mod user_socket;
pub mod wire;
