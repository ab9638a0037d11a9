//! Recordings of the venue that people publish: frames, books, catalogues; plain or compressed.
//!
//! [`Recording::open`] takes a file or a folder and yields what is in it, record by record, with
//! one page in memory at a time. The format of a file is told from its content; a line that
//! cannot be read is an item with an error, counted by the reader's user and not fatal.
//!
//! Understood: market-channel frames, one a line, in the current and the older (`changes`) form;
//! sessions of a tap (`dir`, `text`); answers of `/book` and `/books`, also wrapped by a
//! collector (`books`); level-2 snapshots with lists of numbers (`market_id`, `ts`, `side`) and
//! the index beside them; Gamma markets and events, bare, in pages or wrapped (`raw`); trades as
//! the Data API lists them.

mod classify;
mod item;
mod source;
mod tape;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use item::{
    LineError, RecordedBook, RecordedItem, RecordedLabel, RecordedLine, RecordedPrint,
    RecordedTrade, RecordingError,
};
use source::{Lines, Text};

/// A file or a folder, read record by record. Files of a folder come in the order of their
/// names, single JSON documents (such as an index) first; nothing carries over from one file to
/// the next, so whoever keeps books starts anew when [`RecordedLine::file`] changes.
#[derive(Debug)]
pub struct Recording {
    files: VecDeque<PathBuf>,
    open: Option<(Arc<Path>, Lines)>,
    ready: VecDeque<RecordedLine>,
}

impl Recording {
    /// Opens a file, or lists the files of a folder and its subfolders.
    ///
    /// # Errors
    /// It is not there, cannot be listed, or holds too many files.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let files = source::list(path)?;
        Ok(Self { files, open: None, ready: VecDeque::new() })
    }
    /// Files that have not been begun.
    #[must_use]
    pub fn files_left(&self) -> usize {
        self.files.len()
    }

    fn push(&mut self, file: &Arc<Path>, line: u64, item: Result<RecordedItem, LineError>) {
        self.ready.push_back(RecordedLine { file: Arc::clone(file), line, item });
    }
    /// Reads on until something is ready; `false` at the very end.
    fn advance(&mut self) -> bool {
        let Some((file, mut lines)) = self.open.take() else {
            let Some(path) = self.files.pop_front() else { return false };
            let file: Arc<Path> = path.into();
            match Lines::open(&file) {
                Ok(lines) => self.open = Some((file, lines)),
                Err(error) => self.push(&file, 0, Err(error)),
            }
            return true;
        };
        let Some(Text { line, text }) = lines.next() else { return true };
        match text {
            Ok(text) => match lines.columns() {
                Some(columns) => self.push(&file, line, columns.trade(&text)),
                None => classify::classify(&text, &mut |item| self.push(&file, line, item)),
            },
            Err(error) => self.push(&file, line, Err(error)),
        }
        self.open = Some((file, lines));
        true
    }
}

impl Iterator for Recording {
    type Item = RecordedLine;

    fn next(&mut self) -> Option<RecordedLine> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            if !self.advance() {
                return None;
            }
        }
    }
}
