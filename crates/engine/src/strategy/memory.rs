//! Where a strategy raised signals lately.

use std::collections::BTreeMap;

use domain::{DurationMillis, UnixMillis};

use crate::opportunity::{OpportunityId, Subject};

/// Places remembered; the one that was raised longest ago is forgotten first.
const PLACES_MAX: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Raised {
    opportunity: OpportunityId,
    round: u32,
    at: UnixMillis,
}

/// The last signal of each place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory(BTreeMap<Subject, Raised>);

impl Memory {
    /// How long ago something was raised there; `None` where nothing is remembered.
    pub(super) fn rested(&self, subject: &Subject, now: UnixMillis) -> Option<DurationMillis> {
        self.0.get(subject).map(|raised| now.since(raised.at))
    }
    /// Which signal of this opportunity the next one is, from 1.
    pub(super) fn round(&self, id: &OpportunityId) -> u32 {
        let last = self.0.get(&id.subject).filter(|raised| raised.opportunity == *id);
        last.map_or(1, |raised| raised.round.saturating_add(1))
    }
    pub(super) fn note(&mut self, id: &OpportunityId, now: UnixMillis) {
        let round = self.round(id);
        let raised = Raised { opportunity: id.clone(), round, at: now };
        self.0.insert(id.subject.clone(), raised);
        if self.0.len() > PLACES_MAX {
            let oldest = self.0.iter().min_by_key(|(_, raised)| raised.at);
            if let Some(subject) = oldest.map(|(subject, _)| subject.clone()) {
                self.0.remove(&subject);
            }
        }
    }
}
