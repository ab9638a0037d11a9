//! What the processes of one cluster tell each other through Redis: who is there, who holds which
//! part of the market feed, what the feeds bring, and what the web fronts pass on.
//!
//! Nothing here decides about money: the lease to decide and the fence are the database's. What is
//! lost here is asked for again, and while nothing comes nothing is trusted.

mod connection;
mod error;
mod keys;
mod leader;
mod members;
mod script;
#[cfg(feature = "testing")]
pub mod testing;

pub use connection::{Relay, RelaySettings, RelayUrl};
pub use error::{RelayError, UrlError};
pub use leader::Leader;
pub use members::{Member, MemberState, Members, Role, Seen};
