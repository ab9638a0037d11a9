//! What can go wrong with a session's files.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What went wrong with a session's files.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The file system refuses: the disk is full, or the folder may not be written to.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder holds a session already.
    #[error("{} holds a session already; choose an empty folder", .0.display())]
    NotEmpty(PathBuf),
    /// The file is no segment, or of a version that this program does not know.
    #[error("{} is no segment that this version can read", .0.display())]
    NotASegment(PathBuf),
    /// A sealed segment is not what it was when it was sealed.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        why: &'static str,
    },
    /// A segment is missing in the middle.
    #[error("segment {wanted} is missing in {}; the next there is {found}", folder.display())]
    Gap {
        /// Where.
        folder: PathBuf,
        /// The number that should follow.
        wanted: u32,
        /// The number that is there.
        found: u32,
    },
    /// A record that no segment takes.
    #[error("a record of {0} bytes is longer than a record may be")]
    TooLong(usize),
}

impl SessionError {
    /// What the file system said of a file.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
