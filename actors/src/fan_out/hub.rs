//! The clients of one live feed.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::time::Duration;

use bytestring::ByteString;
use parking_lot::RwLock;

use super::outbox::{Goodbye, Health, LaggedText, Outbox, OutboxLimits, Patience};
use super::{Disconnect, Frame};
use crate::supervision::clock;

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
        }
    }
}

/// Why a client was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The hub has as many clients as it may have.
    #[error("too many clients are connected; try again later")]
    Full,
    /// The hub has told its clients to go away.
    #[error("the live feed is shutting down")]
    Closed,
}

/// Counters over all clients, present and past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct HubTotals {
    /// Frames replaced by newer ones before they were sent.
    pub conflated: u64,
    /// Frames lost because a client was too far behind; it was told.
    pub lost: u64,
    /// Clients cut off because their socket took nothing.
    pub stalled: u64,
    /// Clients cut off because nothing was heard from them.
    pub silent: u64,
}

#[derive(Default)]
struct Clients {
    by_id: HashMap<u64, Arc<Outbox>>,
    last_id: u64,
    is_closed: bool,
}

/// The register of clients. Shared state and no actor: publishing is a plain call, and the clients
/// survive a crash of whoever publishes.
pub struct Hub {
    limits: HubLimits,
    lagged_text: LaggedText,
    clients: RwLock<Clients>,
    stalled: AtomicU64,
    silent: AtomicU64,
    conflated_of_past: AtomicU64,
    lost_of_past: AtomicU64,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("clients", &self.len())
            .field("totals", &self.totals())
            .finish_non_exhaustive()
    }
}

