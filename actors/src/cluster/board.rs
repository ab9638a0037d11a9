//! What a process that serves people knows of the one that leads.

use std::time::{Duration, Instant};

use parking_lot::RwLock;
use relay::Leader;

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
