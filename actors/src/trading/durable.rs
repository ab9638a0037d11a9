//! What may leave this process.

use engine::desk::Effect;

/// An effect whose reasons are written down for good. Only the keeper makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durable(Effect);

impl Durable {
    pub(super) const fn new(effect: Effect) -> Self {
        Self(effect)
    }
    /// What is to be done.
    #[must_use]
    pub const fn effect(&self) -> &Effect {
        &self.0
    }
    /// What is to be done.
    #[must_use]
    pub fn into_effect(self) -> Effect {
        self.0
    }
}
