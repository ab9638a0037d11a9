//! Files, plain or compressed, cut into JSON texts.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde_json::value::RawValue;

use super::item::{LineError, RecordingError};
use super::tape::Columns;

/// Files of one recording, at most.
const FILES_MAX: usize = 10_000;
/// Folders inside folders, at most.
const DEPTH_MAX: usize = 4;
/// The longest line, or the largest single document, in bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The files to read, single documents first.
pub(super) fn list(path: &Path) -> Result<VecDeque<PathBuf>, RecordingError> {
    let mut files = vec![];
    collect(path, DEPTH_MAX, &mut files)
        .map_err(|source| RecordingError::Open { path: path.to_owned(), source })?;
    if files.len() > FILES_MAX {
        return Err(RecordingError::TooManyFiles { path: path.to_owned(), limit: FILES_MAX });
    }
    files.sort_by_key(|file| (file.extension() != Some(OsStr::new("json")), file.clone()));
    Ok(files.into())
}

fn collect(path: &Path, depth_left: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        // Files for people to read are not worth an error each.
        let is_note = path.extension().is_some_and(|extension| extension == "md");
        if files.len() <= FILES_MAX && depth_left > 0 && !is_note {
            collect(&path, depth_left - 1, files)?;
        }
    }
    Ok(())
}

/// A JSON text and where it begins.
pub(super) struct Text {
    pub(super) line: u64,
    pub(super) text: Result<String, LineError>,
}

/// The texts of one file: its lines, or the whole of it.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    line: u64,
    finished: bool,
    columns: Option<Columns>,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Lines {
    /// Told by its first bytes, not by its name.
    pub(super) fn open(path: &Path) -> Result<Self, LineError> {
        let broken = |error: io::Error| LineError::Io(error.kind());
        let mut file = File::open(path).map_err(broken)?;
        let mut magic = [0; 2];
        let packed = file.read(&mut magic).map_err(broken)? == 2 && magic == GZIP_MAGIC;
        file.rewind().map_err(broken)?;
        let reader: Box<dyn BufRead + Send> = if packed {
            Box::new(BufReader::new(MultiGzDecoder::new(file)))
        } else {
            Box::new(BufReader::new(file))
        };
        Ok(Self { reader, line: 0, finished: false, columns: None })
    }

    /// The columns of a table, whose lines are no JSON.
    pub(super) const fn columns(&self) -> Option<&Columns> {
        self.columns.as_ref()
    }
    fn is_header(&mut self, first: &[u8]) -> bool {
        self.columns = std::str::from_utf8(first).ok().and_then(Columns::of);
        self.columns.is_some()
    }

    fn line(&mut self) -> Result<Option<Vec<u8>>, LineError> {
        let mut bytes = vec![];
        self.line += 1;
        let limit = TEXT_BYTES_MAX as u64 + 1;
        let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut bytes);
        match read {
            Err(error) => {
                self.finished = true;
                Err(LineError::Io(error.kind()))
            }
            Ok(0) => Ok(None),
            Ok(_) if bytes.len() > TEXT_BYTES_MAX => {
                self.skip_line();
                Err(LineError::TooLong { limit: TEXT_BYTES_MAX })
            }
            Ok(_) => Ok(Some(bytes)),
        }
    }

    fn skip_line(&mut self) {
        while let Ok(buffer) = self.reader.fill_buf() {
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(buffer.len(), |at| at + 1);
            self.reader.consume(length);
            if end.is_some() || length == 0 {
                break;
            }
        }
    }

    /// The first line decides: a whole JSON value means one value a line, the beginning of one
    /// means that the file is a single document.
    fn first(&mut self, first: Vec<u8>) -> Result<String, LineError> {
        if !matches!(first.trim_ascii_start().first(), Some(b'{' | b'[')) {
            self.finished = true;
            return Err(LineError::NotARecording);
        }
        let is_begun = serde_json::from_slice::<&RawValue>(&first).is_err_and(|e| e.is_eof());
        if !is_begun {
            return text(first);
        }
        self.finished = true;
        let mut whole = first;
        let limit = (TEXT_BYTES_MAX as u64 + 1).saturating_sub(whole.len() as u64);
        self.reader
            .by_ref()
            .take(limit)
            .read_to_end(&mut whole)
            .map_err(|error| LineError::Io(error.kind()))?;
        if whole.len() > TEXT_BYTES_MAX {
            return Err(LineError::TooLong { limit: TEXT_BYTES_MAX });
        }
        text(whole)
    }
}

impl Iterator for Lines {
    type Item = Text;

    fn next(&mut self) -> Option<Text> {
        while !self.finished {
            let is_first = self.line == 0;
            let text = match self.line() {
                Ok(None) => return None,
                Ok(Some(bytes)) if bytes.trim_ascii().is_empty() => continue,
                Ok(Some(bytes)) if is_first && self.is_header(&bytes) => continue,
                Ok(Some(bytes)) if is_first => self.first(bytes),
                Ok(Some(bytes)) => text(bytes),
                Err(error) => Err(error),
            };
            return Some(Text { line: self.line, text });
        }
        None
    }
}

fn text(bytes: Vec<u8>) -> Result<String, LineError> {
    String::from_utf8(bytes)
        .map_err(|error| LineError::NotJson(crate::http::Excerpt::of(error.to_string().as_bytes())))
}
