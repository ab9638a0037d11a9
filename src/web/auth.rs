//! Who may do what: roles, one-time links, sessions of browsers, tokens of programs, and how often.
//!
//! Everything below is decided in values that are handed the time; [`guard`](crate::web::guard)
//! holds them and asks them with each request.

pub mod access;
pub mod describe;
pub mod kept;
pub mod links;
pub mod rate;
pub mod reader;
pub mod role;
pub mod secret;
pub mod session;
pub mod sessions;
pub mod tokens;

pub use access::Access;
pub use role::{Principal, Role};
pub use secret::{Digest, Fresh};
