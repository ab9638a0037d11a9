//! What a segment holds, in short, so that a moment is found without reading everything.
//!
//! The index of a sealed segment lies beside it, is made while it is sealed, and is made again where
//! it is missing or damaged. That of the open segment is kept in memory and follows what is written.

mod row;
mod shelf;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use domain::UnixMillis;
use serde::{Deserialize, Serialize};
use sessions::{
    Kind, Record, Sealable, SealedSize, SegmentFile, SegmentHead, SessionError, Watch, index_path,
};
use sha2::{Digest as _, Sha256};

use crate::step::{Setup, Step};

pub(crate) use row::decided;
pub use row::{Key, Row, RowKind};
pub use shelf::{Indexed, Shelf};

/// The first bytes of an index, with the version of what follows.
const MAGIC: &[u8; 8] = b"DBINDX\x00\x01";
/// The longest index, bytes; what is longer is made anew each time.
const BYTES_MAX: u64 = 64 << 20;
/// What is counted for each second: frames, then each kind of row.
pub const COUNTED: usize = 1 + RowKind::ALL.len();

/// A block of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Where it begins in the file.
    pub offset: u64,
    /// Its first record, counted over the session from 1.
    pub record: u64,
    /// When its first record was received.
    pub at: UnixMillis,
}

/// What one segment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentIndex {
    /// Its first record, counted over the session from 1.
    pub first_record: u64,
    /// How many there are.
    pub records: u64,
    /// The first moment; `None` of an empty segment.
    pub from: Option<UnixMillis>,
    /// The last moment.
    pub to: Option<UnixMillis>,
    /// How the program was set up, where the segment says so.
    pub setup: Option<Setup>,
    /// Steps that found no room when they were recorded.
    pub missing: u64,
    /// Its blocks in order.
    pub blocks: Vec<Block>,
    /// What happened in each second that was not empty.
    pub seconds: BTreeMap<i64, [u32; COUNTED]>,
    /// What was decided.
    pub rows: Vec<Row>,
    /// The records that state which markets are watched.
    pub plans: Vec<u64>,
    /// Where the block begins whose first record was not seen yet.
    #[serde(skip)]
    begun: Option<u64>,
}

impl SegmentIndex {
    /// Of a segment of which nothing was seen yet.
    #[must_use]
    pub fn new(head: &SegmentHead) -> Self {
        Self { first_record: head.first_record, ..Self::default() }
    }
    /// The record behind the last one.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.first_record + self.records
    }
    /// The last block that begins before that moment; the first where none does.
    #[must_use]
    pub fn block_before(&self, at: UnixMillis) -> Option<&Block> {
        let later = self.blocks.partition_point(|block| block.at < at);
        self.blocks.get(later.saturating_sub(1))
    }
    /// The block that holds that record.
    #[must_use]
    pub fn block_of(&self, record: u64) -> Option<&Block> {
        let later = self.blocks.partition_point(|block| block.record <= record);
        self.blocks.get(later.checked_sub(1)?)
    }
    fn step(&mut self, number: u64, at: UnixMillis, payload: &[u8]) {
        if payload.starts_with(b"{\"world\":{\"facts\":[{\"plan\":") {
            self.plans.push(number);
        }
        if !row::may_matter(payload) {
            return;
        }
        match serde_json::from_slice(payload) {
            Ok(Step::Setup(setup)) => self.setup = Some(setup),
            Ok(Step::Missing { steps }) => self.missing += steps,
            Ok(step) => {
                if let Some(row) = Row::of(number, at, &step) {
                    self.count(at, 1 + row.kind as usize);
                    self.rows.push(row);
                }
            }
            // A replay says what is wrong with it; here it is only not found.
            Err(_) => {}
        }
    }
    fn count(&mut self, at: UnixMillis, what: usize) {
        let counts = self.seconds.entry(at.0.div_euclid(1_000)).or_default();
        if let Some(count) = counts.get_mut(what) {
            *count = count.saturating_add(1);
        }
    }
}

impl Watch for SegmentIndex {
    fn block(&mut self, offset: u64) {
        self.begun = Some(offset);
    }
    fn record(&mut self, record: &Record) {
        let number = self.end();
        let at = moment_of(record);
        if let Some(offset) = self.begun.take() {
            self.blocks.push(Block { offset, record: number, at });
        }
        self.records += 1;
        self.from = Some(self.from.map_or(at, |from| from.min(at)));
        self.to = Some(self.to.map_or(at, |to| to.max(at)));
        match record.kind {
            Kind::MarketFrames => self.count(at, 0),
            Kind::Step => self.step(number, at, &record.payload),
            Kind::UserFrame | Kind::TradeFrame | Kind::Books => {}
        }
    }
}

/// When a record was received.
pub(crate) const fn moment_of(record: &Record) -> UnixMillis {
    UnixMillis(record.received_at.0.div_euclid(1_000))
}

/// Seals a segment, and lays its index beside it.
///
/// # Errors
/// The file system refuses. A segment whose index cannot be written is sealed all the same.
pub fn seal(segment: Sealable) -> Result<SealedSize, SessionError> {
    let (folder, number) = (segment.folder().to_owned(), segment.number());
    let mut index = SegmentIndex { first_record: segment.first_record()?, ..Default::default() };
    let size = segment.seal(&mut index)?;
    write(&folder, number, &index)?;
    Ok(size)
}

/// The index of a sealed segment; made anew where there is none that can be read.
///
/// # Errors
/// The segment is damaged, or the file system refuses to read it.
pub(crate) fn of_sealed(folder: &Path, file: &SegmentFile) -> Result<SegmentIndex, SessionError> {
    let head = file.head()?;
    if let Some(index) = read(&index_path(folder, file.number), head.first_record) {
        return Ok(index);
    }
    let mut index = SegmentIndex::new(&head);
    file.walk(&mut index)?;
    // Where it cannot be written, the next one who asks makes it again.
    let _unwritten = write(folder, file.number, &index);
    Ok(index)
}

fn read(path: &Path, first_record: u64) -> Option<SegmentIndex> {
    if fs::metadata(path).ok()?.len() > BYTES_MAX {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (digest, body) = rest.split_first_chunk::<32>()?;
    if <[u8; 32]>::from(Sha256::digest(body)) != *digest {
        return None;
    }
    let index: SegmentIndex = serde_json::from_slice(body).ok()?;
    (index.first_record == first_record).then_some(index)
}

fn write(folder: &Path, number: u32, index: &SegmentIndex) -> Result<(), SessionError> {
    let path = index_path(folder, number);
    let io = |path: &Path| SessionError::io(path);
    let body = serde_json::to_vec(index).map_err(|error| io(&path)(error.into()))?;
    // Two may make it at once; each whole one is right.
    let unfinished = unfinished(&path);
    let mut file = fs::File::create(&unfinished).map_err(io(&unfinished))?;
    let digest: [u8; 32] = Sha256::digest(&body).into();
    for part in [&MAGIC[..], &digest, &body] {
        file.write_all(part).map_err(io(&unfinished))?;
    }
    fs::rename(&unfinished, &path).map_err(io(&path))
}

fn unfinished(path: &Path) -> PathBuf {
    let thread = format!("{:?}", std::thread::current().id());
    let number: String = thread.chars().filter(char::is_ascii_digit).collect();
    path.with_extension(format!("index-unfinished-{}-{number}", std::process::id()))
}
