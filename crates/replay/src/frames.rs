//! Frames of one batch as the payload of one record.

use bytes::Bytes;
use thiserror::Error;

/// Frames of one connection that were taken in together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameBatch {
    /// Frames missing before these.
    pub missing: u64,
    /// As they came.
    pub frames: Vec<Bytes>,
}

/// The payload is no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the frames of a record are cut or longer than they say")]
pub struct NoBatch;

impl FrameBatch {
    /// As a record holds it: what is missing, then each frame behind its length.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let bytes: usize = self.frames.iter().map(|frame| frame.len() + 4).sum();
        let mut payload = Vec::with_capacity(bytes + 8);
        payload.extend(self.missing.to_le_bytes());
        for frame in &self.frames {
            // A record is shorter than this anyway, and refused where it is not.
            payload.extend(u32::try_from(frame.len()).unwrap_or(u32::MAX).to_le_bytes());
            payload.extend_from_slice(frame);
        }
        payload
    }
    /// From a record.
    ///
    /// # Errors
    /// It is none.
    pub fn read(payload: Vec<u8>) -> Result<Self, NoBatch> {
        let mut rest = Bytes::from(payload);
        let missing = rest.first_chunk::<8>().map(|it| u64::from_le_bytes(*it)).ok_or(NoBatch)?;
        let _head = rest.split_to(8);
        let mut frames = Vec::new();
        while !rest.is_empty() {
            let length = rest.first_chunk::<4>().ok_or(NoBatch)?;
            let length = u32::from_le_bytes(*length) as usize;
            if rest.len() < 4 + length {
                return Err(NoBatch);
            }
            let _head = rest.split_to(4);
            frames.push(rest.split_to(length));
        }
        Ok(Self { missing, frames })
    }
}
