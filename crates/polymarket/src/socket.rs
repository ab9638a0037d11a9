//! What all of the venue's sockets have in common: a literal `PING` as keep-alive, text frames,
//! no replay, and the habit of dying without a word.
//!
//! [`Session`] decides, without I/O and without a clock of its own; the driver carries out. A
//! caller drives the [`EventStream`]; it ends with an error, and a new connection starts anew.

mod driver;
mod error;
mod session;

use bytes::Bytes;
use futures_util::stream::LocalBoxStream;

pub(crate) use driver::{Outgoing, enqueue, open};
pub use error::{SendError, SocketError};
pub use session::{Effect, Oddity, Rules, Session};

/// Something that a socket brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// A text frame as it came, neither empty nor the answer to a `PING`. Not checked for UTF-8.
    Frame(Bytes),
    /// A frame that the venue never sends; left out, and worth counting.
    Odd(Oddity),
}

/// What a socket brings, until it breaks: the first error is the last item.
pub type EventStream = LocalBoxStream<'static, Result<SocketEvent, SocketError>>;
