//! Where a long reading is, for whoever watches a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_secs(1);

/// Says once a second on standard error how much is read; says nothing where that is no terminal.
pub(super) struct Progress {
    what: &'static str,
    is_watched: bool,
    said_at: Instant,
    said: bool,
}

impl Progress {
    pub(super) fn new(what: &'static str) -> Self {
        let is_watched = std::io::stderr().is_terminal();
        Self { what, is_watched, said_at: Instant::now(), said: false }
    }
    pub(super) fn at(&mut self, count: u64) {
        if self.is_watched && self.said_at.elapsed() >= INTERVAL {
            self.said_at = Instant::now();
            self.said = true;
            // Whoever watched has gone: nothing is lost.
            let _ = write!(std::io::stderr(), "\r{count} {}", self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.said {
            let _ = writeln!(std::io::stderr());
        }
    }
}
