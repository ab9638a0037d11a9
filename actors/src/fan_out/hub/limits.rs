//! The bounds of a hub, and of each of its clients.

use std::time::Duration;

/// The bounds of one client's outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Facts that wait.
    pub facts: usize,
    /// Distinct keys of state that wait.
    pub keys: usize,
    /// Bytes of text that wait, of both kinds together.
    pub bytes: usize,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        OutboxLimits { facts: 256, keys: 4096, bytes: 4 << 20 }
    }
}

/// The bounds of a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubLimits {
    /// Clients at one time.
    pub clients: usize,
    /// The outbox of each.
    pub outbox: OutboxLimits,
    /// A client whose socket has taken nothing for so long, although something waits, is cut off.
    pub stall: Duration,
    /// A client that was silent for so long is pinged.
    pub ping: Duration,
    /// A client that was silent for so long is cut off.
    pub silence: Duration,
    /// Largest frame a client may send, bytes.
    pub inbound_bytes_max: usize,
    /// The last frames of state that are kept for clients whose snapshot is under way; 0 where a
    /// snapshot is made at once.
    pub states_kept: usize,
}

impl Default for HubLimits {
    fn default() -> Self {
        HubLimits {
            clients: 2000,
            outbox: OutboxLimits::default(),
            stall: Duration::from_secs(10),
            ping: Duration::from_secs(15),
            silence: Duration::from_secs(45),
            inbound_bytes_max: 16 << 10,
            states_kept: 0,
        }
    }
}
