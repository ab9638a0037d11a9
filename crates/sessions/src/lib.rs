//! A session: everything that came from outside while the program ran, in order, in segment files.
//!
//! A segment that is being written (`00000001.open`) is a plain row of records, each with a checksum:
//! whatever kills the process, everything up to the last whole record is read again. A full segment is
//! sealed (`00000001.seg`): compressed in blocks, with a digest over all of it. What a session holds is
//! bounded; the oldest segments go first. Whoever knows where a block begins reads from there.
//!
//! Writing a record costs a copy and a checksum. Sealing takes long and is done elsewhere: see
//! [`Sealable`].

mod archive;
mod blocks;
mod error;
mod file;
mod reader;
mod record;
mod seal;
mod writer;

pub use archive::{Archive, Completeness, Listed, holds_session};
pub use blocks::{
    BLOCK_BYTES, BlockReader, Followed, SegmentFile, SegmentHead, Watch, segment_files,
};
pub use error::SessionError;
pub use file::{Form, Format, index_path};
pub use reader::{Ending, SessionReader};
pub use record::{Kind, PAYLOAD_BYTES_MAX, Record};
pub use seal::{Sealable, SealedSize};
pub use writer::{Appended, SessionLimits, SessionWriter};
