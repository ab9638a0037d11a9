//! The names of what lies in Redis.

/// All names begin alike, so that several clusters share a server, and in braces, so that a cluster
/// of Redis keeps them on one node.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    prefix: String,
}

impl Keys {
    pub(crate) fn new(namespace: &str) -> Self {
        Self { prefix: format!("{{dutchbook:{namespace}}}") }
    }
    fn named(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }
    /// Hash: what each member says of itself.
    pub(crate) fn members(&self) -> String {
        self.named("members")
    }
    /// Sorted set: when each member was heard of.
    pub(crate) fn heard(&self) -> String {
        self.named("heard")
    }
    /// Hash: who leads.
    pub(crate) fn leader(&self) -> String {
        self.named("leader")
    }
}
