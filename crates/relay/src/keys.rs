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
    /// Stream: what the leader's live socket says.
    pub(crate) fn live(&self) -> String {
        self.named("live")
    }
    /// Hash: what the feeds are to watch.
    pub(crate) fn plan(&self) -> String {
        self.named("plan")
    }
    /// The lease of one shard.
    pub(crate) fn shard(&self, shard: u16) -> String {
        self.named(&format!("shard:{shard}"))
    }
    /// How often shards changed hands.
    pub(crate) fn epochs(&self) -> String {
        self.named("epochs")
    }
    /// Stream: what one shard's feed brings.
    pub(crate) fn frames(&self, shard: u16) -> String {
        self.named(&format!("frames:{shard}"))
    }
    /// Stream: books that are wished for again.
    pub(crate) fn wishes(&self) -> String {
        self.named("wishes")
    }
}
