//! Trading: who decides about money, who writes it down, and who carries it out.
//!
//! ```text
//! StrategyAgent, people ──▶ RiskManager ──events, effects──▶ Keeper ──effects, once durable──▶ Executor, ChainWorker
//!                                ▲                                                                   │
//!                                └──────────────────────── News ◀────────────────────────────────────┘
//! ```
//!
//! The risk manager owns the desk, the one state machine of money. The keeper commits what was
//! decided; nothing leaves before. Whoever talks to the venue or the chain takes nothing but
//! [`Durable`] effects, which only the keeper makes.

mod access;
mod account_feed;
pub mod board;
pub mod chain_worker;
mod durable;
mod executor;
mod halt_signal;
mod keeper;
pub mod messages;
mod paper_venue;
mod passed_row;
mod quotes;
mod reading;
mod risk_manager;
mod tally;

pub use access::{Access, AccessCell, OrderSealer, Wallet};
pub use account_feed::{AccountFeed, AccountFeedOutlets, AccountFeedSettings, VenueHeartbeat};
pub use board::{TradingBoard, VenueStatus};
pub use chain_worker::{
    ChainAccess, ChainOutlets, ChainWorker, ChainWorkerSettings, RelayerAccess,
};
pub use durable::Durable;
pub use executor::{
    Breaker, BreakerSettings, Executor, ExecutorOutlets, ExecutorSettings, Restraint,
    RestraintSettings, SweepSettings, Tripped,
};
pub use halt_signal::HaltSignal;
pub use keeper::{Commit, Keeper, KeeperOutlets, StopKeeping};
pub use messages::{
    Command, ControlRefused, EventsKept, News, OpportunitiesPassed, OrdersPosted, Perform,
    PreviewSignal, RaiseSignal, ReadBack, Recovered, TellOurView,
};
pub use paper_venue::{PaperSigner, PaperVenue, PaperVenueOutlets, PaperVenueSettings};
pub use quotes::TouchQuotes;
pub use reading::{KeptError, ReadDesk, ReadError, read_desk};
pub use risk_manager::{RiskManager, RiskManagerOutlets, RiskManagerSettings};
pub use tally::{OrderOutcome, Tally, TallyCounts};
