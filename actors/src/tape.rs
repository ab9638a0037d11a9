//! What others trade: the tape from three sources, the whales on it, and what became of them.
//!
//! [`TradeFeed`] makes one tape of the live stream, the market sockets and the paged list, and tells
//! each print once. [`WhaleKeeper`] finds whales among the prints, looks their wallets up, and grades
//! each whale when its time has come. What counts is decided by `engine::tape` and `engine::whales`.

mod backfill;
mod board;
mod convert;
mod grading;
mod messages;
mod profiles;
mod trade_feed;
mod whale_keeper;

pub use board::{TapeBoard, TapeCounts, TapeState, TapeStatus};
pub(crate) use convert::trade_row;
pub use convert::whale_event;
pub use messages::{
    BookPrint, BookPrints, Hearing, Printed, StoreWallets, StoreWhales, TradesPrinted, WhaleSeen,
};
pub use trade_feed::{TradeFeed, TradeFeedOutlets, TradeFeedSettings};
pub use whale_keeper::{WhaleKeeper, WhaleKeeperOutlets, WhaleKeeperSettings};
