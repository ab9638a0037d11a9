//! The result of one look at a market or a group.

use crate::funnel::Reason;

use super::{Opportunity, OpportunityKind};

/// What one look found, and why it did not find the rest: each kind that was looked for is either
/// found or missed, never both, so that counters add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    found: Vec<Opportunity>,
    // One slot a kind instead of a list: most looks find nothing and must not allocate.
    missed: [Option<Reason>; OpportunityKind::ALL.len()],
}

impl Examination {
    /// A look that looked for nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { found: Vec::new(), missed: [None; OpportunityKind::ALL.len()] }
    }
    /// Adds the end of the look for one kind. The later of two ends of one kind counts.
    pub fn record(&mut self, kind: OpportunityKind, end: Result<Opportunity, Reason>) {
        self.found.retain(|opportunity| opportunity.kind != kind);
        if let Some(slot) = self.missed.get_mut(kind as usize) {
            *slot = end.as_ref().err().copied();
        }
        self.found.extend(end);
    }
    /// What was found.
    #[must_use]
    pub fn found(&self) -> &[Opportunity] {
        &self.found
    }
    /// What was found, to keep.
    #[must_use]
    pub fn into_found(self) -> Vec<Opportunity> {
        self.found
    }
    /// The kinds that were looked for and not found, with the first reason.
    pub fn missed(&self) -> impl Iterator<Item = (OpportunityKind, Reason)> + '_ {
        let kinds = OpportunityKind::ALL.into_iter().zip(&self.missed);
        kinds.filter_map(|(kind, reason)| reason.map(|reason| (kind, reason)))
    }
    /// How the look for every kind ended, for a funnel.
    pub fn ends(&self) -> impl Iterator<Item = (OpportunityKind, Result<(), Reason>)> + '_ {
        let found = self.found.iter().map(|opportunity| (opportunity.kind, Ok(())));
        found.chain(self.missed().map(|(kind, reason)| (kind, Err(reason))))
    }
    /// Why `kind` was not found; `None` where it was found or not looked for.
    #[must_use]
    pub fn reason(&self, kind: OpportunityKind) -> Option<Reason> {
        self.missed.get(kind as usize).copied().flatten()
    }
}
