//! Transactions on their way.

use engine::desk::{TaskState, TaskTrack};
use serde::Serialize;
use utoipa::ToSchema;

use super::signal::action_code;

/// A transaction that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainTaskView {
    /// Our number of it.
    pub number: String,
    /// For which plan.
    pub plan_id: Option<String>,
    /// Who is credited.
    pub strategy: String,
    /// What the contracts are asked.
    pub kind: &'static str,
    /// `intended`, `prepared`, `mined`, `confirmed` or `failed`.
    pub state: &'static str,
    /// Sets or shares.
    pub amount_shares: String,
    /// Its name on the chain or at the relayer.
    pub reference: Option<String>,
    /// When it was decided, RFC 3339.
    pub created_at: String,
}

impl From<&TaskTrack> for ChainTaskView {
    fn from(task: &TaskTrack) -> Self {
        Self {
            number: task.number.to_string(),
            plan_id: task.plan.map(|plan| plan.to_string()),
            strategy: task.strategy.to_string(),
            kind: action_code(task.task.kind),
            state: match task.state {
                TaskState::Intended => "intended",
                TaskState::Prepared => "prepared",
                TaskState::Mined => "mined",
                TaskState::Confirmed => "confirmed",
                TaskState::Failed { .. } => "failed",
            },
            amount_shares: task.task.amount.to_string(),
            reference: task.reference.clone(),
            created_at: task.created_at.to_rfc3339(),
        }
    }
}
