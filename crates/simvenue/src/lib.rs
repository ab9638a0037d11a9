//! A simulated Polymarket served on the real wire protocol.
//!
//! It is the product's second, independent reader of the venue's documentation: it shares no type
//! with the venue client. A seed decides the universe, the crowd and the faults by chance; live,
//! stamps follow the wall clock.
//!
//! ```no_run
//! let venue = simvenue::SimVenue::start(simvenue::SimOptions::default())?;
//! println!("{}", venue.endpoints().market_socket);
//! venue.inject(simvenue::Fault::Freeze { for_ms: 30_000 })?;
//! venue.stop();
//! # Ok::<(), simvenue::SimError>(())
//! ```

mod audit;
pub mod chain;
mod chaos;
mod crowd;
pub mod custody;
mod error;
mod exchange;
mod fault;
mod hub;
pub mod matching;
mod models;
mod requests;
pub mod rng;
mod serve;
mod universe;
mod venue;
mod wire;
mod world;

pub use audit::{AccountAudit, Audit, OrderAudit, TradeAudit};
pub use chain::{AccountKind, ChainOptions, RelayerAccount};
pub use chaos::RateLimits;
pub use crowd::CrowdOptions;
pub use error::SimError;
pub use exchange::{SettlementPace, WalletKind};
pub use fault::{Fault, FaultPlan, Malformed, ParityDirection, Winner};
pub use requests::RequestCounts;
pub use venue::{Endpoints, ProvisionedAccount, RunningVenue, SimOptions, SimVenue};
