//! Sealing a full segment: compressed in blocks, with a digest over all of it.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::blocks::{BLOCK_BYTES, Watch};
use crate::error::SessionError;
use crate::file::{self, Form, Format, Next};

/// Bytes between the magic and what follows: digest, records, bytes of the records.
const SEALED_HEAD_BYTES: usize = 32 + 8 + 8;
/// The number of the first record.
const FIRST_BYTES: usize = 8;

/// A full segment that is not sealed yet. Sealing reads and compresses it, which takes about a second
/// for each 50 MB: not on a thread that others wait for. One that is never sealed is read as well.
#[derive(Debug)]
#[must_use = "a segment that is not sealed takes several times the space"]
pub struct Sealable {
    pub(crate) folder: PathBuf,
    pub(crate) number: u32,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedSize {
    /// Records in it.
    pub records: u64,
    /// Bytes of the records.
    pub bytes_before: u64,
    /// Bytes of the sealed file.
    pub bytes_after: u64,
}

impl Sealable {
    /// The folder of its session.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// Which of the session's segments it is, from 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }
    /// The number of its first record, counted over the session from 1.
    ///
    /// # Errors
    /// It is no segment, or the file system refuses.
    pub fn first_record(&self) -> Result<u64, SessionError> {
        Ok(open_records(&file::open_path(&self.folder, self.number))?.0.first_record)
    }
    /// Seals it, and shows each of its blocks and records. What is torn at its end (the process died
    /// while it wrote) is left out.
    ///
    /// # Errors
    /// The file system refuses, or the file is no segment; then it stays as it was.
    pub fn seal(self, watch: &mut impl Watch) -> Result<SealedSize, SessionError> {
        let open = file::open_path(&self.folder, self.number);
        let sealed = file::sealed_path(&self.folder, self.number);
        let unfinished = sealed.with_extension("unfinished");
        let size = compress(&open, &unfinished, watch)?;
        fs::rename(&unfinished, &sealed).map_err(SessionError::io(&sealed))?;
        sync_folder(&self.folder)?;
        fs::remove_file(&open).map_err(SessionError::io(&open))?;
        Ok(size)
    }
}

/// Counts what is written through it.
struct Placed {
    to: BufWriter<File>,
    offset: u64,
}

impl Write for Placed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.offset += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn compress(
    open: &Path,
    sealed: &Path,
    watch: &mut impl Watch,
) -> Result<SealedSize, SessionError> {
    let (head, mut from) = open_records(open)?;
    let io = |path: &Path| SessionError::io(path);
    let to = BufWriter::new(File::create(sealed).map_err(io(sealed))?);
    let mut to = Placed { to, offset: 0 };
    to.write_all(&head.format.magic(Form::Sealed)).map_err(io(sealed))?;
    to.write_all(&[0; SEALED_HEAD_BYTES]).map_err(io(sealed))?;
    let mut digest = Sha256::new();
    if head.format == Format::Two {
        to.write_all(&head.first_record.to_le_bytes()).map_err(io(sealed))?;
        digest.update(head.first_record.to_le_bytes());
    }
    // What was begun in the old format is read as one.
    let block_bytes = if head.format == Format::Two { BLOCK_BYTES } else { u64::MAX };
    let (mut records, mut bytes_before, mut in_block) = (0_u64, 0_u64, 0_u64);
    let (mut body, mut row) = (Vec::new(), Vec::new());
    watch.block(to.offset);
    let mut packed = GzEncoder::new(to, Compression::default());
    while let Next::Record(record) = file::read_record(&mut from, &mut body).map_err(io(open))? {
        if in_block >= block_bytes {
            let to = packed.finish().map_err(io(sealed))?;
            watch.block(to.offset);
            packed = GzEncoder::new(to, Compression::default());
            in_block = 0;
        }
        row.clear();
        file::write_record(&record, &mut row)?;
        digest.update(&row);
        packed.write_all(&row).map_err(io(sealed))?;
        watch.record(&record);
        records += 1;
        bytes_before += row.len() as u64;
        in_block += row.len() as u64;
    }
    let to = packed.finish().map_err(io(sealed))?.to;
    let mut to = to.into_inner().map_err(|error| error.into_error()).map_err(io(sealed))?;
    let mut head = Vec::with_capacity(SEALED_HEAD_BYTES);
    head.extend(digest.finalize());
    head.extend(records.to_le_bytes());
    head.extend(bytes_before.to_le_bytes());
    to.seek(SeekFrom::Start(MAGIC_BYTES)).map_err(io(sealed))?;
    to.write_all(&head).map_err(io(sealed))?;
    to.sync_all().map_err(io(sealed))?;
    let bytes_after = to.metadata().map_err(io(sealed))?.len();
    Ok(SealedSize { records, bytes_before, bytes_after })
}

const MAGIC_BYTES: u64 = 8;

/// What the head of an open segment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenHead {
    pub(crate) format: Format,
    /// The number of its first record, from 1; 1 where the format does not say it.
    pub(crate) first_record: u64,
    /// Bytes of the head.
    pub(crate) bytes: u64,
}

