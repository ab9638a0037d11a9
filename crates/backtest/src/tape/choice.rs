//! The first reading: which files are played, and which tell the same again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{ConditionId, TokenId, UnixMillis};
use polymarket::recordings::{RecordedLine, RecordingError};
use serde::Serialize;

use super::kept::{KEPT_BYTES_MAX, Record};
use crate::records::{ByFile, Records, unfold};
use crate::roster::{Roster, Seating, Span, Survey};

/// How far a reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Records read.
    pub records: u64,
    /// Files that have not been begun.
    pub files_left: usize,
}

/// A file that is played.
#[derive(Clone, Debug)]
pub struct ChosenFile {
    /// Its place among those chosen, by name.
    pub number: usize,
    /// Where it is.
    pub path: Arc<Path>,
    /// From when to when it speaks.
    pub span: Span,
    /// The tokens that it tells of.
    pub tokens: Vec<TokenId>,
    /// Their markets.
    pub conditions: BTreeSet<ConditionId>,
    /// Those of them of which no other file has a later word.
    pub last_of: BTreeSet<ConditionId>,
    /// Its records, where there was room to keep them.
    pub(super) kept: Option<Arc<Vec<Record>>>,
}

/// A file that tells again what another one tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// Which.
    pub file: String,
    /// Which one tells the same market at the same time, and is played.
    pub same_as: String,
}

/// What is to be played.
#[derive(Debug)]
pub struct Choice {
    files: Vec<ChosenFile>,
    set_aside: Vec<SetAside>,
    seating: Option<Seating>,
    records: u64,
}

impl Choice {
    /// Reads all `paths` once.
    ///
    /// # Errors
    /// One of them cannot be opened at all.
    pub fn read(paths: &[PathBuf], watch: &mut dyn FnMut(Reading)) -> Result<Self, RecordingError> {
        let mut survey = Survey::default();
        let mut keeper = Keeper::default();
        let mut records = 0;
        for path in unfold(paths) {
            let mut recording = Records::open(&path)?;
            while let Some(line) = recording.next() {
                keeper.keep(&line);
                survey.learn(line);
                records += 1;
                watch(Reading { records, files_left: recording.files_left() });
            }
        }
        let mut choice = Self { files: Vec::new(), set_aside: Vec::new(), seating: None, records };
        choice.choose(&survey);
        for file in &mut choice.files {
            file.kept = keeper.files.get_mut(&file.path).map(|kept| Arc::new(std::mem::take(kept)));
        }
        Ok(choice)
    }
    /// The files that are played, by name.
    #[must_use]
    pub fn files(&self) -> &[ChosenFile] {
        &self.files
    }
    /// The files that are not.
    #[must_use]
    pub fn set_aside(&self) -> &[SetAside] {
        &self.set_aside
    }
    /// Records of all files.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.records
    }
    /// The markets; to be taken once.
    pub fn take_seating(&mut self) -> Seating {
        self.seating.take().unwrap_or_default()
    }

    /// By name: of two files that tell one market at one time the first is played.
    fn choose(&mut self, survey: &Survey) {
        let mut played: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        let mut whole = Roster::default();
        let mut rosters = Vec::new();
        for (path, span) in survey.spans() {
            let Some(roster) = survey.roster(path) else { continue };
            let mut known = roster.names().filter_map(|name| played.get(&name)).flatten();
            let same = known.find_map(|at| {
                let file = self.files.get(*at)?;
                file.span.overlaps(span).then(|| Arc::clone(&file.path))
            });
            if let Some(same) = same {
                let [file, same_as] = [path, &same].map(|path| path.display().to_string());
                self.set_aside.push(SetAside { file, same_as });
                continue;
            }
            let number = self.files.len();
            for name in roster.names() {
                played.entry(name).or_default().push(number);
            }
            whole.merge(roster);
            rosters.push(roster);
            self.files.push(ChosenFile {
                number,
                path: Arc::clone(path),
                span: *span,
                tokens: Vec::new(),
                conditions: BTreeSet::new(),
                last_of: BTreeSet::new(),
                kept: None,
            });
        }
        let seating = whole.seat(survey);
        for (file, roster) in self.files.iter_mut().zip(rosters) {
            let tokens = roster.names().filter_map(|(market, token)| seating.token(market, token));
            file.tokens = tokens.collect();
            let owners = file.tokens.iter().filter_map(|token| seating.owner(*token));
            file.conditions = owners.collect();
        }
        let mut last: BTreeMap<ConditionId, (UnixMillis, usize)> = BTreeMap::new();
        for file in &self.files {
            for condition in &file.conditions {
                let word = last.entry(*condition).or_insert((file.span.last, file.number));
                *word = (*word).max((file.span.last, file.number));
            }
        }
        for (condition, (_, number)) in last {
            if let Some(file) = self.files.get_mut(number) {
                file.last_of.insert(condition);
            }
        }
        self.seating = Some(seating);
    }
}

/// Keeps records while there is room.
#[derive(Debug, Default)]
struct Keeper {
    files: ByFile<Vec<Record>>,
    bytes: usize,
}

impl Keeper {
    fn keep(&mut self, line: &RecordedLine) {
        if self.bytes > KEPT_BYTES_MAX {
            return;
        }
        let record = Record::copy_of(&line.item);
        self.bytes += record.bytes();
        if let Some(records) = self.files.of(&line.file, Vec::new) {
            records.push(record);
        }
        if self.bytes > KEPT_BYTES_MAX {
            self.files.clear();
        }
    }
}
