//! How far a long reading is, for whoever watches a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use replay::Totals;

const INTERVAL: Duration = Duration::from_millis(500);

/// Says on standard error how much is read and how long the rest will take; says nothing where that
/// is no terminal.
pub(super) struct Progress {
    is_watched: bool,
    bytes: u64,
    began: Instant,
    said_at: Instant,
}

impl Progress {
    pub(super) fn new(bytes: u64) -> Self {
        let now = Instant::now();
        Self { is_watched: std::io::stderr().is_terminal(), bytes, began: now, said_at: now }
    }
    pub(super) fn show(&mut self, bytes_left: u64, totals: &Totals) {
        if !self.is_watched || self.said_at.elapsed() < INTERVAL {
            return;
        }
        self.said_at = Instant::now();
        let done = self.bytes.saturating_sub(bytes_left);
        let percent = done.saturating_mul(100).checked_div(self.bytes).unwrap_or(0);
        let seconds = self.began.elapsed().as_secs();
        let left = seconds.saturating_mul(bytes_left).checked_div(done);
        let left = left.map_or_else(|| "?".to_owned(), |left| left.to_string());
        // Whoever watched has gone: nothing is lost.
        let _ = write!(
            std::io::stderr(),
            "\r{percent:>3} %  {} records, {} decisions, {left} s left   ",
            totals.records,
            totals.decisions
        );
    }
    pub(super) fn end(&self) {
        if self.is_watched {
            let _ = write!(std::io::stderr(), "\r{:60}\r", "");
        }
    }
}