impl Hub {
    /// `lagged_text` makes the frame that tells a client how many frames it has lost.
    pub fn new(
        limits: HubLimits,
        lagged_text: impl Fn(u64) -> ByteString + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Hub {
            limits,
            lagged_text: Arc::new(lagged_text),
            clients: RwLock::default(),
            stalled: AtomicU64::new(0),
            silent: AtomicU64::new(0),
            conflated_of_past: AtomicU64::new(0),
            lost_of_past: AtomicU64::new(0),
        })
    }

    /// The bounds it was made with.
    pub fn limits(&self) -> &HubLimits {
        &self.limits
    }

    /// Queues a frame for every client; never blocks on any of them.
    pub fn publish(&self, frame: &Frame) {
        for client in self.clients.read().by_id.values() {
            client.push(frame);
        }
    }

    /// Takes a client. `greet` queues its first frames; no published frame comes before or between
    /// them, and none published after it is missed. It must be quick and must not use the hub,
    /// which waits for it.
    ///
    /// # Errors
    /// When the hub is full, or closed by [`go_away`](Hub::go_away).
    pub fn join(
        &self,
        connection: Option<Box<dyn Disconnect>>,
        greet: impl FnOnce(&Outbox),
    ) -> Result<Arc<Outbox>, JoinError> {
        let mut clients = self.clients.write();
        if clients.is_closed {
            return Err(JoinError::Closed);
        }
        if clients.by_id.len() >= self.limits.clients {
            return Err(JoinError::Full);
        }
        clients.last_id += 1;
        let id = clients.last_id;
        let outbox = Outbox::new(id, self.limits.outbox, self.lagged_text.clone(), connection);
        greet(&outbox);
        clients.by_id.insert(id, outbox.clone());
        Ok(outbox)
    }

    /// Forgets a client whose session has ended.
    pub fn leave(&self, outbox: &Outbox) {
        let mut clients = self.clients.write();
        if clients.by_id.remove(&outbox.id()).is_some() {
            let (conflated, lost) = outbox.conflated_and_lost();
            self.conflated_of_past.fetch_add(conflated, Relaxed);
            self.lost_of_past.fetch_add(lost, Relaxed);
        }
    }

    /// Pings the silent and cuts off the stalled and the dead. To be called about once a second,
    /// by an actor: a frozen session cannot do it for itself.
    pub fn sweep(&self) {
        self.sweep_at(clock::now_ms());
    }

    fn sweep_at(&self, now_ms: u64) {
        let HubLimits { stall, ping, silence, .. } = self.limits;
        for client in self.clients.read().by_id.values() {
            let counter = match client.check(Patience { stall, ping, silence }, now_ms) {
                Health::Fine => continue,
                Health::Stalled => &self.stalled,
                Health::Silent => &self.silent,
            };
            counter.fetch_add(1, SeqCst);
            client.kill();
        }
    }

    /// Takes no more clients and says goodbye to all: the first step of stopping the HTTP server,
    /// which otherwise waits for open sockets until its time is up.
    pub fn go_away(&self, goodbye: Goodbye) {
        let mut clients = self.clients.write();
        clients.is_closed = true;
        for client in clients.by_id.values() {
            client.close(goodbye);
        }
    }

    /// Takes clients again, after [`go_away`](Hub::go_away): for an HTTP server that restarts.
    pub fn reopen(&self) {
        self.clients.write().is_closed = false;
    }

    /// Number of clients.
    pub fn len(&self) -> usize {
        self.clients.read().by_id.len()
    }

    /// Whether nobody listens.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The largest backlog of any client, bytes.
    pub fn backlog_bytes_max(&self) -> usize {
        let clients = self.clients.read();
        clients.by_id.values().map(|client| client.backlog().bytes).max().unwrap_or(0)
    }

    /// Counters over all clients.
    pub fn totals(&self) -> HubTotals {
        let clients = self.clients.read();
        let mut totals = HubTotals {
            conflated: self.conflated_of_past.load(Relaxed),
            lost: self.lost_of_past.load(Relaxed),
            stalled: self.stalled.load(Relaxed),
            silent: self.silent.load(Relaxed),
        };
        for client in clients.by_id.values() {
            let (conflated, lost) = client.conflated_and_lost();
            totals.conflated += conflated;
            totals.lost += lost;
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};

    use super::*;
    use crate::fan_out::Out;

    fn hub(clients: usize) -> Arc<Hub> {
        Hub::new(HubLimits { clients, ..HubLimits::default() }, |lost| {
            format!("lost {lost}").into()
        })
    }

    fn next(outbox: &Arc<Outbox>) -> Option<Out> {
        outbox.stream().next().now_or_never().flatten()
    }

    #[test]
    fn the_greeting_comes_first_and_nothing_published_later_is_missed() {
        let hub = hub(9);
        hub.publish(&Frame::fact("nobody is there"));
        let client = hub.join(None, |outbox| outbox.push(&Frame::fact("hello"))).unwrap();
        hub.publish(&Frame::fact("news"));
        assert_eq!(next(&client), Some(Out::Text("hello".into())));
        assert_eq!(next(&client), Some(Out::Text("news".into())));
        assert_eq!(next(&client), None);
    }

    #[test]
    fn a_full_hub_and_a_closed_hub_refuse_and_say_which() {
        let hub = hub(1);
        let client = hub.join(None, |_| {}).unwrap();
        assert_eq!(hub.join(None, |_| {}).err(), Some(JoinError::Full));
        hub.leave(&client);
        hub.leave(&client);
        assert!(hub.is_empty());
        hub.go_away(Goodbye { code: 1001, reason: "bye" });
        assert_eq!(hub.join(None, |_| {}).err(), Some(JoinError::Closed));
        hub.reopen();
        assert!(hub.join(None, |_| {}).is_ok());
    }

    #[test]
    fn the_counters_of_clients_that_left_are_kept() {
        let hub = hub(9);
        let client = hub.join(None, |_| {}).unwrap();
        hub.publish(&Frame::state(1, "a"));
        hub.publish(&Frame::state(1, "b"));
        hub.leave(&client);
        assert_eq!(hub.totals().conflated, 1);
    }

    #[test]
    fn a_sweep_cuts_off_the_stalled_once_and_leaves_the_others() {
        let hub = hub(9);
        let stalled = hub.join(None, |_| {}).unwrap();
        let reading = hub.join(None, |_| {}).unwrap();
        hub.publish(&Frame::state(1, "a"));
        while next(&reading).is_some() {}
        let later_ms = clock::now_ms() + 11_000;
        hub.sweep_at(later_ms);
        hub.sweep_at(later_ms);
        assert_eq!(hub.totals().stalled, 1);
        hub.publish(&Frame::fact("news"));
        assert_eq!(next(&stalled), None);
        assert_eq!(next(&reading), Some(Out::Text("news".into())));
    }
}
