//! The market feed of other processes, as the books hear it: what a feed of this process would say,
//! read from Redis.
//!
//! What is decided of each entry ([`hearing`]) is a plain value. The rule is the feed's own: while
//! nothing comes, comes late, or came with a gap, nobody vouches for the books.

mod hearing;
mod plan_keeper;
mod reader;

pub use plan_keeper::{PlanKeeper, WishFor};
pub use reader::{RemoteFeed, RemoteFeedOutlets};
