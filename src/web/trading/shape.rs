//! What trading looks like as JSON: one file a thing. Amounts, prices and sizes are decimal texts.

mod chain;
mod decision;
mod fill;
mod funnel;
mod gate;
mod ledger;
mod names;
mod order;
mod plan;
mod position;
mod result;
mod risk;
mod signal;
mod strategy;

use engine::ledger::Figures;
use serde::Serialize;
use utoipa::ToSchema;

pub use chain::ChainTaskView;
pub use decision::DecisionView;
pub use fill::{FillView, liquidity_code};
pub use funnel::{FunnelView, LeftView, StageView, stages as funnel_stages};
pub use gate::{GateView, value_text};
pub use ledger::{LedgerEntryView, PostingView};
pub use names::Names;
pub use order::{ORDER_STATES, OrderView, OrderWithFills};
pub use plan::PlanView;
pub use position::{CashView, PositionView, PositionsView, unrealised};
pub use result::{ResultView, ResultsView};
pub use risk::{
    BreachesView, HaltView, LimitView, LockView, NoticeView, RiskView, VenueView, halt_view,
    limit_views, lock_views, venue_view,
};
pub use signal::{SignalView, StepView};
pub use strategy::{RefusalCountView, StrategyView, activity_code};

/// What was earned and spent, dollars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FiguresView {
    /// Earned by what was given up, before fees; negative is lost.
    pub realised_usd: String,
    /// Taker's fees.
    pub fees_usd: String,
    /// What transactions cost.
    pub gas_usd: String,
    /// What an operator wrote off; negative is lost.
    pub adjusted_usd: String,
    /// What is left of it all.
    pub net_usd: String,
}

impl From<Figures> for FiguresView {
    fn from(figures: Figures) -> Self {
        Self {
            realised_usd: figures.realised.to_string(),
            fees_usd: figures.fees.to_string(),
            gas_usd: figures.gas.to_string(),
            adjusted_usd: figures.adjusted.to_string(),
            net_usd: figures.net().to_string(),
        }
    }
}

/// Some rows, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rows<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Ask for the next page with this; null on the last one.
    pub next_cursor: Option<String>,
}
