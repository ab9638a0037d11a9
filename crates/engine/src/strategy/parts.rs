//! What there is to do, from which a strategy makes its stages.

use crate::opportunity::ChainActionKind;
use crate::signal::{Aim, ChainTask, PlannedOrder, Stage};

/// The orders and tasks of one opportunity at one size, the leg that is missed most first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub(super) purchases: Vec<PlannedOrder>,
    pub(super) sales: Vec<PlannedOrder>,
    pub(super) tasks: Vec<ChainTask>,
}

impl Parts {
    /// Every purchase.
    #[must_use]
    pub fn purchases(&self) -> Stage {
        Stage::Orders(self.purchases.clone())
    }
    /// Every sale.
    #[must_use]
    pub fn sales(&self) -> Stage {
        Stage::Orders(self.sales.clone())
    }
    /// Dollars into YES and NO.
    #[must_use]
    pub fn splits(&self) -> Stage {
        self.tasks_of(ChainActionKind::Split)
    }
    /// YES and NO into dollars.
    #[must_use]
    pub fn merges(&self) -> Stage {
        self.tasks_of(ChainActionKind::Merge)
    }
    /// NOs into dollars and YESes.
    #[must_use]
    pub fn conversions(&self) -> Stage {
        self.tasks_of(ChainActionKind::Convert)
    }
    fn tasks_of(&self, kind: ChainActionKind) -> Stage {
        Stage::Chain(self.tasks.iter().filter(|task| task.kind == kind).cloned().collect())
    }
}

/// The stages of a trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One after the other; none is empty.
    pub stages: Vec<Stage>,
    /// What is to be held in the end.
    pub aim: Aim,
}

impl Plan {
    /// Leaves out the stages in which nothing is to be done.
    #[must_use]
    pub fn new(stages: impl IntoIterator<Item = Stage>, aim: Aim) -> Self {
        let busy = |stage: &Stage| match stage {
            Stage::Orders(orders) => !orders.is_empty(),
            Stage::Chain(tasks) => !tasks.is_empty(),
        };
        Self { stages: stages.into_iter().filter(busy).collect(), aim }
    }
}
