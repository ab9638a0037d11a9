//! The one way to the venue's HTTP hosts: one client an arbiter, with time-outs, limits, proxies
//! and retries in one place.
//!
//! [`Settings`] is a cheap value that can be sent anywhere and shares its rate limits with its
//! clones; [`Settings::connect`] makes the client, which stays on its arbiter.
//!
//! What the underlying client does not do for us is done here: a body is checked against its
//! stated length, because a cut-off body is otherwise handed over as if it were whole; the TLS
//! provider is given explicitly, so nothing depends on a process-wide one; only HTTP/1.1 is
//! offered.

mod backoff;
mod body;
mod client;
mod dial;
mod error;
mod limits;
mod proxy;
mod reply;
mod settings;
mod tls;

pub(crate) use client::{escape, send_error};
pub(crate) use dial::client as dial_client;
pub(crate) use reply::{Call, Reply};

pub use backoff::Backoff;
pub use body::Body;
pub use client::{Http, Request};
pub use error::{Excerpt, Outcome, ProtocolBreach, Retry, VenueError};
pub use limits::{Group, Limits};
pub use proxy::{Proxy, ProxyError};
pub use settings::{Hosts, Settings};
