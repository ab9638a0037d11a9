//! Which part of the work this process does.

use std::time::Duration;

use super::super::reader::Reader;

/// What a process is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything; no other process shares its database.
    Alone,
    /// Everything, or to stand by: of those that share a database one decides at a time.
    Decide,
}

/// `[cluster]`: several processes that share the work.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// What this process is there for.
    pub role: Role,
    /// What others call it; empty for its host and number.
    pub name: String,
    /// So long after its last sign of life a process that decides is taken for gone, 2 s to 5 min.
    pub lease: Duration,
}

impl Cluster {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let roles = [("alone", Role::Alone), ("decide", Role::Decide)];
        Self {
            role: reader.choice("cluster.role", &roles, Role::Alone),
            name: reader.text("cluster.name"),
            lease: reader.millis("cluster.lease_ms", 2_000..=300_000),
        }
    }
}
