//! What every strategy has: a name, settings, and a memory of what it raised.

use domain::UnixMillis;

use super::memory::{Answer, Memory};
use super::settings::{StrategySettings, StrategySettingsError};
use crate::opportunity::Subject;
use crate::signal::{SignalId, StrategyName};

/// A strategy's name, settings and memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routine {
    name: StrategyName,
    settings: StrategySettings,
    pub(super) memory: Memory,
}

impl Routine {
    /// Remembers nothing.
    #[must_use]
    pub fn new(name: StrategyName, settings: StrategySettings) -> Self {
        Self { name, settings, memory: Memory::default() }
    }
    /// Whose it is.
    #[must_use]
    pub const fn name(&self) -> &StrategyName {
        &self.name
    }
    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &StrategySettings {
        &self.settings
    }
    /// Takes in what was decided about a signal that was raised there.
    pub fn learn(&mut self, subject: &Subject, signal: &SignalId, answer: Answer, at: UnixMillis) {
        self.memory.learn(subject, signal, answer, at);
    }
    /// Changes the settings from the next opportunity on.
    ///
    /// # Errors
    /// They cannot be used; nothing has changed then.
    pub fn set_settings(
        &mut self,
        settings: StrategySettings,
    ) -> Result<(), StrategySettingsError> {
        settings.validate()?;
        self.settings = settings;
        Ok(())
    }
}
