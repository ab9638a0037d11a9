//! The typed settings, one section of the files each, with the range of every value.

mod alerts;
mod cluster;
mod detection;
mod market_data;
mod record;
mod service;
mod swarm;
mod traces;
mod trading;
mod whales;

pub use alerts::{Alerts, Mail};
pub use cluster::{Cluster, Role};
pub use detection::{Detector, Filter, Filters, ScoreWeights};
pub use market_data::{Collectors, Feed, Sim, SimFaults, Venue};
pub use record::Record;
pub use service::{DatabaseUrl, Log, LogFormat, RetentionDays, Store, TlsFiles, Web};
pub(crate) use swarm::SIMULATED;
pub use swarm::{ModelSetting, Swarm};
pub use traces::Traces;
pub use trading::{Account, Chain, Execution, Heartbeat};
pub(super) use trading::{EVERY_STRATEGY, limits, strategies};
pub use whales::Whales;
