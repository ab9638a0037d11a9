//! Bounded fan-out to many clients, none of which can hold anything up.
//!
//! A socket session is polled only while its socket takes data. When the peer stops reading, the
//! session is frozen: its heartbeat does not fire, its mailbox is not drained, a message that says
//! "stop" is not handled. Therefore:
//!
//! * frames wait in an [`Outbox`] per client, outside the session, bounded and conflated by key;
//!   the session *pulls* from it as a stream, so nothing piles up in a mailbox;
//! * stalls and silence are noticed by [`Hub::sweep`], outside the session;
//! * a stalled peer is cut off from outside, through [`Disconnect`].
//!
//! A frame is serialised once and shared among all clients by reference count. Facts are numbered, and
//! the last of them are kept: a client that comes back soon gets what it missed.

mod history;
mod hub;
mod interest;
mod lags;
mod outbox;
mod tap;

use bytestring::ByteString;

pub use hub::{Arrival, Hub, HubLimits, HubTotals, JoinError, Mark, OutboxLimits, SEE_OFF_TURNS};
pub use interest::{Interest, TooManyTopics, Topic};
pub use outbox::{Backlog, Goodbye, Out, OutStream, Outbox};
pub use tap::{Tap, TapLimits, Tapped};

/// One message to every client that wants its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it tells of; empty for the words between the two ends of a connection (a greeting, an
    /// answer), which no [`Interest`] holds back.
    pub kind: &'static str,
    /// State has a key, and only its newest frame matters; a fact has none, and is kept.
    pub key: Option<u64>,
    /// The text as it goes over the wire.
    pub text: ByteString,
}

impl Frame {
    /// A fact: kept in order, up to the outbox's bound.
    pub fn fact(text: impl Into<ByteString>) -> Self {
        Frame { kind: "", key: None, text: text.into() }
    }

    /// State: replaces the frame of the same key that still waits.
    pub fn state(key: u64, text: impl Into<ByteString>) -> Self {
        Frame { kind: "", key: Some(key), text: text.into() }
    }

    /// The same, as a frame of a kind that clients may choose.
    #[must_use]
    pub fn of(self, kind: &'static str) -> Self {
        Frame { kind, ..self }
    }
}

/// Ends a connection from outside its session, whatever state that is in.
pub trait Disconnect: Send + Sync {
    /// Must return at once and may be called more than once.
    fn disconnect(&self);
}
