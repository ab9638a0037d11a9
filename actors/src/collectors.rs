//! Fetch over REST, again and again: which markets there are, what they cost, and whether the live
//! books are right.

mod cross_checker;
mod fee_wishes;
mod listing;
mod market_collector;
mod price_collector;

pub use cross_checker::{CrossChecker, CrossCheckerSettings};
pub use listing::Listing;
pub use market_collector::{MarketCollector, MarketCollectorOutlets, MarketCollectorSettings};
pub use price_collector::{PriceCollector, PriceCollectorSettings};
