//! What is wrong with a setting, told so that it can be put right.

use std::fmt;

/// One thing that is wrong, where it came from, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, or the name of a variable or file.
    pub key: String,
    /// Where it was set; empty if nowhere.
    pub origin: String,
    /// What is wrong and what to do, in whole sentences.
    pub text: String,
}

impl Problem {
    pub(super) fn new(key: &str, origin: &str, text: impl Into<String>) -> Self {
        Self { key: key.to_owned(), origin: origin.to_owned(), text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin.is_empty() {
            write!(f, "{}: {}", self.key, self.text)
        } else {
            write!(f, "{} (from {}): {}", self.key, self.origin, self.text)
        }
    }
}

/// Settings that cannot be used. All problems at once, so that one look mends them all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SettingsError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => writeln!(f, "The settings have a problem:")?,
            n => writeln!(f, "The settings have {n} problems:")?,
        }
        for problem in &self.problems {
            writeln!(f, "  - {problem}")?;
        }
        write!(f, "`dutchbook config show --origin` shows every value and where it came from.")
    }
}
