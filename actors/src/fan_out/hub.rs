//! The clients of one live feed.

mod following;
mod limits;

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, OnceLock};

use bytestring::ByteString;
use parking_lot::{Mutex, RwLock};

use self::following::Leaving;
pub use self::following::SEE_OFF_TURNS;
pub use self::limits::{HubLimits, OutboxLimits};
use super::history::History;
use super::outbox::{Goodbye, Health, LaggedText, Outbox, Patience};
use super::tap::{Tap, TapLimits};
use super::{Disconnect, Frame, Interest};
use crate::supervision::clock;

/// Why a client was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The hub has as many clients as it may have.
    #[error("too many clients are connected; try again later")]
    Full,
    /// The hub has told its clients to go away.
    #[error("the live feed is shutting down")]
    Closed,
    /// What the client was to be told first is of another run.
    #[error("another process has just begun to decide; try again")]
    OtherRun,
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

/// A moment in what a hub says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The number of the last fact.
    pub fact: u64,
    /// How many frames of state had been said; `None` where that does not matter.
    pub state: Option<u64>,
}

impl From<u64> for Mark {
    /// Behind the fact of that number.
    fn from(fact: u64) -> Self {
        Self { fact, state: None }
    }
}

/// Who comes, and what it is told first.
#[derive(Default)]
pub struct Arrival {
    /// Ends its connection from outside.
    pub connection: Option<Box<dyn Disconnect>>,
    /// The run that its first frames are of; `None` where that does not matter.
    pub run: Option<u64>,
    /// What it wants to hear.
    pub interest: Interest,
    /// What it knows: what came after it follows its first frames. `None` for what is said from now
    /// on.
    pub since: Option<Mark>,
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
    run: AtomicU64,
    clients: RwLock<Clients>,
    /// Locked after `clients`, never before.
    history: Mutex<History>,
    /// The last frames of state. Locked after `history`, never before.
    state: Mutex<History>,
    tap: OnceLock<Arc<Tap>>,
    leaving: Mutex<Leaving>,
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
            run: AtomicU64::new(RandomState::new().hash_one(0)),
            clients: RwLock::default(),
            // What a client missed must find room in its outbox.
            history: Mutex::new(History::new(facts, bytes / 2)),
            state: Mutex::new(History::new(limits.states_kept, bytes / 2)),
            tap: OnceLock::new(),
            leaving: Mutex::default(),
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
        self.run.load(SeqCst)
    }

    /// The number of the last fact; 0 before the first.
    pub fn last_fact(&self) -> u64 {
        self.history.lock().last()
    }

    /// What has been said until now.
    pub fn mark(&self) -> Mark {
        let fact = self.last_fact();
        Mark { fact, state: (self.limits.states_kept > 0).then(|| self.state.lock().last()) }
    }

    /// Collects everything that is said from now on. There is one for all who ask.
    pub fn tap(&self) -> Arc<Tap> {
        Arc::clone(self.tap.get_or_init(|| Arc::new(Tap::new(TapLimits::default()))))
    }

    /// Whether every fact after the number `since` is still kept.
    pub fn keeps_since(&self, since: u64) -> bool {
        self.history.lock().after(since).is_some()
    }

    /// Queues a frame for every client that wants it; never blocks on any of them.
    pub fn publish(&self, frame: &Frame) {
        let clients = self.clients.read();
        if self.limits.states_kept > 0 && frame.key.is_some() {
            self.state.lock().add(|_| frame.clone());
        }
        if let Some(tap) = self.tap.get() {
            tap.put(self.last_fact(), frame);
        }
        for client in clients.by_id.values() {
            client.push(frame);
        }
    }

    /// Numbers a fact, keeps it for a while, and queues it for every client that wants it.
    pub fn publish_fact(&self, kind: &'static str, text: impl FnOnce(u64) -> ByteString) {
        let clients = self.clients.read();
        let mut history = self.history.lock();
        let frame = history.add(|number| Frame::fact(text(number)).of(kind));
        if let Some(tap) = self.tap.get() {
            tap.put(history.last(), &frame);
        }
        for client in clients.by_id.values() {
            client.push(&frame);
        }
    }

    /// Takes a client. No published frame comes before or between its first ones, and none that is
    /// published after the fact that it knows is missed.
    ///
    /// # Errors
    /// When the hub is full, closed by [`go_away`](Hub::go_away), or of another run.
    pub fn join(&self, arrival: Arrival) -> Result<Arc<Outbox>, JoinError> {
        let Arrival { connection, run, interest, since, greeting } = arrival;
        let mut clients = self.clients.write();
        if run.is_some_and(|run| run != self.run()) {
            return Err(JoinError::OtherRun);
        }
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

    /// Changes what a client hears, tells it `first`, and then what came after `since` that it hears
    /// from now on and did not hear before.
    ///
    /// # Errors
    /// Those of `change`; nothing was changed or told.
    pub fn change_interest<E>(
        &self,
        outbox: &Outbox,
        change: impl FnOnce(&mut Interest) -> Result<(), E>,
        first: &[Frame],
        since: Mark,
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
        let missed = history.after(since.fact).into_iter().flatten();
        outbox.change_interest(|its| *its = after);
        for fact in missed.filter(|fact| !before.wants(fact)) {
            outbox.push(fact);
        }
        self.bring_state(outbox, since);
        Ok(())
    }

    fn bring_up_to_date(&self, outbox: &Outbox, greeting: &[Frame], since: Option<Mark>) {
        for frame in greeting {
            outbox.push(frame);
        }
        let history = self.history.lock();
        let Some(since) = since else { return };
        match history.after(since.fact) {
            Some(missed) => missed.for_each(|fact| outbox.push(fact)),
            None => outbox.miss(history.last().abs_diff(since.fact)),
        }
        self.bring_state(outbox, since);
    }

    fn bring_state(&self, outbox: &Outbox, since: Mark) {
        let Some(mark) = since.state else { return };
        let state = self.state.lock();
        match state.after(mark) {
            Some(missed) => missed.for_each(|frame| outbox.push(frame)),
            None => outbox.miss(1),
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

    /// Whether nobody listens, here or elsewhere.
    pub fn is_empty(&self) -> bool {
        self.tap.get().is_none() && self.len() == 0
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
        hub.publish(&Frame::state(1, "price"));
        hub.publish(&Frame::fact("news"));
        assert_eq!(next(&client), Some(Out::Text("hello".into())));
        assert_eq!(next(&client), Some(Out::Text("price".into())));
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
            Arrival { interest: interest.clone(), since, greeting, ..Arrival::default() }
        };
        let client = hub.join(since(Some(1.into()))).unwrap();
        fact(&hub, "order");
        assert_eq!(told(&client), ["hello", "order 2", "order 4", "order 5"]);
        let new = hub.join(since(None)).unwrap();
        assert_eq!(told(&new), ["hello"]);
        assert!(hub.keeps_since(1) && !hub.keeps_since(0) && !hub.keeps_since(6));
        let late = hub.join(since(Some(0.into()))).unwrap();
        assert_eq!(told(&late), ["lost 5", "hello"]);
    }

    #[test]
    fn a_topic_chosen_later_begins_with_its_snapshot_and_misses_no_fact_after_it() {
        let hub = hub(9);
        let client = hub.join(Arrival::default()).unwrap();
        let order = [Topic { kind: "order", key: None }];
        let fill = [Topic { kind: "fill", key: None }];
        let all = |its: &mut Interest| its.choose(&order);
        hub.change_interest(&client, all, &[], hub.mark()).unwrap();
        fact(&hub, "fill");
        fact(&hub, "order");
        let since = hub.mark();
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
