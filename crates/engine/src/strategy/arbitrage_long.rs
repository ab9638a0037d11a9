//! Buy YES and NO of one market for less than one dollar, and merge them into one.

use super::{Parts, Plan, Routine, Strategy};
use crate::opportunity::OpportunityKind;
use crate::signal::Aim;

/// Trades `ParityLong`.
#[derive(Debug)]
pub struct ArbitrageLong(Routine);

impl ArbitrageLong {
    /// With its name and settings.
    #[must_use]
    pub const fn new(routine: Routine) -> Self {
        Self(routine)
    }
}

impl Strategy for ArbitrageLong {
    fn routine(&self) -> &Routine {
        &self.0
    }
    fn routine_mut(&mut self) -> &mut Routine {
        &mut self.0
    }
    fn kinds(&self) -> &'static [OpportunityKind] {
        &[OpportunityKind::ParityLong]
    }
    fn plan(&self, _: OpportunityKind, parts: Parts) -> Plan {
        let stages = [parts.purchases(), parts.merges()];
        Plan::new(stages, Aim::Flat)
    }
}
