//! Reading a session.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::error::SessionError;
use crate::file::{self, Form, Next, Segment};
use crate::record::Record;
use crate::seal::{Sealable, SealedHead, open_records, read_sealed_head};

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was closed, or its last record is whole.
    Whole,
    /// The process died while it wrote: what follows the last whole record is let go.
    Torn,
}

/// Reads a session's records in order, segment after segment. Memory holds one record.
pub struct SessionReader {
    folder: PathBuf,
    /// Last first.
    segments: Vec<Segment>,
    current: Option<Current>,
    body: Vec<u8>,
    ending: Ending,
    is_over: bool,
}

struct Current {
    path: PathBuf,
    rows: Rows,
}

enum Rows {
    Open(BufReader<File>),
    Sealed(Box<Sealed>),
}

struct Sealed {
    from: Digested<MultiGzDecoder<BufReader<File>>>,
    head: SealedHead,
    /// Records read of it.
    records: u64,
}

/// Digests what passes through it.
struct Digested<R> {
    from: R,
    digest: Sha256,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(into)?;
        self.digest.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl SessionReader {
    /// Opens the session of a folder. Its oldest segments may have been deleted; one in the middle
    /// may not be missing.
    ///
    /// # Errors
    /// No folder, a segment is missing in the middle, or the file system refuses.
    pub fn open(folder: &Path) -> Result<Self, SessionError> {
        let mut segments = file::segments(folder)?;
        for (one, next) in segments.iter().zip(segments.iter().skip(1)) {
            if next.number != one.number + 1 {
                let (wanted, found) = (one.number + 1, next.number);
                return Err(SessionError::Gap { folder: folder.to_owned(), wanted, found });
            }
        }
        segments.reverse();
        Ok(Self {
            folder: folder.to_owned(),
            segments,
            current: None,
            body: Vec::new(),
            ending: Ending::Whole,
            is_over: false,
        })
    }

    /// How the session ended; known after the last record.
    #[must_use]
    pub const fn ending(&self) -> Ending {
        self.ending
    }

    /// Bytes of the segments that are not begun yet, for showing progress.
    #[must_use]
    pub fn bytes_left(&self) -> u64 {
        self.segments.iter().map(|it| it.bytes).sum()
    }

    /// Segments that a process left unsealed when it died. Not for a folder that is being written.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn unsealed(folder: &Path) -> Result<Vec<Sealable>, SessionError> {
        let segments = file::segments(folder)?.into_iter();
        let open = segments.filter(|it| it.form == Form::Open);
        Ok(open.map(|it| Sealable { folder: folder.to_owned(), number: it.number }).collect())
    }

    fn next_record(&mut self) -> Result<Option<Record>, SessionError> {
        loop {
            let Some(current) = &mut self.current else {
                let Some(segment) = self.segments.pop() else { return Ok(None) };
                self.current = Some(Current::open(segment)?);
                continue;
            };
            let io = SessionError::io(&current.path);
            let next = match &mut current.rows {
                Rows::Open(from) => file::read_record(from, &mut self.body).map_err(io)?,
                Rows::Sealed(sealed) => {
                    let damaged = |_| current.path.clone();
                    let read = file::read_record(&mut sealed.from, &mut self.body).map_err(damaged);
                    let why = "its compressed records cannot be read";
                    read.map_err(|path| SessionError::Damaged { path, why })?
                }
            };
            match next {
                Next::Record(record) => {
                    if let Rows::Sealed(sealed) = &mut current.rows {
                        sealed.records += 1;
                    }
                    return Ok(Some(record));
                }
                end => {
                    let is_torn = matches!(end, Next::Torn);
                    let is_last = self.segments.is_empty();
                    if current.end(is_torn)? == Ending::Torn {
                        self.ending = Ending::Torn;
                        if !is_last {
                            let (folder, why) = (self.folder.clone(), "it ends in the middle");
                            return Err(SessionError::Damaged { path: folder, why });
                        }
                    }
                    self.current = None;
                }
            }
        }
    }
}

impl Current {
    fn open(segment: Segment) -> Result<Self, SessionError> {
        let path = segment.path;
        let rows = match segment.form {
            Form::Open => Rows::Open(open_records(&path)?.1),
            Form::Sealed => {
                let file = File::open(&path).map_err(SessionError::io(&path))?;
                let mut from = BufReader::new(file);
                let head = read_sealed_head(&path, &mut from)?;
                let mut digest = Sha256::new();
                digest.update(
                    head.first_record.map(u64::to_le_bytes).as_ref().map_or(&[][..], |it| it),
                );
                let from = Digested { from: MultiGzDecoder::new(from), digest };
                Rows::Sealed(Box::new(Sealed { from, head, records: 0 }))
            }
        };
        Ok(Self { path, rows })
    }

    /// Whether the segment is what it should be, now that nothing more can be read of it.
    fn end(&mut self, is_torn: bool) -> Result<Ending, SessionError> {
        let damaged = |why| SessionError::Damaged { path: self.path.clone(), why };
        match &mut self.rows {
            Rows::Open(_) if is_torn => Ok(Ending::Torn),
            Rows::Open(_) => Ok(Ending::Whole),
            Rows::Sealed(_) if is_torn => Err(damaged("a record in it is not whole")),
            Rows::Sealed(sealed) => {
                if sealed.records != sealed.head.records {
                    return Err(damaged("records are missing"));
                }
                let digest: [u8; 32] = sealed.from.digest.finalize_reset().into();
                if digest != sealed.head.digest {
                    return Err(damaged("its digest differs"));
                }
                Ok(Ending::Whole)
            }
        }
    }
}

impl Iterator for SessionReader {
    type Item = Result<Record, SessionError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.next_record().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

impl std::fmt::Debug for SessionReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionReader").field("folder", &self.folder).finish_non_exhaustive()
    }
}
