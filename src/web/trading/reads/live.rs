//! How trading stands this moment, from the board.

use engine::desk::TradingView;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix_web::{HttpResponse, web};
use actors::strategies::{StrategiesBoard, StrategyStatus};
use engine::desk::StrategyState;
use engine::risk::StrategyActivity;
use engine::signal::StrategyName;
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::{Names, PositionsView, RiskView, StrategyView};
use crate::web::trading::{Refusal, RefusalKind, TradingState};

/// Positions that are shown.
const POSITIONS_MAX: usize = 1_000;

/// Every strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StrategiesView {
    /// In the order of the names.
    pub data: Vec<StrategyView>,
}

impl TradingState {
    /// The newest view of the desk.
    ///
    /// # Errors
    /// The desk is still being read back.
    pub fn view(&self) -> Result<Arc<TradingView>, Problem> {
        let reading = || {
            Refusal::new(
                RefusalKind::NotReady,
                "the desk is still being read back from the journal",
            )
        };
        self.board.view().ok_or_else(|| reading().into())
    }
}

/// What is owned
///
/// Dollars and shares as the desk has them now, with what they cost and would bring.
#[utoipa::path(get, path = "/api/v1/positions", tag = "trading",
    responses((status = 200, description = "What is owned", body = PositionsView),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)))]
pub async fn positions(state: web::Data<WebState>) -> Result<HttpResponse, Problem> {
    let view = state.trading()?.view()?;
    let names = Names(state.listing.get());
    Ok(HttpResponse::Ok().json(PositionsView::new(&view, &names, POSITIONS_MAX)))
}

/// How much is at risk
///
/// Limits with what is used of them, locks, the halt with its proof, what the venue says.
#[utoipa::path(get, path = "/api/v1/risk", tag = "trading",
    responses((status = 200, description = "How much is at risk", body = RiskView),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)))]
pub async fn risk(state: web::Data<WebState>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(risk_view(&state)?))
}

/// How much is at risk now.
///
/// # Errors
/// Trading is off, or the desk is still being read back.
pub fn risk_view(state: &WebState) -> Result<RiskView, Problem> {
    let trading = state.trading()?;
    let view = trading.view()?;
    let now = state.clock.now();
    let feed_age_ms = state.board.last_data_at().map(|at| now.since(at).0.max(0));
    Ok(RiskView::new(&view, &trading.board, feed_age_ms))
}

/// List strategies
///
/// How each stands: running or not, its budget, its result.
#[utoipa::path(get, path = "/api/v1/strategies", tag = "trading",
    responses((status = 200, description = "Every strategy", body = StrategiesView),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)))]
pub async fn strategies(state: web::Data<WebState>) -> Result<HttpResponse, Problem> {
    let trading = state.trading()?;
    let data = strategy_views(&*trading.view()?, &trading.strategies);
    Ok(HttpResponse::Ok().json(StrategiesView { data }))
}

/// Every strategy that has an agent, or that the desk knows.
#[must_use]
pub fn strategy_views(view: &TradingView, board: &StrategiesBoard) -> Vec<StrategyView> {
    let agents: BTreeMap<StrategyName, StrategyStatus> = board.all().into_iter().collect();
    let known = view.strategies.keys().chain(view.by_strategy.keys());
    let names: BTreeSet<&StrategyName> = agents.keys().chain(known).collect();
    let fresh = StrategyState { activity: StrategyActivity::Running, budget: None, settings: None };
    let one = |name: &StrategyName| {
        let state = view.strategies.get(name).copied().unwrap_or(fresh);
        let figures = view.by_strategy.get(name).copied().unwrap_or_default();
        StrategyView::new(name.as_str(), state, figures, agents.get(name))
    };
    names.into_iter().map(one).collect()
}
