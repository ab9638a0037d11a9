//! What each strategy did, readable without asking it. It outlives every incarnation of an agent.

use std::collections::BTreeMap;

use domain::UnixMillis;
use engine::opportunity::OpportunityKind;
use engine::risk::{Rule, StrategyActivity};
use engine::signal::StrategyName;
use engine::strategy::StrategySettings;
use parking_lot::RwLock;

/// One strategy. The counts are since the program started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StrategyStatus {
    /// What it may do.
    pub settings: StrategySettings,
    /// Whether it acts.
    pub activity: StrategyActivity,
    /// Opportunities of its kinds that are open.
    pub open: usize,
    /// Opportunities that it was told of while it had no room for more.
    pub refused_full: u64,
    /// Looks.
    pub analysed: u64,
    /// Signals.
    pub raised: u64,
    /// Signals that nobody could take.
    pub raise_failed: u64,
    /// Signals that were approved.
    pub approved: u64,
    /// Reasons that nobody had room to hear.
    pub reasons_dropped: u64,
    /// How often each rule came to be the first that refuses: an opportunity, or a signal.
    pub refusals: BTreeMap<Rule, u64>,
    /// Opportunities that it let go, by kind and by the first gate that refused.
    pub passed: BTreeMap<(OpportunityKind, Rule), u64>,
    /// When it last raised a signal.
    pub raised_at: Option<UnixMillis>,
}

/// Every strategy.
#[derive(Debug, Default)]
pub struct StrategiesBoard(RwLock<BTreeMap<StrategyName, StrategyStatus>>);

impl StrategiesBoard {
    /// One strategy; `None` where there is none of that name.
    #[must_use]
    pub fn get(&self, name: &StrategyName) -> Option<StrategyStatus> {
        self.0.read().get(name).cloned()
    }
    /// Every strategy, by name.
    #[must_use]
    pub fn all(&self) -> Vec<(StrategyName, StrategyStatus)> {
        self.0.read().iter().map(|(name, status)| (name.clone(), status.clone())).collect()
    }
    pub(super) fn change(&self, name: &StrategyName, change: impl FnOnce(&mut StrategyStatus)) {
        change(self.0.write().entry(name.clone()).or_default());
    }
}
