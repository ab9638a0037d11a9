//! The strategies: one actor each, under a supervisor of its own.
//!
//! ```text
//! Detector ──OpportunityChanged──▶ StrategyRouter ──▶ StrategyAgent (one a strategy) ──RaiseSignal──▶ RiskManager
//! Swarm ────ForecastPublished───▶       │                 │                                              │
//! people ──────Execute──────────▶       │                 │                                              │
//!                                       └─────────────────┴──OpportunitiesPassed──▶ Keeper    TradingBoard ◀┘
//! ```
//!
//! What a strategy decides is plain code of `engine::strategy`; the agent gives it time, books and
//! room, and tells what came of it. Whether a strategy may act, and within which settings, is kept by
//! the desk and read from the [`TradingBoard`](crate::trading::TradingBoard): it outlives agents and
//! processes. An agent that panics is restarted with nothing in mind; one that panics more often than
//! its supervisor tolerates is left in quarantine until a person lifts it, and the others go on.

mod agent;
mod board;
mod messages;
mod passes;
mod router;
mod tree;

pub use agent::{AgentOutlets, ForecastInputs, StrategyAgent};
pub use board::{StrategiesBoard, StrategyStatus};
pub use messages::{Execute, ExecuteRefused, Executed, ForecastPublished, WishByHand};
pub use router::StrategyRouter;
pub use tree::{StrategiesOutlets, StrategyTree, plant};
