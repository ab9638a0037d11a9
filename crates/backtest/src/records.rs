//! The records of a recording, whoever made it: the formats that people publish, and our own
//! sessions.

mod by_file;
mod session;

use std::path::{Path, PathBuf};

use polymarket::recordings::{RecordedLine, Recording, RecordingError};

pub(crate) use by_file::ByFile;
use session::SessionLines;
use sessions::{Archive, holds_session};

/// A file or folder, read record by record.
#[derive(Debug)]
pub enum Records {
    /// In a format that others publish.
    Published(Recording),
    /// A session of our own recorder.
    Session(Box<SessionLines>),
}

impl Records {
    /// Opens a file, a folder or a session.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        if holds_session(path) {
            return Ok(Self::Session(Box::new(SessionLines::open(path)?)));
        }
        Ok(Self::Published(Recording::open(path)?))
    }
    /// Files that have not been begun.
    #[must_use]
    pub fn files_left(&self) -> usize {
        match self {
            Self::Published(recording) => recording.files_left(),
            Self::Session(_) => 0,
        }
    }
}

impl Iterator for Records {
    type Item = RecordedLine;

    fn next(&mut self) -> Option<RecordedLine> {
        match self {
            Self::Published(recording) => recording.next(),
            Self::Session(session) => session.next(),
        }
    }
}

/// The paths themselves, and the sessions of a folder of sessions in its place.
#[must_use]
pub fn unfold(paths: &[PathBuf]) -> Vec<PathBuf> {
    let of = |path: &PathBuf| {
        let sessions = Archive::new(path).sessions().unwrap_or_default();
        if sessions.is_empty() {
            return vec![path.clone()];
        }
        sessions.into_iter().map(|session| session.folder).collect()
    };
    paths.iter().flat_map(of).collect()
}
