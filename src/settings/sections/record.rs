//! What is written down so that it can be run again.

use std::path::{Path, PathBuf};

use super::super::reader::Reader;

/// `[record]`: sessions.
#[derive(Clone, Debug)]
pub struct Record {
    /// Whether the service records what it takes in.
    pub enabled: bool,
    /// Where sessions are kept; `None` for a folder beside the database.
    pub folder: Option<PathBuf>,
    /// All sessions together, bytes, 16 MB to 10 TB; the oldest go first.
    pub archive_bytes_max: u64,
    /// One segment before it is compressed, bytes, 1 MB to 1 GB.
    pub segment_bytes: u64,
}

const MEGABYTE: u64 = 1_000_000;

impl Record {
    /// Where sessions are kept.
    #[must_use]
    pub fn folder(&self, data_dir: &Path) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| data_dir.join("sessions"))
    }

    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let folder = PathBuf::from(reader.text("record.folder"));
        let record = Self {
            enabled: reader.switch("record.enabled"),
            folder: Some(folder).filter(|folder| !folder.as_os_str().is_empty()),
            archive_bytes_max: reader.whole::<u64>("record.archive_mb_max", 16..=10_000_000)
                * MEGABYTE,
            segment_bytes: reader.whole::<u64>("record.segment_mb", 1..=1_000) * MEGABYTE,
        };
        if record.segment_bytes * 4 > record.archive_bytes_max {
            reader.refuse(
                "record.archive_mb_max",
                "must hold at least four segments of record.segment_mb.",
            );
        }
        record
    }
}
