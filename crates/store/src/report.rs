//! What a write of many rows did.

use crate::error::StoreError;

/// A row that could not be written, and why. The others were.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Its key, cut to what fits on a line.
    pub key: String,
    /// What is wrong with it.
    pub error: StoreError,
}

/// What a write of many rows did, in rows.
#[derive(Clone, Debug, Default)]
pub struct UpsertReport {
    /// Not there before.
    pub added: u64,
    /// There, and different.
    pub changed: u64,
    /// There, and the same: nothing was written.
    pub unchanged: u64,
    /// Older than what is there: nothing was written.
    pub outdated: u64,
    /// Not written, because they do not fit the table.
    pub refused: Vec<Refused>,
}

impl UpsertReport {
    pub(crate) fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.outdated += other.outdated;
        self.refused.extend(other.refused);
    }
}
