//! One on-chain task from the decision to its last confirmation.

use domain::UnixMillis;
use serde::{Deserialize, Serialize};

use super::{PlanNumber, TaskNumber};
use crate::signal::{ChainTask, StrategyName};

/// Where a task is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TaskState {
    /// Written down; no transaction exists yet.
    Intended,
    /// A transaction is signed and written down, and perhaps sent.
    Prepared,
    /// In a block, but not final.
    Mined,
    /// Final: what it promised has happened.
    Confirmed,
    /// It did not happen and never will.
    Failed {
        /// Why. Untrusted text, bounded.
        why: String,
    },
}

/// A task with everything known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskTrack {
    /// Our number of it.
    pub number: TaskNumber,
    /// For which plan; `None` where nobody's plan asked for it, such as a redemption.
    pub plan: Option<PlanNumber>,
    /// Who is credited with its result.
    pub strategy: StrategyName,
    /// What is to be done.
    pub task: ChainTask,
    /// Where it is.
    pub state: TaskState,
    /// The signed transaction as the chain's adapter writes it down.
    pub prepared: Option<String>,
    /// The transaction's name on the chain or at the relayer, for people.
    pub reference: Option<String>,
    /// When it was decided.
    pub created_at: UnixMillis,
    /// When it ended.
    pub ended_at: Option<UnixMillis>,
}

impl TaskTrack {
    /// Nothing follows any more.
    #[must_use]
    pub const fn is_ended(&self) -> bool {
        matches!(self.state, TaskState::Confirmed | TaskState::Failed { .. })
    }
    /// It happened.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.state, TaskState::Confirmed)
    }
}
