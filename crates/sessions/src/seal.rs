//! Sealing a full segment: compressed, with a digest over all of it.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::error::SessionError;
use crate::file::{self, Next, OPEN_MAGIC, SEALED_MAGIC};

/// Bytes between the magic and the compressed records: digest, records, bytes of the records.
pub(crate) const SEALED_HEAD_BYTES: usize = 32 + 8 + 8;

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
    /// Seals it. What is torn at its end (the process died while it wrote) is left out.
    ///
    /// # Errors
    /// The file system refuses, or the file is no segment; then it stays as it was.
    pub fn seal(self) -> Result<SealedSize, SessionError> {
        let open = file::open_path(&self.folder, self.number);
        let sealed = file::sealed_path(&self.folder, self.number);
        let unfinished = sealed.with_extension("unfinished");
        let size = compress(&open, &unfinished)?;
        fs::rename(&unfinished, &sealed).map_err(SessionError::io(&sealed))?;
        sync_folder(&self.folder)?;
        fs::remove_file(&open).map_err(SessionError::io(&open))?;
        Ok(size)
    }
}

fn compress(open: &Path, sealed: &Path) -> Result<SealedSize, SessionError> {
    let mut from = open_records(open)?;
    let mut to = BufWriter::new(File::create(sealed).map_err(SessionError::io(sealed))?);
    let io = |path: &Path| SessionError::io(path);
    to.write_all(SEALED_MAGIC).map_err(io(sealed))?;
    to.write_all(&[0; SEALED_HEAD_BYTES]).map_err(io(sealed))?;
    let mut packed = GzEncoder::new(to, Compression::default());
    let (mut digest, mut records, mut bytes_before) = (Sha256::new(), 0_u64, 0_u64);
    let (mut body, mut row) = (Vec::new(), Vec::new());
    while let Next::Record(record) = file::read_record(&mut from, &mut body).map_err(io(open))? {
        row.clear();
        file::write_record(&record, &mut row)?;
        digest.update(&row);
        packed.write_all(&row).map_err(io(sealed))?;
        records += 1;
        bytes_before += row.len() as u64;
    }
    let to = packed.finish().map_err(io(sealed))?;
    let mut to = to.into_inner().map_err(|error| error.into_error()).map_err(io(sealed))?;
    let mut head = Vec::with_capacity(SEALED_HEAD_BYTES);
    head.extend(digest.finalize());
    head.extend(records.to_le_bytes());
    head.extend(bytes_before.to_le_bytes());
    to.seek(SeekFrom::Start(SEALED_MAGIC.len() as u64)).map_err(io(sealed))?;
    to.write_all(&head).map_err(io(sealed))?;
    to.sync_all().map_err(io(sealed))?;
    let bytes_after = to.metadata().map_err(io(sealed))?.len();
    Ok(SealedSize { records, bytes_before, bytes_after })
}

/// The records of a segment that is or was being written.
pub(crate) fn open_records(path: &Path) -> Result<BufReader<File>, SessionError> {
    let mut from = BufReader::new(File::open(path).map_err(SessionError::io(path))?);
    let mut magic = [0; OPEN_MAGIC.len()];
    match file::fill(&mut from, &mut magic).map_err(SessionError::io(path))? {
        // The process died before the first bytes were there.
        0 => Ok(from),
        _ if &magic == OPEN_MAGIC => Ok(from),
        _ => Err(SessionError::NotASegment(path.to_owned())),
    }
}

/// A new name in a folder is durable when the folder is.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), SessionError> {
    File::open(folder).and_then(|it| it.sync_all()).map_err(SessionError::io(folder))
}

/// What the head of a sealed segment says.
pub(crate) struct SealedHead {
    pub(crate) digest: [u8; 32],
    pub(crate) records: u64,
}

pub(crate) fn read_sealed_head(
    path: &Path,
    from: &mut impl Read,
) -> Result<SealedHead, SessionError> {
    let not_a_segment = || SessionError::NotASegment(path.to_owned());
    let mut magic = [0; SEALED_MAGIC.len()];
    let mut head = [0; SEALED_HEAD_BYTES];
    file::fill(from, &mut magic).map_err(SessionError::io(path))?;
    let read = file::fill(from, &mut head).map_err(SessionError::io(path))?;
    if &magic != SEALED_MAGIC || read < SEALED_HEAD_BYTES {
        return Err(not_a_segment());
    }
    let (digest, rest) = head.split_first_chunk().ok_or_else(not_a_segment)?;
    let (records, _) = rest.split_first_chunk().ok_or_else(not_a_segment)?;
    Ok(SealedHead { digest: *digest, records: u64::from_le_bytes(*records) })
}
