//! Keeps the market sockets open and passes on what they bring, unread.
//!
//! One feed watches up to 200 tokens over one connection. It knows when a connection is dead
//! ([`watchdog`]), replaces an old one without a blind window ([`overlap`]), and asks again for books
//! that were lost on the way ([`resync`]). What the frames say is the books' business.

mod market_feed;
mod overlap;
mod passing;
mod resync;
pub(crate) mod watchdog;

pub(crate) use market_feed::next_connection;
pub use market_feed::{FeedOutlets, FeedSettings, MarketFeed};
pub(crate) use passing::Passing;
