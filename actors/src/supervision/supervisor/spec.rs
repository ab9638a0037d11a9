//! The specification of a supervisor.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::supervision::child::ChildSpec;
use crate::supervision::policy::{Intensity, Strategy};

/// A supervisor's children, in start order, and what it does when one of them ends.
pub struct SupervisorSpec {
    name: String,
    pub(super) strategy: Strategy,
    pub(super) intensity: Intensity,
    pub(super) children: Vec<Arc<ChildSpec>>,
}

impl fmt::Debug for SupervisorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SupervisorSpec")
            .field("name", &self.name)
            .field("strategy", &self.strategy)
            .field("intensity", &self.intensity)
            .field("children", &self.children)
            .finish()
    }
}

impl SupervisorSpec {
    /// No children yet, and [`Intensity::default`].
    pub fn new(name: &str, strategy: Strategy) -> Self {
        SupervisorSpec {
            name: name.to_owned(),
            strategy,
            intensity: Intensity::default(),
            children: Vec::new(),
        }
    }

    /// More than `max` restarts `within` this time escalate, see [`Intensity`].
    pub fn intensity(mut self, max: usize, within: Duration) -> Self {
        self.intensity = Intensity { max, within };
        self
    }

    /// Adds a child. They start in this order, each after the one before is up, and stop in the
    /// reverse order. A second child of the same name fails the supervisor's start.
    pub fn child(mut self, child: ChildSpec) -> Self {
        self.children.push(Arc::new(child));
        self
    }

    /// The supervisor's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shut(&self) {
        for child in &self.children {
            child.kind.shut();
        }
    }
}
