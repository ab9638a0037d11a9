//! One thing that came from outside.

use domain::UnixMicros;

use crate::error::SessionError;

/// The longest payload of a record, bytes. The venue's longest frames are far below.
pub const PAYLOAD_BYTES_MAX: usize = 16 << 20;
/// Kind, source, both times.
const HEAD_BYTES: usize = 1 + 2 + 8 + 8;
/// Stands for a time that was not stated.
const NO_TIME: i64 = i64::MIN;

/// What a record is. The number is what the file holds, and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Frames of a market socket, as they came.
    MarketFrames = 1,
    /// A frame of the account's own socket, as it came.
    UserFrame = 2,
    /// A frame of the socket of others' trades, as it came.
    TradeFrame = 3,
    /// What a decider took in besides, and what it decided.
    Step = 4,
    /// Books as they stand, so that a moment can be read without everything before it.
    Books = 5,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::MarketFrames, Self::UserFrame, Self::TradeFrame, Self::Step, Self::Books];
    fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// One thing that came from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// Through which of several connections or clients; 0 where there is one.
    pub source: u16,
    /// When it was received, by our clock.
    pub received_at: UnixMicros,
    /// When it happened, by the other side's clock, where it says so.
    pub stated_at: Option<UnixMicros>,
    /// The bytes as they came.
    pub payload: Vec<u8>,
}

impl Record {
    /// Appends the record as a file holds it.
    pub(crate) fn write(&self, into: &mut Vec<u8>) -> Result<(), SessionError> {
        if self.payload.len() > PAYLOAD_BYTES_MAX {
            return Err(SessionError::TooLong(self.payload.len()));
        }
        into.push(self.kind as u8);
        into.extend(self.source.to_le_bytes());
        into.extend(self.received_at.0.to_le_bytes());
        into.extend(self.stated_at.map_or(NO_TIME, |at| at.0).to_le_bytes());
        into.extend(&self.payload);
        Ok(())
    }

    /// From what a file holds; `None` where that makes no sense.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let (head, payload) = body.split_at_checked(HEAD_BYTES)?;
        let (kind, head) = head.split_first()?;
        let (source, head) = head.split_first_chunk()?;
        let (received_at, head) = head.split_first_chunk()?;
        let (stated_at, _) = head.split_first_chunk()?;
        let stated_at = i64::from_le_bytes(*stated_at);
        Some(Self {
            kind: Kind::of(*kind)?,
            source: u16::from_le_bytes(*source),
            received_at: UnixMicros(i64::from_le_bytes(*received_at)),
            stated_at: (stated_at != NO_TIME).then_some(UnixMicros(stated_at)),
            payload: payload.to_vec(),
        })
    }

    /// The longest body of a record in a file, bytes.
    pub(crate) const BODY_BYTES_MAX: usize = HEAD_BYTES + PAYLOAD_BYTES_MAX;
}
