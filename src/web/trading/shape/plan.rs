//! Approved wishes on their way.

use domain::UnixMillis;
use serde::Serialize;
use store::PlanRow;
use utoipa::ToSchema;

/// One plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanView {
    /// Its number.
    pub id: String,
    /// Whose.
    pub strategy: String,
    /// What it came from; null for a wish by hand.
    pub opportunity_id: Option<String>,
    /// `open`, `done`, `nothing` or `unbalanced`.
    pub state: String,
    /// The same in a sentence.
    pub state_text: &'static str,
    /// When it was approved.
    pub opened_at: String,
    /// When it was over.
    pub closed_at: Option<String>,
    /// What it was to bring.
    pub expected_net_usd: String,
    /// What it has brought; null while it is open.
    pub realised_net_usd: Option<String>,
    /// By how much that is below what was promised at worst.
    pub breach_usd: String,
}

impl From<PlanRow> for PlanView {
    fn from(row: PlanRow) -> Self {
        let state_text = match row.state.as_str() {
            "open" => "Under way.",
            "done" => "Done; nothing is left that was not meant to be.",
            "nothing" => "Over; nothing was traded.",
            "unbalanced" => "Over; shares are left that nobody took.",
            _ => "Unknown to this version.",
        };
        Self {
            id: row.id,
            strategy: row.strategy.to_string(),
            opportunity_id: row.opportunity_id,
            state: row.state.to_string(),
            state_text,
            opened_at: row.opened_at.to_rfc3339(),
            closed_at: row.closed_at.map(UnixMillis::to_rfc3339),
            expected_net_usd: row.expected_net.to_string(),
            realised_net_usd: row.realised_net.map(|net| net.to_string()),
            breach_usd: row.breach.to_string(),
        }
    }
}
