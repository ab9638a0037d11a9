//! The queue of an actor. It lives outside the actor and outlives it.
//!
//! actix's own mailbox cannot be bounded (`do_send` ignores the capacity, and every clone of an
//! address brings a slot of its own), is drained to the end in one poll and dies with the actor.
//! So the queue is here and a future inside the actor's context, the [`Driver`], pulls from it.
//! Entries are ordinary `actix::dev::Envelope`s: every `Handler<M>` works unchanged.

use std::any::TypeId;
use std::sync::Arc;

use actix::dev::Envelope;
use actix::{Actor, Context, Handler};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::clock;
use super::identity::Identity;
use super::message::{Class, Msg, WhileDown};
use super::panics;
use super::send_error::TellError;
use super::tree::Status;

mod driver;
mod lanes;

pub(crate) use driver::Driver;
use lanes::{Entry, Gate, Lanes, Refusal};
pub use lanes::{Limits, OnCrash, Stats};

pub(crate) struct Inbox<A: Actor> {
    pub(crate) identity: Arc<Identity>,
    lanes: Mutex<Lanes<A>>,
}

/// What the driver finds.
pub(crate) enum Pulled<A: Actor> {
    Message(Envelope<A>),
    Nothing,
    /// It is time to stop.
    Stop,
    /// The inbox belongs to a successor.
    Fenced,
}

/// How a running incarnation is asked to stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum StopKind {
    /// To be started again: senders are not refused and the queue is kept.
    Restart,
    /// For good; what is queued is discarded.
    Discard,
    /// For good; what is queued is handled first.
    Drain,
}

impl<A: Actor<Context = Context<A>>> Inbox<A> {
    pub(crate) fn new(identity: Arc<Identity>, limits: Limits) -> Arc<Self> {
        Arc::new(Inbox { identity, lanes: Mutex::new(Lanes::new(limits)) })
    }

    /// `deadline_ms` is on our clock; 0 is none.
    pub(crate) fn push<M>(
        &self,
        message: M,
        reply: Option<oneshot::Sender<M::Result>>,
        deadline_ms: u64,
    ) -> Result<(), TellError<M>>
    where
        A: Handler<M>,
        M: Msg,
    {
        let unwanted = M::WHILE_DOWN == WhileDown::Reject && self.identity.status() != Status::Up;
        let key = (TypeId::of::<M>(), if M::CLASS == Class::Latest { message.key() } else { 0 });
        let mut lanes = self.lanes.lock();
        let admitted = match unwanted {
            false => lanes.admit(M::CLASS, &key),
            true => lanes.refuse_as_down(M::CLASS),
        };
        if let Err(refusal) = admitted {
            return Err(match refusal {
                Refusal::Full => TellError::Full(message),
                Refusal::Down => TellError::Down(message),
                Refusal::Closed => TellError::Closed(message),
            });
        }
        let entry = Entry {
            envelope: Envelope::new(message, reply),
            name: std::any::type_name::<M>(),
            deadline_ms,
        };
        let replaced = lanes.insert(M::CLASS, key, entry);
        let parked = std::mem::take(&mut lanes.parked);
        drop(lanes);
        // the destructor of somebody's message: not under the lock
        drop(replaced);
        if parked {
            self.identity.waker.wake();
        }
        Ok(())
    }

    pub(crate) fn pull(&self, incarnation: u64) -> Pulled<A> {
        let mut expired = Vec::new();
        let mut lanes = self.lanes.lock();
        let pulled = loop {
            if lanes.owner != incarnation {
                break Pulled::Fenced;
            }
            lanes.settle();
            if lanes.stop_at_once {
                break Pulled::Stop;
            }
            let Some(entry) = lanes.next() else {
                if lanes.stop_when_empty {
                    break Pulled::Stop;
                }
                lanes.parked = true;
                break Pulled::Nothing;
            };
            let now_ms = clock::coarse_ms();
            if entry.deadline_ms != 0 && entry.deadline_ms < now_ms {
                lanes.stats.expired += 1;
                expired.push(entry);
                continue;
            }
            lanes.handling = Some((entry.name, now_ms));
            break Pulled::Message(entry.envelope);
        };
        drop(lanes);
        drop(expired);
        pulled
    }

    /// The message at hand is handled, and no other is pulled for now.
    pub(crate) fn settle(&self, incarnation: u64) {
        let mut lanes = self.lanes.lock();
        if lanes.owner == incarnation {
            lanes.settle();
        }
    }

    /// Hands the queue to an incarnation.
    pub(crate) fn adopt(&self, incarnation: u64) {
        let mut lanes = self.lanes.lock();
        lanes.owner = incarnation;
        lanes.parked = false;
        lanes.stop_when_empty = false;
        lanes.stop_at_once = false;
        lanes.gate = Gate::Open;
        lanes.handling = None;
    }
}

/// Whether the end of an incarnation cut off the message at hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MessageAtHand {
    Lost,
    Handled,
}

/// The inbox without the actor's type: for the supervisor, the watchdog and the snapshot.
pub(crate) trait AnyInbox: Send + Sync {
    fn identity(&self) -> &Arc<Identity>;
    /// The type name of the message at hand and since when, in coarse milliseconds.
    fn handling(&self) -> Option<(&'static str, u64)>;
    fn stats(&self) -> Stats;
    /// The incarnation is gone: locks it out and applies the crash policy. Returns how many
    /// messages were purged.
    fn vacate(&self, incarnation: u64, at_hand: MessageAtHand, on_crash: OnCrash) -> usize;
    /// Asks the running incarnation to stop.
    fn stop(&self, how: StopKind);
    /// No incarnation will run again: discards the queue, so that open requests fail at once, and
    /// refuses every sender.
    fn shut(&self);
}

impl<A: Actor<Context = Context<A>>> AnyInbox for Inbox<A> {
    fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    fn handling(&self) -> Option<(&'static str, u64)> {
        self.lanes.lock().handling
    }

    fn stats(&self) -> Stats {
        let lanes = self.lanes.lock();
        Stats { depth: lanes.depth(), ..lanes.stats }
    }

    fn vacate(&self, incarnation: u64, at_hand: MessageAtHand, on_crash: OnCrash) -> usize {
        let mut lanes = self.lanes.lock();
        if lanes.owner != incarnation {
            return 0;
        }
        lanes.owner = 0;
        lanes.parked = false;
        if at_hand == MessageAtHand::Handled {
            lanes.settle();
        } else if lanes.handling.take().is_some() {
            lanes.stats.lost_in_handler += 1;
        }
        let purged = lanes.purge(on_crash);
        drop(lanes);
        discard(purged)
    }

    fn stop(&self, how: StopKind) {
        let mut lanes = self.lanes.lock();
        lanes.parked = false;
        if how != StopKind::Restart {
            lanes.gate = lanes.gate.max(Gate::Draining);
        }
        lanes.stop_at_once = how != StopKind::Drain;
        lanes.stop_when_empty = true;
        drop(lanes);
        self.identity.waker.wake();
    }

    fn shut(&self) {
        let mut lanes = self.lanes.lock();
        lanes.gate = Gate::Shut;
        let purged = lanes.purge(OnCrash::PurgeAll);
        drop(lanes);
        discard(purged);
    }
}

/// Dropping an envelope drops its reply channel, and runs a destructor that is not ours.
fn discard<A: Actor>(entries: Vec<Entry<A>>) -> usize {
    let count = entries.len();
    for entry in entries {
        let _ = panics::guarded(move || drop(entry));
    }
    count
}
