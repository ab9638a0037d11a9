//! Spans for a collector of OpenTelemetry: OTLP over HTTP, as JSON.
//!
//! [`encode`] makes the text, [`Collector`] sends it. When to send, how often to try again and what to
//! give up is decided elsewhere; [`ExportError::is_transient`] says whether a retry makes sense, by
//! the rules of the protocol.

mod collector;
mod endpoint;
mod error;
mod headers;
mod wire;

pub use collector::{Collector, CollectorSettings, Receipt};
pub use endpoint::{Endpoint, EndpointError};
pub use error::ExportError;
pub use headers::{Headers, HeadersError};
pub use wire::{Resource, encode};
