//! How the desk stood, stated now and then so that a moment can be read without everything before it.

use std::collections::BTreeMap;

use domain::{ConditionId, TokenId, UnixMillis, Usd};
use engine::desk::TradingView;
use engine::ledger::{Cash, Position};
use engine::opportunity::OutcomeIndex;
use engine::risk::{Halt, Limits, Reconciled, StrategyActivity};
use engine::signal::StrategyName;
use serde::{Deserialize, Serialize};

/// Things held that are named; of more it is said how many.
const HELD_MAX: usize = 500;

/// How trading stood at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// When.
    pub at: UnixMillis,
    /// Whether our books were compared with the venue's and agreed.
    pub reconciled: Reconciled,
    /// Why nothing was traded, if so.
    pub halt: Option<Halt>,
    /// The limits in force.
    pub limits: Limits,
    /// Dollars.
    pub cash: Cash,
    /// Dollars and everything held, at the best bids.
    pub equity: Usd,
    /// The highest equity so far.
    pub equity_peak: Option<Usd>,
    /// Reserved for open plans.
    pub reserved: Usd,
    /// What counted against the day's limit of losses.
    pub day_loss: Option<Usd>,
    /// Trades begun within the last minute.
    pub trades_lately: u64,
    /// Errors since the last success.
    pub errors_in_a_row: u32,
    /// Plans that were not over.
    pub plans_open: u64,
    /// Orders that could still be matched.
    pub orders_open: u64,
    /// How the strategies stood.
    pub strategies: BTreeMap<StrategyName, StrategyThen>,
    /// What was held.
    pub held: Vec<HeldThen>,
    /// Things held that are not named here.
    pub held_more: u64,
}

/// How a strategy stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyThen {
    /// Whether it could raise signals.
    pub activity: StrategyActivity,
    /// The most dollars it could have in markets.
    pub budget: Option<Usd>,
    /// What it had in them.
    pub used: Usd,
}

/// One thing held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldThen {
    /// What.
    pub token: TokenId,
    /// In which market.
    pub condition: Option<ConditionId>,
    /// Which outcome of it.
    pub outcome: Option<OutcomeIndex>,
    /// How many, at which cost.
    pub position: Position,
    /// What it would have brought more than it cost.
    pub unrealised: Option<Usd>,
}

impl Standing {
    /// Of a view of the desk.
    #[must_use]
    pub fn of(view: &TradingView) -> Self {
        let used = |name| view.used.get(name).copied().unwrap_or_default();
        let strategies = view.strategies.iter().map(|(name, state)| {
            let (activity, budget) = (state.activity, state.budget);
            (name.clone(), StrategyThen { activity, budget, used: used(name) })
        });
        let held = view.held.iter().take(HELD_MAX).map(|held| HeldThen {
            token: held.token,
            condition: held.condition,
            outcome: held.outcome,
            position: held.position,
            unrealised: held.unrealised,
        });
        Self {
            at: view.at,
            reconciled: view.reconciled,
            halt: view.halt.clone(),
            limits: view.limits.clone(),
            cash: view.cash,
            equity: view.equity,
            equity_peak: view.equity_peak,
            reserved: view.reserved,
            day_loss: view.day_loss,
            trades_lately: view.trades_lately,
            errors_in_a_row: view.errors_in_a_row,
            plans_open: view.plans.len() as u64,
            orders_open: view.open_orders().count() as u64,
            strategies: strategies.collect(),
            held: held.collect(),
            held_more: view.held.len().saturating_sub(HELD_MAX) as u64,
        }
    }
}
