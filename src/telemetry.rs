//! What the program tells on standard error: one line an event, with the same fields everywhere and
//! without secrets.

mod line;
mod redact;
mod secrets;
mod shapes;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal};

use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::{Log, LogFormat};
use line::Lines;

pub use redact::{learn, redacted};

/// Starts the log. A second call changes nothing.
///
/// Secrets do not reach it: their type has no printable form, and what gets there all the same is
/// hidden, known ones by their text and unknown ones by their looks.
pub fn start(log: &Log) {
    let levels = log.level.parse().unwrap_or_else(|_| Targets::new());
    let lines = fmt::layer()
        .event_format(Lines(log.format))
        .with_writer(io::stderr)
        .with_ansi(log.format == LogFormat::Text && io::stderr().is_terminal());
    let started = tracing_subscriber::registry().with(levels).with(lines).try_init();
    drop(started);
}
