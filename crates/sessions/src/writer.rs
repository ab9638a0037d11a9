//! Writing a session.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::SessionError;
use crate::file;
use crate::record::Record;
use crate::seal::{Sealable, open_head, sync_folder};

/// How much a session may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// A segment that has so many bytes is full.
    pub segment_bytes: u64,
    /// Records wait in memory until they have so many bytes, or until [`SessionWriter::flush`].
    pub buffer_bytes: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, buffer_bytes: 256 << 10 }
    }
}

/// What an append led to.
#[derive(Debug)]
pub enum Appended {
    /// The segment has room for more.
    Roomy,
    /// The segment is full, and another is begun: seal this one, elsewhere.
    Full(Sealable),
}

/// Writes a session into a folder of its own. One writer a folder.
#[derive(Debug)]
pub struct SessionWriter {
    folder: PathBuf,
    limits: SessionLimits,
    number: u32,
    file: File,
    path: PathBuf,
    buffer: Vec<u8>,
    /// Bytes of the segment, those in the buffer too.
    bytes: u64,
    /// Records of the session so far.
    records: u64,
}

impl SessionWriter {
    /// Begins a session in a folder, which is made where it is not there.
    ///
    /// # Errors
    /// There is a session in it, or the file system refuses.
    pub fn create(folder: &Path, limits: SessionLimits) -> Result<Self, SessionError> {
        fs::create_dir_all(folder).map_err(SessionError::io(folder))?;
        if !file::segments(folder)?.is_empty() {
            return Err(SessionError::NotEmpty(folder.to_owned()));
        }
        let (file, path, bytes) = begin(folder, 1, 1)?;
        let (folder, buffer) = (folder.to_owned(), Vec::with_capacity(limits.buffer_bytes));
        Ok(Self { folder, limits, number: 1, file, path, buffer, bytes, records: 0 })
    }

    /// Appends a record. It is in the file after the next [`flush`](Self::flush) at the latest.
    ///
    /// # Errors
    /// The record is too long, or the file system refuses. What was appended before stays readable.
    pub fn append(&mut self, record: &Record) -> Result<Appended, SessionError> {
        let before = self.buffer.len();
        if let Err(error) = file::write_record(record, &mut self.buffer) {
            self.buffer.truncate(before);
            return Err(error);
        }
        self.bytes += (self.buffer.len() - before) as u64;
        self.records += 1;
        if self.bytes >= self.limits.segment_bytes {
            return Ok(Appended::Full(self.rotate()?));
        }
        if self.buffer.len() >= self.limits.buffer_bytes {
            self.flush()?;
        }
        Ok(Appended::Roomy)
    }

    /// Gives everything to the system: a process that dies later loses nothing of it.
    ///
    /// # Errors
    /// The file system refuses; what it took is readable, the rest is let go.
    pub fn flush(&mut self) -> Result<(), SessionError> {
        let written = self.file.write_all(&self.buffer);
        // What is half written must not be written again behind itself.
        self.buffer.clear();
        written.map_err(SessionError::io(&self.path))
    }

    /// Ends the session; its last segment remains to be sealed.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn close(mut self) -> Result<Sealable, SessionError> {
        self.flush()?;
        self.file.sync_all().map_err(SessionError::io(&self.path))?;
        Ok(Sealable { folder: self.folder, number: self.number })
    }

    fn rotate(&mut self) -> Result<Sealable, SessionError> {
        self.flush()?;
        let next = self.number + 1;
        let (file, path, bytes) = begin(&self.folder, next, self.records + 1)?;
        let full = Sealable { folder: self.folder.clone(), number: self.number };
        (self.file, self.path, self.number, self.bytes) = (file, path, next, bytes);
        Ok(full)
    }
}

/// A new segment with its head, and how long that is.
fn begin(
    folder: &Path,
    number: u32,
    first_record: u64,
) -> Result<(File, PathBuf, u64), SessionError> {
    let path = file::open_path(folder, number);
    let mut file = File::create_new(&path).map_err(SessionError::io(&path))?;
    let head = open_head(first_record);
    file.write_all(&head).map_err(SessionError::io(&path))?;
    sync_folder(folder)?;
    Ok((file, path, head.len() as u64))
}
