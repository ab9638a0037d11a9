//! Trade the outcomes of a group against the one dollar that exactly one of them pays.

use super::{Parts, Plan, Routine, Strategy};
use crate::opportunity::OpportunityKind;
use crate::signal::Aim;

/// Trades all three kinds of a neg-risk group.
#[derive(Debug)]
pub struct NegRiskBasket(Routine);

impl NegRiskBasket {
    /// With its name and settings.
    #[must_use]
    pub const fn new(routine: Routine) -> Self {
        Self(routine)
    }
}

impl Strategy for NegRiskBasket {
    fn routine(&self) -> &Routine {
        &self.0
    }
    fn routine_mut(&mut self) -> &mut Routine {
        &mut self.0
    }
    fn kinds(&self) -> &'static [OpportunityKind] {
        &OpportunityKind::OF_GROUP
    }
    fn plan(&self, kind: OpportunityKind, parts: Parts) -> Plan {
        match kind {
            OpportunityKind::NegRiskShort => {
                let stages = [parts.splits(), parts.sales(), parts.conversions()];
                Plan::new(stages, Aim::Flat)
            }
            OpportunityKind::NegRiskConvert => {
                let stages = [parts.purchases(), parts.conversions(), parts.sales()];
                Plan::new(stages, Aim::Flat)
            }
            // The sets are held until the group is resolved; the redemption follows that.
            _ => Plan::new([parts.purchases()], Aim::CompleteSets),
        }
    }
}
