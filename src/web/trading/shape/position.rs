//! What is owned now.

use domain::money::{MICROS, divide};
use domain::{Rounding, Usd};
use engine::desk::HeldView;
use engine::desk::TradingView;
use engine::ledger::{Cash, Position};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FiguresView, Names};

/// Dollars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CashView {
    /// In the wallet for good; what is promised is still in it.
    pub settled_usd: String,
    /// What provisional trades will bring.
    pub pending_in_usd: String,
    /// What provisional trades and transactions on their way will take.
    pub pending_out_usd: String,
    /// Settled and promised to nobody.
    pub free_usd: String,
}

impl From<Cash> for CashView {
    fn from(cash: Cash) -> Self {
        Self {
            settled_usd: cash.settled.to_string(),
            pending_in_usd: cash.pending_in.to_string(),
            pending_out_usd: cash.pending_out.to_string(),
            free_usd: cash.free().to_string(),
        }
    }
}

/// Shares of one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PositionView {
    /// Of what.
    pub token_id: String,
    /// In which market, where that is known.
    pub condition_id: Option<String>,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: String,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: Option<String>,
    /// The market's group.
    pub group_id: Option<String>,
    /// In the wallet for good; what is promised is still in it.
    pub settled_shares: String,
    /// What provisional trades will bring.
    pub pending_in_shares: String,
    /// What provisional trades and transactions on their way will take.
    pub pending_out_shares: String,
    /// What they cost together, without fees.
    pub cost_usd: String,
    /// What one cost; null where none is held.
    pub average_cost_usd: Option<String>,
    /// What they would bring at the best bid, provisional trades included; null where nobody bids.
    pub mark_usd: Option<String>,
    /// That less their cost.
    pub unrealised_usd: Option<String>,
    /// Earned since they were last given up wholly, before fees.
    pub realised_usd: String,
    /// Taker's fees paid meanwhile.
    pub fees_usd: String,
}

/// Everything that is owned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PositionsView {
    /// When it was so.
    pub at: String,
    /// Dollars.
    pub cash: CashView,
    /// Dollars, and everything held at the best bids.
    pub equity_usd: String,
    /// The highest equity so far.
    pub equity_peak_usd: Option<String>,
    /// Reserved for open plans.
    pub reserved_usd: String,
    /// What the positions with a bid would bring more than they cost.
    pub unrealised_usd: String,
    /// Earned and spent today (UTC).
    pub today: FiguresView,
    /// Earned and spent since the beginning.
    pub total: FiguresView,
    /// Shares, the costliest first.
    pub data: Vec<PositionView>,
}

impl PositionsView {
    /// The first `rows_max` positions of a view; those that were given up are left out.
    #[must_use]
    pub fn new(view: &TradingView, names: &Names, rows_max: usize) -> Self {
        Self {
            at: view.at.to_rfc3339(),
            cash: view.cash.into(),
            equity_usd: view.equity.to_string(),
            equity_peak_usd: view.equity_peak.map(|peak| peak.to_string()),
            reserved_usd: view.reserved.to_string(),
            unrealised_usd: unrealised(view).to_string(),
            today: view.today.into(),
            total: view.total.into(),
            data: position_views(view, names, rows_max),
        }
    }
}

/// What the positions with a bid would bring more than they cost.
#[must_use]
pub fn unrealised(view: &TradingView) -> Usd {
    view.held.iter().filter(|held| is_held(&held.position)).filter_map(|held| held.unrealised).sum()
}

fn is_held(position: &Position) -> bool {
    let Position { settled, pending_in, pending_out, .. } = position;
    [settled, pending_in, pending_out].into_iter().any(|shares| shares.micros() != 0)
}

fn position_views(view: &TradingView, names: &Names, rows_max: usize) -> Vec<PositionView> {
    let mut held: Vec<&HeldView> =
        view.held.iter().filter(|held| is_held(&held.position)).collect();
    held.sort_by_key(|held| (std::cmp::Reverse(held.position.cost), held.token));
    held.into_iter().take(rows_max).map(|held| position_view(held, names)).collect()
}

fn position_view(held: &HeldView, names: &Names) -> PositionView {
    let position = held.position;
    let outcome = held.condition.and_then(|condition| names.outcome(&condition, held.token));
    let fallback = held.outcome.map(|outcome| match outcome.get() {
        0 => "Yes".to_owned(),
        _ => "No".to_owned(),
    });
    PositionView {
        token_id: held.token.to_string(),
        condition_id: held.condition.map(|condition| condition.to_string()),
        title: held.condition.map_or_else(String::new, |condition| names.title(&condition)),
        outcome: outcome.or(fallback),
        group_id: held.group.as_ref().map(ToString::to_string),
        settled_shares: position.settled.to_string(),
        pending_in_shares: position.pending_in.to_string(),
        pending_out_shares: position.pending_out.to_string(),
        cost_usd: position.cost.to_string(),
        average_cost_usd: average_cost(&position).map(|cost| cost.to_string()),
        mark_usd: held.unrealised.map(|gain| (gain + position.cost).to_string()),
        unrealised_usd: held.unrealised.map(|gain| gain.to_string()),
        realised_usd: position.realised.to_string(),
        fees_usd: position.fees.to_string(),
    }
}

/// Shown to a person, so halves are rounded up; nothing decides by it.
fn average_cost(position: &Position) -> Option<Usd> {
    let shares = position.settled + position.pending_in - position.pending_out;
    let numerator = i128::from(position.cost.micros()) * i128::from(MICROS);
    shares
        .is_positive()
        .then(|| Usd::from_micros(divide(numerator, shares.micros().into(), Rounding::HalfUp)))
}
