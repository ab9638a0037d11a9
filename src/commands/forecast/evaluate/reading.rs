//! A file of recorded forecasts, line by line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use engine::forecast::Recorded;
use flate2::read::GzDecoder;
use serde::Serialize;

use super::record::{Line, Skipped};

/// The most bytes of a file that are read, after unpacking.
const BYTES_MAX: u64 = 256 * 1_024 * 1_024;

/// What became of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    /// Lines with anything on them.
    pub(super) lines: u64,
    /// Forecasts with an outcome.
    pub(super) used: u64,
    /// Without an outcome.
    pub(super) unresolved: u64,
    /// Not a record of a known form.
    pub(super) unreadable: u64,
    /// Numbers among the forecasts that are missing or no probabilities.
    pub(super) numbers_left_out: u64,
    /// Whether votes stood where probabilities were wanted.
    pub(super) votes: bool,
}

impl Counts {
    /// One plain phrase.
    pub(super) fn text(&self) -> String {
        let Self { lines, used, unresolved, unreadable, numbers_left_out, .. } = self;
        format!(
            "{lines} lines, {used} used, {unresolved} without an outcome, {unreadable} unreadable, \
             {numbers_left_out} numbers left out"
        )
    }
}

/// Every record of the file that has an outcome.
pub(super) fn read(path: &Path) -> anyhow::Result<(Vec<Recorded>, Counts)> {
    let cannot = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(cannot)?;
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let bytes: Box<dyn Read> = if packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let (mut records, mut counts) = (Vec::new(), Counts::default());
    for line in BufReader::new(bytes.take(BYTES_MAX)).lines() {
        let line = line.with_context(cannot)?;
        if line.trim().is_empty() {
            continue;
        }
        counts.lines += 1;
        match Line::read(&line) {
            Ok(read) => {
                counts.used += 1;
                counts.numbers_left_out += read.numbers_left_out;
                counts.votes |= read.votes;
                records.push(read.record);
            }
            Err(Skipped::Unresolved) => counts.unresolved += 1,
            Err(Skipped::Unreadable) => counts.unreadable += 1,
        }
    }
    Ok((records, counts))
}
