//! Why nothing is traded.

use domain::UnixMillis;
use serde::{Deserialize, Serialize};

/// What stopped trading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HaltCause {
    /// The program starts; nothing has been compared yet.
    Starting,
    /// Somebody asked for it.
    Operator,
    /// The process is about to end.
    Stopping,
    /// Too much was lost today.
    DayLoss,
    /// The equity fell too far from its peak.
    Drawdown,
    /// Too many errors in a row.
    ConsecutiveErrors,
    /// What we believe to hold and what the venue or the chain says differ.
    Reconciliation,
    /// More was spent than was reserved.
    Overrun,
    /// What must be kept could not be kept, or a queue that must not drop was full.
    Internal,
}

impl HaltCause {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Operator => "operator",
            Self::Stopping => "stopping",
            Self::DayLoss => "day_loss",
            Self::Drawdown => "drawdown",
            Self::ConsecutiveErrors => "consecutive_errors",
            Self::Reconciliation => "reconciliation",
            Self::Overrun => "overrun",
            Self::Internal => "internal",
        }
    }
}

/// A halt. The first one stays until trading is resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// What stopped trading.
    pub cause: HaltCause,
    /// In words; of an operator who and why.
    pub text: String,
    /// Since when.
    pub at: UnixMillis,
}
