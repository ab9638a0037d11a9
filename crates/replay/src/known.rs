//! What is known of the world, so that only what is another is written down.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, Touch, UnixMillis};
use engine::signal::SignalId;
use engine::strategy::{Decided, TrackRecord};
use engine::universe::Watched;

/// Plans that are remembered: a strategy may read the one before the newest.
const PLANS_KEPT: usize = 4;
/// Decisions that are remembered; more than a strategy waits for.
const DECISIONS_KEPT: usize = 4_000;

/// The world as it was last read. Nothing is known at first.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) plans: BTreeMap<u64, Arc<Watched>>,
    pub(crate) markets: BTreeMap<ConditionId, Option<Arc<Market>>>,
    pub(crate) groups: BTreeMap<GroupId, Option<Arc<EventGroup>>>,
    pub(crate) live: BTreeMap<u16, UnixMillis>,
    pub(crate) decisions: BTreeMap<SignalId, Option<Decided>>,
    pub(crate) touches: BTreeMap<ConditionId, [Touch; 2]>,
    pub(crate) quotes: BTreeMap<TokenId, Touch>,
    pub(crate) track_record: TrackRecord,
}

impl Known {
    /// Adds a plan under its number, and forgets the oldest.
    pub(crate) fn add_plan(&mut self, number: u64, plan: Arc<Watched>) {
        self.plans.insert(number, plan);
        while self.plans.len() > PLANS_KEPT {
            self.plans.pop_first();
        }
    }
    /// Adds a decision. Names of signals do not sort by age, so beyond the limit all are forgotten:
    /// what is read again is then written down again.
    pub(crate) fn add_decision(&mut self, signal: SignalId, decided: Option<Decided>) {
        if self.decisions.len() >= DECISIONS_KEPT {
            self.decisions.clear();
        }
        self.decisions.insert(signal, decided);
    }
}