/// The records of a segment that is or was being written.
pub(crate) fn open_records(path: &Path) -> Result<(OpenHead, BufReader<File>), SessionError> {
    let mut from = BufReader::new(File::open(path).map_err(SessionError::io(path))?);
    let mut magic = [0; 8];
    let read = file::fill(&mut from, &mut magic).map_err(SessionError::io(path))?;
    let format = match Format::of(magic, Form::Open) {
        Some(format) => format,
        // The process died before the first bytes were there.
        None if is_begun(magic.get(..read).unwrap_or_default()) => Format::Two,
        None => return Err(SessionError::NotASegment(path.to_owned())),
    };
    let (mut first_record, mut bytes) = (1, MAGIC_BYTES);
    if format == Format::Two {
        let mut first = [0; FIRST_BYTES];
        let read = file::fill(&mut from, &mut first).map_err(SessionError::io(path))?;
        if read == FIRST_BYTES {
            first_record = u64::from_le_bytes(first);
        }
        bytes += FIRST_BYTES as u64;
    }
    Ok((OpenHead { format, first_record, bytes }, from))
}

fn is_begun(magic: &[u8]) -> bool {
    magic.len() < 8 && Format::Two.magic(Form::Open).starts_with(magic)
}

/// The first bytes of a segment that begins with that record.
pub(crate) fn open_head(first_record: u64) -> Vec<u8> {
    let mut head = Format::Two.magic(Form::Open).to_vec();
    head.extend(first_record.to_le_bytes());
    head
}

/// A new name in a folder is durable when the folder is.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), SessionError> {
    File::open(folder).and_then(|it| it.sync_all()).map_err(SessionError::io(folder))
}

/// What the head of a sealed segment says.
pub(crate) struct SealedHead {
    pub(crate) format: Format,
    pub(crate) digest: [u8; 32],
    pub(crate) records: u64,
    /// The number of its first record, from 1; `None` where the format does not say it.
    pub(crate) first_record: Option<u64>,
    /// Bytes of the head.
    pub(crate) bytes: u64,
}

pub(crate) fn read_sealed_head(
    path: &Path,
    from: &mut impl Read,
) -> Result<SealedHead, SessionError> {
    let not_a_segment = || SessionError::NotASegment(path.to_owned());
    let mut magic = [0; 8];
    let mut head = [0; SEALED_HEAD_BYTES];
    file::fill(from, &mut magic).map_err(SessionError::io(path))?;
    let read = file::fill(from, &mut head).map_err(SessionError::io(path))?;
    let format = Format::of(magic, Form::Sealed).ok_or_else(not_a_segment)?;
    if read < SEALED_HEAD_BYTES {
        return Err(not_a_segment());
    }
    let (digest, rest) = head.split_first_chunk().ok_or_else(not_a_segment)?;
    let (records, _) = rest.split_first_chunk().ok_or_else(not_a_segment)?;
    let (mut first_record, mut bytes) = (None, MAGIC_BYTES + SEALED_HEAD_BYTES as u64);
    if format == Format::Two {
        let mut first = [0; FIRST_BYTES];
        if file::fill(from, &mut first).map_err(SessionError::io(path))? < FIRST_BYTES {
            return Err(not_a_segment());
        }
        first_record = Some(u64::from_le_bytes(first));
        bytes += FIRST_BYTES as u64;
    }
    let records = u64::from_le_bytes(*records);
    Ok(SealedHead { format, digest: *digest, records, first_record, bytes })
}
