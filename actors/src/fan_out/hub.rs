//! The clients of one live feed.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::time::Duration;

use bytestring::ByteString;
use parking_lot::{Mutex, RwLock};

use super::history::History;
use super::outbox::{Goodbye, Health, LaggedText, Outbox, OutboxLimits, Patience};
use super::{Disconnect, Frame, Interest};
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

/// Who comes, and what it is told first.
#[derive(Default)]
pub struct Arrival {
    /// Ends its connection from outside.
    pub connection: Option<Box<dyn Disconnect>>,
    /// What it wants to hear.
    pub interest: Interest,
    /// The number of the last fact that it knows: those after it follow its first frames. `None` for
    /// the facts from now on.
    pub since: Option<u64>,
    /// Its first frames.
    pub greeting: Vec<Frame>,
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("since", &self.since).finish_non_exhaustive()
    }
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
    run: u64,
    clients: RwLock<Clients>,
    /// Locked after `clients`, never before.
    history: Mutex<History>,
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
        let OutboxLimits { facts, bytes, .. } = limits.outbox;
        Arc::new(Hub {
            limits,
            lagged_text: Arc::new(lagged_text),
            run: RandomState::new().hash_one(0),
            clients: RwLock::default(),
            // What a client missed must find room in its outbox.
            history: Mutex::new(History::new(facts, bytes / 2)),
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

    /// Tells this hub from one of another run, whose numbers mean other facts.
    pub fn run(&self) -> u64 {
        self.run
    }

    /// The number of the last fact; 0 before the first.
    pub fn last_fact(&self) -> u64 {
        self.history.lock().last()
    }

    /// Whether every fact after the number `since` is still kept.
    pub fn keeps_since(&self, since: u64) -> bool {
        self.history.lock().after(since).is_some()
    }

    /// Queues a frame for every client that wants it; never blocks on any of them.
    pub fn publish(&self, frame: &Frame) {
        for client in self.clients.read().by_id.values() {
            client.push(frame);
        }
    }

    /// Numbers a fact, keeps it for a while, and queues it for every client that wants it.
    pub fn publish_fact(&self, kind: &'static str, text: impl FnOnce(u64) -> ByteString) {
        let clients = self.clients.read();
        let mut history = self.history.lock();
        let frame = history.add(|number| Frame::fact(text(number)).of(kind));
        for client in clients.by_id.values() {
            client.push(&frame);
        }
    }

    /// Takes a client. No published frame comes before or between its first ones, and none that is
    /// published after the fact that it knows is missed.
    ///
    /// # Errors
    /// When the hub is full, or closed by [`go_away`](Hub::go_away).
    pub fn join(&self, arrival: Arrival) -> Result<Arc<Outbox>, JoinError> {
        let Arrival { connection, interest, since, greeting } = arrival;
        let mut clients = self.clients.write();
        if clients.is_closed {
            return Err(JoinError::Closed);
        }
        if clients.by_id.len() >= self.limits.clients {
            return Err(JoinError::Full);
        }
        clients.last_id += 1;
        let id = clients.last_id;
        let lagged_text = self.lagged_text.clone();
        let outbox = Outbox::new(id, self.limits.outbox, lagged_text, connection);
        outbox.change_interest(|its| *its = interest);
        self.bring_up_to_date(&outbox, &greeting, since);
        clients.by_id.insert(id, outbox.clone());
        Ok(outbox)
    }

    /// Changes what a client hears, tells it `first`, and then the facts after the number `since`
    /// that it hears from now on and did not hear before.
    ///
    /// # Errors
    /// Those of `change`; nothing was changed or told.
    pub fn change_interest<E>(
        &self,
        outbox: &Outbox,
        change: impl FnOnce(&mut Interest) -> Result<(), E>,
        first: &[Frame],
        since: u64,
    ) -> Result<(), E> {
        // Nothing is published meanwhile.
        let _clients = self.clients.write();
        let before = outbox.interest();
        let mut after = before.clone();
        change(&mut after)?;
        for frame in first {
            outbox.push(frame);
        }
        let history = self.history.lock();
        let missed = history.after(since).into_iter().flatten();
        outbox.change_interest(|its| *its = after);
        for fact in missed.filter(|fact| !before.wants(fact)) {
            outbox.push(fact);
        }
        Ok(())
    }

    fn bring_up_to_date(&self, outbox: &Outbox, greeting: &[Frame], since: Option<u64>) {
        for frame in greeting {
            outbox.push(frame);
        }
        let history = self.history.lock();
        let Some(since) = since else { return };
        match history.after(since) {
            Some(missed) => missed.for_each(|fact| outbox.push(fact)),
            None => outbox.miss(history.last().abs_diff(since)),
        }
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
    use crate::fan_out::{Out, Topic};

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
        let greeting = vec![Frame::fact("hello")];
        let client = hub.join(Arrival { greeting, ..Arrival::default() }).unwrap();
        hub.publish(&Frame::fact("news"));
        assert_eq!(next(&client), Some(Out::Text("hello".into())));
        assert_eq!(next(&client), Some(Out::Text("news".into())));
        assert_eq!(next(&client), None);
    }

    fn fact(hub: &Hub, kind: &'static str) {
        hub.publish_fact(kind, |number| format!("{kind} {number}").into());
    }

    fn told(client: &Arc<Outbox>) -> Vec<String> {
        let text = |out| match out {
            Out::Text(text) => text.to_string(),
            other => format!("{other:?}"),
        };
        std::iter::from_fn(|| next(client)).map(text).collect()
    }

    #[test]
    fn who_comes_back_soon_gets_what_it_missed_of_what_it_wants_and_later_a_notice() {
        let outbox = OutboxLimits { facts: 4, ..OutboxLimits::default() };
        let hub = Hub::new(HubLimits { outbox, ..HubLimits::default() }, |lost| {
            format!("lost {lost}").into()
        });
        for kind in ["order", "order", "fill", "order"] {
            fact(&hub, kind);
        }
        let mut interest = Interest::default();
        interest.choose(&[Topic { kind: "order", key: None }]).unwrap();
        let since = |since| {
            let greeting = vec![Frame::fact("hello")];
            Arrival { interest: interest.clone(), since, greeting, connection: None }
        };
        let client = hub.join(since(Some(1))).unwrap();
        fact(&hub, "order");
        assert_eq!(told(&client), ["hello", "order 2", "order 4", "order 5"]);
        let new = hub.join(since(None)).unwrap();
        assert_eq!(told(&new), ["hello"]);
        assert!(hub.keeps_since(1) && !hub.keeps_since(0) && !hub.keeps_since(6));
        let late = hub.join(since(Some(0))).unwrap();
        assert_eq!(told(&late), ["lost 5", "hello"]);
    }

    #[test]
    fn a_topic_chosen_later_begins_with_its_snapshot_and_misses_no_fact_after_it() {
        let hub = hub(9);
        let client = hub.join(Arrival::default()).unwrap();
        let order = [Topic { kind: "order", key: None }];
        let fill = [Topic { kind: "fill", key: None }];
        let all = |its: &mut Interest| its.choose(&order);
        hub.change_interest(&client, all, &[], hub.last_fact()).unwrap();
        fact(&hub, "fill");
        fact(&hub, "order");
        let since = hub.last_fact();
        fact(&hub, "fill");
        fact(&hub, "order");
        let snapshot = [Frame::fact("snapshot")];
        hub.change_interest(&client, |its| its.choose(&fill), &snapshot, since).unwrap();
        fact(&hub, "fill");
        assert_eq!(told(&client), ["order 2", "order 4", "snapshot", "fill 3", "fill 5"]);
    }

    #[test]
    fn a_full_hub_and_a_closed_hub_refuse_and_say_which() {
        let hub = hub(1);
        let client = hub.join(Arrival::default()).unwrap();
        assert_eq!(hub.join(Arrival::default()).err(), Some(JoinError::Full));
        hub.leave(&client);
        hub.leave(&client);
        assert!(hub.is_empty());
        hub.go_away(Goodbye { code: 1001, reason: "bye" });
        assert_eq!(hub.join(Arrival::default()).err(), Some(JoinError::Closed));
        hub.reopen();
        assert!(hub.join(Arrival::default()).is_ok());
    }

    #[test]
    fn the_counters_of_clients_that_left_are_kept() {
        let hub = hub(9);
        let client = hub.join(Arrival::default()).unwrap();
        hub.publish(&Frame::state(1, "a"));
        hub.publish(&Frame::state(1, "b"));
        hub.leave(&client);
        assert_eq!(hub.totals().conflated, 1);
    }

    #[test]
    fn a_sweep_cuts_off_the_stalled_once_and_leaves_the_others() {
        let hub = hub(9);
        let stalled = hub.join(Arrival::default()).unwrap();
        let reading = hub.join(Arrival::default()).unwrap();
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
