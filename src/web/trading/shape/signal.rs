//! What was wished.

use domain::Side;
use engine::opportunity::ChainActionKind;
use engine::signal::{ChainTask, PlannedOrder, Signal};
use serde::Serialize;
use store::SignalRow;
use utoipa::ToSchema;

use super::Names;

/// A wish to trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignalView {
    /// Its name for ever.
    pub id: String,
    /// When it was raised, RFC 3339.
    pub at: String,
    /// By whom.
    pub strategy: String,
    /// From what; null for a wish by hand.
    pub opportunity_id: Option<String>,
    /// The market or group.
    pub subject: String,
    /// From when on it must not be begun.
    pub expires_at: String,
    /// Sets or shares.
    pub size_shares: String,
    /// Dollars needed at the worst moment.
    pub capital_usd: String,
    /// What it brings if all goes well, after all costs.
    pub best_usd: String,
    /// What it brings if the worst leg finds nobody.
    pub leg_missing_usd: String,
    /// What it brings if nothing can be sold again.
    pub floor_usd: String,
    /// Orders and transactions, stage by stage.
    pub steps: Vec<StepView>,
}

/// One order or transaction of a wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepView {
    /// Which stage, from 0; each waits for the one before.
    pub stage: usize,
    /// `buy`, `sell`, or what the contracts are asked.
    pub kind: &'static str,
    /// What is traded; null for a transaction.
    pub token_id: Option<String>,
    /// The markets it touches.
    pub condition_ids: Vec<String>,
    /// The first market's title. Text from the venue: not to be trusted.
    pub title: String,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: Option<String>,
    /// The worst price accepted.
    pub price: Option<String>,
    /// Shares, or sets.
    pub size_shares: String,
}

impl SignalView {
    /// As it is written down.
    #[must_use]
    pub fn of_row(row: SignalRow, names: &Names) -> Self {
        let steps = serde_json::from_value::<Signal>(row.body).map(|signal| steps(&signal, names));
        Self {
            id: row.id,
            at: row.at.to_rfc3339(),
            strategy: row.strategy.to_string(),
            opportunity_id: row.opportunity_id,
            subject: row.subject,
            expires_at: row.expires_at.to_rfc3339(),
            size_shares: row.size.to_string(),
            capital_usd: row.capital.to_string(),
            best_usd: row.best.to_string(),
            leg_missing_usd: row.leg_missing.to_string(),
            floor_usd: row.floor.to_string(),
            // A body of an older shape keeps its figures and shows no steps.
            steps: steps.unwrap_or_default(),
        }
    }
}

fn steps(signal: &Signal, names: &Names) -> Vec<StepView> {
    let mut steps = Vec::new();
    for (stage, of) in signal.stages.iter().enumerate() {
        steps.extend(of.orders().iter().map(|order| order_step(stage, order, names)));
        steps.extend(of.tasks().iter().map(|task| task_step(stage, task, names)));
    }
    steps
}

fn order_step(stage: usize, order: &PlannedOrder, names: &Names) -> StepView {
    let (terms, condition) = (&order.terms, &order.market.condition);
    StepView {
        stage,
        kind: side_code(terms.side),
        token_id: Some(terms.token.to_string()),
        condition_ids: vec![condition.to_string()],
        title: names.title(condition),
        outcome: names.outcome(condition, terms.token),
        price: Some(terms.price.to_string()),
        size_shares: terms.size.to_string(),
    }
}

fn task_step(stage: usize, task: &ChainTask, names: &Names) -> StepView {
    let first = task.markets.first();
    StepView {
        stage,
        kind: action_code(task.kind),
        token_id: None,
        condition_ids: task.markets.iter().map(|market| market.condition.to_string()).collect(),
        title: first.map_or_else(String::new, |market| names.title(&market.condition)),
        outcome: None,
        price: None,
        size_shares: task.amount.to_string(),
    }
}

/// `buy` or `sell`.
pub(super) const fn side_code(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

/// What the contracts are asked.
pub(super) const fn action_code(kind: ChainActionKind) -> &'static str {
    match kind {
        ChainActionKind::Split => "split",
        ChainActionKind::Merge => "merge",
        ChainActionKind::Convert => "convert",
        ChainActionKind::Redeem => "redeem",
        ChainActionKind::Transfer => "transfer",
    }
}
