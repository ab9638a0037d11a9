//! The HTTP front.

pub mod connection;
pub mod live;
