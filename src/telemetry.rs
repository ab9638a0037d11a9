//! What the program tells on standard error: one line an event, with the same fields everywhere and
//! without secrets.

mod line;
mod redact;
mod secrets;
mod shapes;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use tracing_subscriber::{
    Registry, filter::Targets, fmt, layer::SubscriberExt, reload, util::SubscriberInitExt,
};

use crate::settings::{Log, LogFormat};
use line::Lines;

pub use redact::{learn, redacted};

static LEVELS: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Starts the log. A second call changes nothing.
///
/// Secrets do not reach it: their type has no printable form, and what gets there all the same is
/// hidden, known ones by their text and unknown ones by their looks.
pub fn start(log: &Log) {
    let (levels, handle) = reload::Layer::new(targets(&log.level));
    let lines = fmt::layer()
        .event_format(Lines(log.format))
        .with_writer(io::stderr)
        .with_ansi(log.format == LogFormat::Text && io::stderr().is_terminal());
    if tracing_subscriber::registry().with(levels).with(lines).try_init().is_ok() {
        let _ = LEVELS.set(handle);
    }
}

/// From now on so much is told. Does nothing where no log was started.
pub fn set_level(level: &str) {
    if let Some(levels) = LEVELS.get()
        && let Err(error) = levels.reload(targets(level))
    {
        tracing::warn!(%error, "the level of the log stays as it was");
    }
}

fn targets(level: &str) -> Targets {
    level.parse().unwrap_or_else(|_| Targets::new())
}
