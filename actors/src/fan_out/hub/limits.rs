//! The bounds of a hub.

use std::time::Duration;

use crate::fan_out::OutboxLimits;

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
