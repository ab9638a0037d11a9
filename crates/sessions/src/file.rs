//! Names of segments, and how records stand in them.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::SessionError;
use crate::record::Record;

const OPEN_MAGIC: &[u8; 7] = b"DBOPEN\x00";
const SEALED_MAGIC: &[u8; 7] = b"DBSEAL\x00";
const OPEN: &str = "open";
const SEALED: &str = "seg";
const INDEX: &str = "index";

/// How a segment is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Compressed as one, and without the number of its first record: it is read from its beginning.
    One,
    /// Compressed in blocks that can be read by themselves, behind the number of its first record.
    Two,
}

impl Format {
    const fn version(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
    /// The first bytes of a segment of that form.
    pub(crate) fn magic(self, form: Form) -> [u8; 8] {
        let [a, b, c, d, e, f, g] = match form {
            Form::Open => *OPEN_MAGIC,
            Form::Sealed => *SEALED_MAGIC,
        };
        [a, b, c, d, e, f, g, self.version()]
    }
    /// The format that begins so; `None` of what is no such segment.
    pub(crate) fn of(magic: [u8; 8], form: Form) -> Option<Self> {
        [Self::One, Self::Two].into_iter().find(|format| format.magic(form) == magic)
    }
}

/// Whether a segment is still written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It is, or its writer died.
    Open,
    /// It never changes again.
    Sealed,
}

/// A segment of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) number: u32,
    pub(crate) form: Form,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

pub(crate) fn open_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.{OPEN}"))
}

pub(crate) fn sealed_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.{SEALED}"))
}

/// What whoever looks things up may keep beside a segment. It goes with the segment.
#[must_use]
pub fn index_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.{INDEX}"))
}

/// The segments of a folder by number. Of one that is there in both forms the sealed one counts: the
/// process died between sealing it and removing the other.
pub(crate) fn segments(folder: &Path) -> Result<Vec<Segment>, SessionError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(SessionError::io(folder))? {
        let path = entry.map_err(SessionError::io(folder))?.path();
        let form = match path.extension().and_then(|it| it.to_str()) {
            Some(OPEN) => Form::Open,
            Some(SEALED) => Form::Sealed,
            _ => continue,
        };
        let stem = path.file_stem().and_then(|it| it.to_str());
        let Some(number) = stem.and_then(|it| it.parse().ok()) else { continue };
        let bytes = fs::metadata(&path).map_err(SessionError::io(&path))?.len();
        found.push(Segment { number, form, path, bytes });
    }
    found.sort_by_key(|it| (it.number, it.form == Form::Open));
    found.dedup_by_key(|it| it.number);
    Ok(found)
}

/// Bytes before the body of a record: its length and its checksum.
pub(crate) const RECORD_HEAD_BYTES: u64 = 8;

/// What a row of records gives next.
pub(crate) enum Next {
    Record(Record),
    End,
    /// What follows is not a whole record, from this many good bytes on.
    Torn,
}

/// Appends a record with its length and checksum.
pub(crate) fn write_record(record: &Record, into: &mut Vec<u8>) -> Result<(), SessionError> {
    let start = into.len();
    into.extend([0; 8]);
    record.write(into)?;
    let (_, new) = into.split_at_mut(start);
    let Some((head, body)) = new.split_first_chunk_mut::<8>() else { return Ok(()) };
    let length = u32::try_from(body.len()).map_err(|_| SessionError::TooLong(body.len()))?;
    let (length, sum) = (length.to_le_bytes(), crc32fast::hash(body).to_le_bytes());
    let (head_length, head_sum) = head.split_at_mut(4);
    head_length.copy_from_slice(&length);
    head_sum.copy_from_slice(&sum);
    Ok(())
}

/// Reads the next record of a row.
pub(crate) fn read_record(from: &mut impl Read, body: &mut Vec<u8>) -> io::Result<Next> {
    let mut head = [0; 8];
    match fill(from, &mut head)? {
        0 => return Ok(Next::End),
        8 => {}
        _ => return Ok(Next::Torn),
    }
    let [a, b, c, d, sum @ ..] = head;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > Record::BODY_BYTES_MAX {
        return Ok(Next::Torn);
    }
    body.clear();
    // Not all at once: a damaged length must not take the memory of a good one.
    let taken = from.by_ref().take(length as u64).read_to_end(body)?;
    if taken < length || crc32fast::hash(body) != u32::from_le_bytes(sum) {
        return Ok(Next::Torn);
    }
    Ok(Record::read(body).map_or(Next::Torn, Next::Record))
}

/// Reads until `into` is full or nothing follows; returns how many bytes.
pub(crate) fn fill(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
