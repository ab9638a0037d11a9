//! One line that is written over and over, for whoever watches a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(500);
/// Back to the beginning of the line, and nothing on it.
const CLEAR: &str = "\r\u{1b}[K";

/// A line on standard error; nothing where that is no terminal. It is gone when the work is done.
pub(super) struct StatusLine {
    is_watched: bool,
    said_at: Option<Instant>,
}

impl StatusLine {
    pub(super) fn new() -> Self {
        Self { is_watched: std::io::stderr().is_terminal(), said_at: None }
    }
    /// Says where the work is, no more often than twice a second.
    pub(super) fn say(&mut self, text: impl FnOnce() -> String) {
        if !self.is_watched || self.said_at.is_some_and(|at| at.elapsed() < INTERVAL) {
            return;
        }
        self.said_at = Some(Instant::now());
        // Whoever watched has gone: nothing is lost.
        let _ = write!(std::io::stderr(), "{CLEAR}{}", text());
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        if self.said_at.is_some() {
            let _ = write!(std::io::stderr(), "{CLEAR}");
        }
    }
}

/// How long the rest will take, seconds, when `done` of `whole` took so long; `None` before anything
/// is done.
pub(super) fn seconds_left(done: u64, whole: u64, took: Duration) -> Option<u64> {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    Some(millis.saturating_mul(whole.saturating_sub(done)).checked_div(done)? / 1_000)
}
