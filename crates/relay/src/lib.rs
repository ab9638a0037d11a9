//! What the processes of one cluster tell each other through Redis: who is there, who holds which
//! part of the market feed, what the feeds bring, and what the web fronts pass on.
//!
//! Nothing here decides about money: the lease to decide and the fence are the database's. What is
//! lost here is asked for again, and while nothing comes nothing is trusted.

mod connection;
mod error;
mod frames;
mod keys;
mod leader;
mod live;
mod members;
mod plan;
mod script;
mod server;
mod shards;
#[cfg(feature = "testing")]
pub mod testing;
mod wishes;

pub use connection::{Relay, RelaySettings, RelayUrl};
pub use error::{RelayError, UrlError};
pub use frames::{Appended, FeedEntry, FeedNews, FeedReader, FeedReport, HeardEntry, LossCause};
pub use leader::Leader;
pub use live::{FRAMES_MAX as LIVE_FRAMES_MAX, LiveEntry, LiveFrame, LiveFrom, LiveReader};
pub use members::{Member, MemberState, Members, Role, Seen};
pub use plan::Plan;
pub use server::Server;
pub use shards::{HeldShard, preferred};
pub use wishes::{Wish, WishId, WishReader};
