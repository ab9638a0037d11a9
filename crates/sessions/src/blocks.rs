//! Reading a segment from the middle.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;
use flate2::read::MultiGzDecoder;

use crate::error::SessionError;
use crate::file::{self, Form, Format, Next, Segment};
use crate::record::Record;
use crate::seal::{open_records, read_sealed_head};

/// A block has at least so many bytes of records, and ends with the record that fills it.
pub const BLOCK_BYTES: u64 = 1 << 20;

/// Is shown a segment's blocks and records in order.
pub trait Watch {
    /// A block begins at that byte of the file.
    fn block(&mut self, offset: u64);
    /// The next record of the block.
    fn record(&mut self, record: &Record);
}

/// Nobody looks.
impl Watch for () {
    fn block(&mut self, _: u64) {}
    fn record(&mut self, _: &Record) {}
}

/// One segment of a session, to be read from any of its blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFile {
    /// Which one, from 1.
    pub number: u32,
    /// Whether it is still written to.
    pub form: Form,
    /// Where.
    pub path: PathBuf,
    /// Bytes of the file when it was listed.
    pub bytes: u64,
}

/// What a segment says of itself before its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentHead {
    /// How it is laid out.
    pub format: Format,
    /// The number of its first record, counted over the session from 1. 1 where the format does not
    /// say it.
    pub first_record: u64,
    /// Where its first block begins.
    pub offset: u64,
}

/// Up to where an open segment was followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// The byte behind the last whole record; 0 before the first look.
    pub offset: u64,
    /// Bytes of the block that is not full yet.
    pub in_block: u64,
}

/// The segments of a session's folder, the oldest first.
///
/// # Errors
/// The file system refuses.
pub fn segment_files(folder: &Path) -> Result<Vec<SegmentFile>, SessionError> {
    let of = |it: Segment| {
        let Segment { number, form, path, bytes } = it;
        SegmentFile { number, form, path, bytes }
    };
    Ok(file::segments(folder)?.into_iter().map(of).collect())
}

impl SegmentFile {
    /// What it says of itself.
    ///
    /// # Errors
    /// It is no segment, or the file system refuses.
    pub fn head(&self) -> Result<SegmentHead, SessionError> {
        match self.form {
            Form::Open => {
                let (head, _) = open_records(&self.path)?;
                let (format, first_record) = (head.format, head.first_record);
                Ok(SegmentHead { format, first_record, offset: head.bytes })
            }
            Form::Sealed => {
                let mut file = self.open()?;
                let head = read_sealed_head(&self.path, &mut file)?;
                let first_record = head.first_record.unwrap_or(1);
                Ok(SegmentHead { format: head.format, first_record, offset: head.bytes })
            }
        }
    }

    /// The records from the block that begins at that byte, up to the end of the segment. Each has its
    /// own checksum; the digest over all of them is not compared.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn records_from(&self, offset: u64) -> Result<BlockReader, SessionError> {
        let mut file = self.open()?;
        file.seek(SeekFrom::Start(offset)).map_err(SessionError::io(&self.path))?;
        let file = BufReader::new(file);
        let rows = match self.form {
            Form::Open => Rows::Open(file),
            Form::Sealed => Rows::Sealed(Box::new(BufReader::new(MultiGzDecoder::new(file)))),
        };
        Ok(BlockReader { path: self.path.clone(), rows, body: Vec::new(), is_over: false })
    }

    /// Shows every block and record of a sealed segment.
    ///
    /// # Errors
    /// It is damaged, or the file system refuses.
    pub fn walk(&self, watch: &mut impl Watch) -> Result<(), SessionError> {
        let damaged = |why| SessionError::Damaged { path: self.path.clone(), why };
        let offset = self.head()?.offset;
        let mut file = self.open()?;
        file.seek(SeekFrom::Start(offset)).map_err(SessionError::io(&self.path))?;
        let mut from = Placed { from: BufReader::new(file), offset };
        let mut body = Vec::new();
        while !from.fill_buf().map_err(SessionError::io(&self.path))?.is_empty() {
            watch.block(from.offset);
            let mut block = BufReader::new(GzDecoder::new(&mut from));
            loop {
                let next = file::read_record(&mut block, &mut body);
                match next.map_err(|_| damaged(UNREADABLE))? {
                    Next::Record(record) => watch.record(&record),
                    Next::End => break,
                    Next::Torn => return Err(damaged(TORN)),
                }
            }
        }
        Ok(())
    }

    /// Shows what was written to an open segment since the last look, and returns up to where that is.
    ///
    /// # Errors
    /// It is no segment, or the file system refuses.
    pub fn follow(
        &self,
        since: Followed,
        watch: &mut impl Watch,
    ) -> Result<Followed, SessionError> {
        let mut at = since;
        if at.offset == 0 {
            at.offset = self.head()?.offset;
            watch.block(at.offset);
        }
        let mut file = self.open()?;
        file.seek(SeekFrom::Start(at.offset)).map_err(SessionError::io(&self.path))?;
        let (mut from, mut body) = (BufReader::new(file), Vec::new());
        loop {
            let next = file::read_record(&mut from, &mut body);
            let Next::Record(record) = next.map_err(SessionError::io(&self.path))? else {
                return Ok(at);
            };
            if at.in_block >= BLOCK_BYTES {
                watch.block(at.offset);
                at.in_block = 0;
            }
            watch.record(&record);
            let bytes = file::RECORD_HEAD_BYTES + body.len() as u64;
            at.offset += bytes;
            at.in_block += bytes;
        }
    }

    fn open(&self) -> Result<File, SessionError> {
        File::open(&self.path).map_err(SessionError::io(&self.path))
    }
}

const UNREADABLE: &str = "its compressed records cannot be read";
const TORN: &str = "a record in it is not whole";

/// Counts what is read through it.
struct Placed {
    from: BufReader<File>,
    offset: u64,
}

impl Read for Placed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.offset += read as u64;
        Ok(read)
    }
}

impl BufRead for Placed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.from.fill_buf()
    }
    fn consume(&mut self, bytes: usize) {
        self.offset += bytes as u64;
        self.from.consume(bytes);
    }
}

/// The records of a segment from one of its blocks on. Memory holds one record.
pub struct BlockReader {
    path: PathBuf,
    rows: Rows,
    body: Vec<u8>,
    is_over: bool,
}

enum Rows {
    Open(BufReader<File>),
    Sealed(Box<BufReader<MultiGzDecoder<BufReader<File>>>>),
}

impl BlockReader {
    fn next_record(&mut self) -> Result<Option<Record>, SessionError> {
        let damaged = |why| SessionError::Damaged { path: self.path.clone(), why };
        match &mut self.rows {
            // What is torn here is being written.
            Rows::Open(from) => match file::read_record(from, &mut self.body) {
                Ok(Next::Record(record)) => Ok(Some(record)),
                Ok(Next::End | Next::Torn) => Ok(None),
                Err(error) => Err(SessionError::io(&self.path)(error)),
            },
            Rows::Sealed(from) => match file::read_record(from, &mut self.body) {
                Ok(Next::Record(record)) => Ok(Some(record)),
                Ok(Next::End) => Ok(None),
                Ok(Next::Torn) => Err(damaged(TORN)),
                Err(_) => Err(damaged(UNREADABLE)),
            },
        }
    }
}

impl Iterator for BlockReader {
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

impl std::fmt::Debug for BlockReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlockReader").field("path", &self.path).finish_non_exhaustive()
    }
}
