//! How far a backtest is and how long it will still take, for whoever watches a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use backtest::run::Progress;

const INTERVAL: Duration = Duration::from_millis(250);
const CELLS: u64 = 30;

/// A line on standard error; nothing where that is no terminal.
pub(in crate::commands) struct Bar {
    is_watched: bool,
    said_at: Option<Instant>,
    /// When playing began.
    began: Option<Instant>,
}

impl Bar {
    pub(in crate::commands) fn new() -> Self {
        Self { is_watched: std::io::stderr().is_terminal(), said_at: None, began: None }
    }
    pub(in crate::commands) fn at(&mut self, progress: Progress) {
        if !self.is_watched || self.said_at.is_some_and(|at| at.elapsed() < INTERVAL) {
            return;
        }
        self.said_at = Some(Instant::now());
        let line = match progress {
            Progress::Surveying(reading) => {
                format!("{} records surveyed, {} files to go", reading.records, reading.files_left)
            }
            Progress::Playing { records, steps } => {
                let began = *self.began.get_or_insert_with(Instant::now);
                playing(records, steps, began.elapsed())
            }
        };
        // Whoever watched has gone: nothing is lost.
        let _ = write!(std::io::stderr(), "\r\u{1b}[K{line}");
    }
}

fn playing(records: u64, steps: u64, took: Duration) -> String {
    let (records, steps) = (records.max(1), steps.min(records));
    let cells = steps * CELLS / records.max(1);
    let bar: String = (0..CELLS).map(|cell| if cell < cells { '#' } else { '.' }).collect();
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let left = millis.saturating_mul(records - steps).checked_div(steps).unwrap_or(0) / 1_000;
    format!("[{bar}] {} %, about {left} s left", steps * 100 / records)
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.said_at.is_some() {
            let _ = writeln!(std::io::stderr());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_how_far_it_is_and_how_long_it_will_take() {
        let half = playing(200, 100, Duration::from_secs(10));
        assert_eq!(half, "[###############...............] 50 %, about 10 s left");
        assert!(playing(0, 0, Duration::ZERO).ends_with("0 %, about 0 s left"));
        assert!(playing(10, 12, Duration::from_secs(1)).ends_with("100 %, about 0 s left"));
    }
}
