//! Opportunities from their first sight to their end, folded from the records of the detector.

use std::collections::BTreeMap;

use domain::{DurationMillis, Shares, UnixMillis, Usd};
use engine::opportunity::{OpportunityId, OpportunityKind, OpportunityRecord, Subject};

use crate::scene::Changes;

/// Opportunities that are listed; more are counted.
const LISTED_MAX: usize = 1_000;

/// One opportunity; its figures are those of its best moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which trade.
    pub kind: OpportunityKind,
    /// Where.
    pub subject: Subject,
    /// When it was first seen.
    pub since: UnixMillis,
    /// For how long.
    pub lasted: DurationMillis,
    /// How many complete sets.
    pub size: Shares,
    /// What they would bring before any cost.
    pub gross: Usd,
    /// Fees and the cost of transactions.
    pub costs: Usd,
    /// What would be left.
    pub net: Usd,
}

/// Every opportunity.
#[derive(Clone, Debug)]
pub struct Findings {
    /// When the tape began.
    pub begins_at: UnixMillis,
    /// The first of them.
    pub listed: Vec<Finding>,
    /// All of them, by kind.
    pub by_kind: BTreeMap<OpportunityKind, u64>,
    open: BTreeMap<OpportunityId, Option<usize>>,
}

impl Findings {
    /// Nothing was found yet.
    #[must_use]
    pub fn new(begins_at: UnixMillis) -> Self {
        let (by_kind, open) = (BTreeMap::new(), BTreeMap::new());
        Self { begins_at, listed: Vec::new(), by_kind, open }
    }
    /// All of them.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.by_kind.values().sum()
    }
    pub(crate) fn take(&mut self, changes: &Changes) {
        for record in changes {
            match record.closed {
                Some((at, _)) => self.close(&record.id, at),
                None => self.see(record),
            }
        }
    }
    /// What is still open is seen no more.
    pub(crate) fn end_of_books(&mut self, at: UnixMillis) {
        let open: Vec<_> = self.open.keys().cloned().collect();
        open.iter().for_each(|id| self.close(id, at));
    }

    fn close(&mut self, id: &OpportunityId, at: UnixMillis) {
        if let Some(Some(place)) = self.open.remove(id)
            && let Some(finding) = self.listed.get_mut(place)
        {
            finding.lasted = at.since(id.since);
        }
    }
    fn see(&mut self, record: &OpportunityRecord) {
        let OpportunityRecord { id, opportunity, .. } = record;
        let place = match self.open.get(id) {
            Some(place) => *place,
            None => {
                *self.by_kind.entry(id.kind).or_default() += 1;
                let place = (self.listed.len() < LISTED_MAX).then_some(self.listed.len());
                self.open.insert(id.clone(), place);
                if place.is_some() {
                    self.listed.push(Finding {
                        kind: id.kind,
                        subject: id.subject.clone(),
                        since: id.since,
                        lasted: DurationMillis(0),
                        size: Shares::ZERO,
                        gross: Usd::ZERO,
                        costs: Usd::ZERO,
                        net: Usd::ZERO,
                    });
                }
                place
            }
        };
        let finding = place.and_then(|place| self.listed.get_mut(place));
        if let Some(finding) = finding.filter(|finding| finding.net < opportunity.net) {
            finding.size = opportunity.size;
            finding.gross = opportunity.gross;
            finding.costs = opportunity.fees() + opportunity.chain_cost;
            finding.net = opportunity.net;
        }
    }
}
