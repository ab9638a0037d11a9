//! Looking at a recording: the books as they were, moment by moment.
//!
//! Two readings: the first learns which markets there are ([`Survey`]), the second applies what
//! was recorded. Books begin anew with every file; the catalogue and the index hold for all files.

mod replay;

use std::path::Path;
use std::sync::Arc;

use engine::detector::DetectorSettings;

use super::report::{Report, Source, Tally};
use crate::commands::status_line::StatusLine;
use backtest::records::Records;
use backtest::roster::Survey;
use replay::Replay;

/// Reads the file or folder `path` and looks at every moment of its books.
///
/// # Errors
/// It cannot be opened at all.
pub(super) fn check(path: &Path, settings: &DetectorSettings) -> anyhow::Result<Report> {
    let mut survey = Survey::default();
    let mut progress = StatusLine::new();
    for (count, line) in (1..).zip(Records::open(path)?) {
        survey.learn(line);
        progress.say(|| format!("{count} records surveyed"));
    }
    drop(progress);
    let mut tally = Tally::default();
    let mut progress = StatusLine::new();
    let mut replay: Option<Replay<'_>> = None;
    for line in Records::open(path)? {
        tally.read.records += 1;
        progress.say(|| format!("{} records looked at", tally.read.records));
        if replay.as_ref().is_none_or(|replay| !Arc::ptr_eq(replay.file(), &line.file)) {
            if let Some(ended) = replay.take() {
                ended.finish(&mut tally);
            }
            tally.read.files += 1;
            replay = Some(Replay::new(&line.file, &survey, settings, &mut tally)?);
        }
        if let Some(replay) = &mut replay {
            replay.take(line, &mut tally);
        }
    }
    if let Some(ended) = replay {
        ended.finish(&mut tally);
    }
    let cost = settings.chain_costs.merge;
    Ok(tally.report(Source::Recording, path.display().to_string(), cost))
}
