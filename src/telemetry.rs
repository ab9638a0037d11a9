//! What the program tells on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::{Log, LogFormat};

/// Starts the log. A second call changes nothing.
///
/// Secrets cannot reach it: their type has no printable form.
pub fn start(log: &Log) {
    let levels = log.level.parse().unwrap_or_else(|_| Targets::new());
    let subscriber = tracing_subscriber::registry().with(levels);
    let started = match log.format {
        LogFormat::Text => {
            let lines = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
            subscriber.with(lines).try_init()
        }
        LogFormat::Json => {
            let lines = fmt::layer().json().flatten_event(true).with_writer(io::stderr);
            subscriber.with(lines).try_init()
        }
    };
    drop(started);
}
