//! How far a backtest is and how long it will still take.

use std::time::{Duration, Instant};

use backtest::run::Progress;

use crate::commands::status_line::{StatusLine, seconds_left};

const CELLS: u64 = 30;

/// The bar of a backtest.
pub(in crate::commands) struct Bar {
    line: StatusLine,
    /// When playing began.
    began: Option<Instant>,
}

impl Bar {
    pub(in crate::commands) fn new() -> Self {
        Self { line: StatusLine::new(), began: None }
    }
    pub(in crate::commands) fn at(&mut self, progress: Progress) {
        match progress {
            Progress::Surveying(reading) => self.line.say(|| {
                format!("{} records surveyed, {} files to go", reading.records, reading.files_left)
            }),
            Progress::Playing { records, steps } => {
                let began = *self.began.get_or_insert_with(Instant::now);
                self.line.say(|| playing(records, steps, began.elapsed()));
            }
        }
    }
}

fn playing(records: u64, steps: u64, took: Duration) -> String {
    let (records, steps) = (records.max(1), steps.min(records));
    let cells = steps * CELLS / records.max(1);
    let bar: String = (0..CELLS).map(|cell| if cell < cells { '#' } else { '.' }).collect();
    let left = seconds_left(steps, records, took).unwrap_or(0);
    format!("[{bar}] {} %, about {left} s left", steps * 100 / records)
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
