//! Adapter to Polymarket: Gamma, CLOB, live sockets, public recording formats.

pub mod frames;
