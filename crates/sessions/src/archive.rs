//! The folder of all sessions.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use domain::{DurationMillis, UnixMillis};

use crate::error::SessionError;
use crate::file::{self, Segment};
use crate::reader::SessionReader;
use crate::seal::Sealable;

/// A session that nobody wrote to for so long is nobody's: whoever records gives what it has to the
/// system every second.
const ABANDONED: DurationMillis = DurationMillis(600_000);
/// Sessions that may begin in one second.
const NAMES_MAX: u32 = 1_000;

/// All sessions, one folder each. Their names sort by age.
#[derive(Clone, Debug)]
pub struct Archive {
    folder: PathBuf,
}

/// A session of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Bytes of its segments.
    pub bytes: u64,
    /// Whether its first segment is still there.
    pub completeness: Completeness,
    /// When something was last written to it.
    pub written_at: UnixMillis,
}

/// Whether the oldest part of a session is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Everything is there.
    Whole,
    /// The oldest segments were deleted to make room.
    Beheaded,
}

impl Archive {
    /// At that folder, which need not be there yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Makes the folder of a session that begins now; `kind` is a word for people.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn begin(&self, now: UnixMillis, kind: &str) -> Result<PathBuf, SessionError> {
        fs::create_dir_all(&self.folder).map_err(SessionError::io(&self.folder))?;
        let stamp = now.0.div_euclid(1_000);
        let mut last = self.folder.clone();
        for count in 0..NAMES_MAX {
            let suffix = if count == 0 { String::new() } else { format!("-{count}") };
            last = self.folder.join(format!("{stamp:012}-{kind}{suffix}"));
            match fs::create_dir(&last) {
                Ok(()) => return Ok(last),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(SessionError::io(&last)(error)),
            }
        }
        Err(SessionError::NotEmpty(last))
    }

    /// Every session, the oldest first; none where the folder is not there.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn sessions(&self) -> Result<Vec<Listed>, SessionError> {
        if !self.folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(SessionError::io(&self.folder))? {
            let folder = entry.map_err(SessionError::io(&self.folder))?.path();
            let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { continue };
            if !folder.is_dir() {
                continue;
            }
            let name = name.to_owned();
            let segments = file::segments(&folder)?;
            let Some(first) = segments.first() else { continue };
            let completeness = match first.number {
                1 => Completeness::Whole,
                _ => Completeness::Beheaded,
            };
            let bytes = segments.iter().map(|segment| segment.bytes).sum();
            let written_at = written_at(&segments)?;
            found.push(Listed { name, folder, bytes, completeness, written_at });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Segments that a process left unsealed when it died.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn abandoned(&self, now: UnixMillis) -> Result<Vec<Sealable>, SessionError> {
        let mut torn = Vec::new();
        for session in self.sessions()? {
            if now.since(session.written_at) >= ABANDONED {
                torn.extend(SessionReader::unsealed(&session.folder)?);
            }
        }
        Ok(torn)
    }

    /// Deletes the oldest segments while there are more bytes than `bytes_max`: of the oldest session
    /// first, and of one that is being written all but the last two. Returns how many were deleted.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn prune(&self, bytes_max: u64, now: UnixMillis) -> Result<u32, SessionError> {
        let sessions = self.sessions()?;
        let mut bytes: u64 = sessions.iter().map(|session| session.bytes).sum();
        let mut deleted = 0;
        for session in &sessions {
            let is_over = now.since(session.written_at) >= ABANDONED;
            let segments = file::segments(&session.folder)?;
            let kept = if is_over { 0 } else { 2 };
            for segment in segments.iter().take(segments.len().saturating_sub(kept)) {
                if bytes <= bytes_max {
                    return Ok(deleted);
                }
                fs::remove_file(&segment.path).map_err(SessionError::io(&segment.path))?;
                // Nobody misses an index that was never made.
                let _gone = fs::remove_file(file::index_path(&session.folder, segment.number));
                bytes -= segment.bytes;
                deleted += 1;
            }
            if is_over {
                fs::remove_dir_all(&session.folder).map_err(SessionError::io(&session.folder))?;
            }
        }
        Ok(deleted)
    }
}

/// Whether a folder is one of a session: whether it holds segments.
#[must_use]
pub fn holds_session(folder: &Path) -> bool {
    file::segments(folder).is_ok_and(|segments| !segments.is_empty())
}

fn written_at(segments: &[Segment]) -> Result<UnixMillis, SessionError> {
    let mut newest = UnixMillis(i64::MIN);
    for Segment { path, .. } in segments {
        let modified = fs::metadata(path).and_then(|it| it.modified());
        let since = modified.map_err(SessionError::io(path))?.duration_since(UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        newest = newest.max(UnixMillis(i64::try_from(millis).unwrap_or(i64::MAX)));
    }
    Ok(newest)
}
