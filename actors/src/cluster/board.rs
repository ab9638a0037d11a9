//! What a process that serves people knows of the one that leads.

use std::time::{Duration, Instant};

use parking_lot::RwLock;
use relay::Leader;

use crate::fan_out::Hub;

/// What was heard of the leader last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Who leads, as Redis says; it may be gone.
    pub leader: Option<Leader>,
    /// When something was last heard of what its live socket says.
    pub heard_at: Option<Instant>,
}

impl Followed {
    /// Whether what is said here is what the leader says, but for `age_max`.
    #[must_use]
    pub fn is_fresh(&self, age_max: Duration) -> bool {
        self.heard_at.is_some_and(|at| at.elapsed() < age_max)
    }
    /// Facts that the leader had said, when it last said that it leads, and that `hub` has not repeated
    /// yet; `None` where nobody leads. No clocks are compared.
    #[must_use]
    pub fn behind_facts(&self, hub: &Hub) -> Option<u64> {
        let Leader { run, last_fact, .. } = self.leader.as_ref()?;
        let repeated = if hub.run() == *run { hub.last_fact() } else { 0 };
        Some(last_fact.saturating_sub(repeated))
    }
    /// How long nothing was heard of what the leader's live socket says, by the clock of this process;
    /// `None` before the first word.
    #[must_use]
    pub fn heard_ago(&self) -> Option<Duration> {
        self.heard_at.map(|at| at.elapsed())
    }
}

/// Outlives each incarnation of who writes it.
#[derive(Debug, Default)]
pub struct ClusterBoard(RwLock<Followed>);

impl ClusterBoard {
    /// As it stands.
    #[must_use]
    pub fn get(&self) -> Followed {
        self.0.read().clone()
    }
    pub(super) fn set_leader(&self, leader: Option<Leader>) {
        self.0.write().leader = leader;
    }
    pub(super) fn set_heard(&self, at: Instant) {
        self.0.write().heard_at = Some(at);
    }
}
