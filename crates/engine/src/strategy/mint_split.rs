//! Split dollars into YES and NO of one market, and sell both for more.

use super::{Parts, Plan, Routine, Strategy};
use crate::opportunity::OpportunityKind;
use crate::signal::Aim;

/// Trades `ParityShort`.
#[derive(Debug)]
pub struct MintSplit(Routine);

impl MintSplit {
    /// With its name and settings.
    #[must_use]
    pub const fn new(routine: Routine) -> Self {
        Self(routine)
    }
}

impl Strategy for MintSplit {
    fn routine(&self) -> &Routine {
        &self.0
    }
    fn routine_mut(&mut self) -> &mut Routine {
        &mut self.0
    }
    fn kinds(&self) -> &'static [OpportunityKind] {
        &[OpportunityKind::ParityShort]
    }
    fn plan(&self, _: OpportunityKind, parts: Parts) -> Plan {
        let stages = [parts.splits(), parts.sales()];
        Plan::new(stages, Aim::Flat)
    }
}
