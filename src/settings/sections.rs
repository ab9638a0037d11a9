//! The typed settings, one section of the files each, with the range of every value.

mod detection;
mod market_data;
mod service;

pub use detection::{Detector, Filter, Filters, ScoreWeights};
pub use market_data::{Collectors, Feed, Sim, Swarm, Venue, Whales};
pub use service::{DatabaseUrl, Log, LogFormat, RetentionDays, Store, Web};
