//! Frames of the market channel: bytes in, integers out.
//!
//! [`parse_frame`] first tries a scanner that walks the members in the order the venue sends them.
//! Whatever surprises it (another order, other spacing, an unknown member, a bad number) sends the
//! whole frame to a tolerant parser, which is slower and is the one that words errors. Both fill
//! the same [`Frame`]; a test compares them on generated frames.
//!
//! A frame is taken whole or not at all: an error leaves no event, and [`ParsedFrame::named`] then
//! holds the watched tokens whose ids occur in the bytes, so that the caller can stop trusting
//! their books.
//!
//! Sizes have at most six decimals, the venue's smallest unit of a share; a finer one is an error
//! rather than a rounded number, because a book must hold what was stated. Level prices lie
//! between 0 and 1 exclusively, on a grid of 0.0001.

mod fallback;
mod number;
mod scanner;
mod swar;
#[cfg(test)]
mod tests;
mod tokens;

use domain::{DecimalError, Frame, PriceError, TokenIndex};
use thiserror::Error;

pub use tokens::{DuplicateToken, TokenTable};

/// The largest frame that is read. The snapshot of 200 deep books stays below 5 MB.
pub const FRAME_BYTES_MAX: usize = 8 << 20;

/// Why a frame was refused. Asking again makes no sense: the same bytes fail again. The books it
/// names need a new snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// More than [`FRAME_BYTES_MAX`].
    #[error("the frame has {bytes} bytes, more than the limit of {FRAME_BYTES_MAX}")]
    TooLarge {
        /// How many bytes it has.
        bytes: usize,
    },
    /// The bytes are not one JSON value.
    #[error("the frame is not JSON")]
    NotJson,
    /// A member has a type or a form that it never has.
    #[error("the member {field:?} has the wrong type or form")]
    WrongType {
        /// Which member; `"frame"` is the whole frame.
        field: &'static str,
    },
    /// A member without which the event means nothing.
    #[error("the member {field:?} is missing")]
    Missing {
        /// Which member.
        field: &'static str,
    },
    /// A price that is no number, finer than 0.0001, or not between 0 and 1.
    #[error("a price is not usable: {0}")]
    BadPrice(PriceError),
    /// A size that is no number, negative, finer than a millionth, or too large.
    #[error("a size is not usable: {0}")]
    BadSize(DecimalError),
}

/// One frame as parsed, with what was noticed on the way. Reuse it: its buffers stay warm.
#[derive(Debug, Default)]
pub struct ParsedFrame {
    frame: Frame,
    named: Vec<TokenIndex>,
    unknown_tokens: u32,
    unknown_events: u32,
    fell_back: bool,
}

impl ParsedFrame {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// What the frame states about watched tokens, and about the whole venue.
    #[must_use]
    pub const fn frame(&self) -> &Frame {
        &self.frame
    }
    /// Whether the scanner gave up and the tolerant parser read the frame.
    #[must_use]
    pub const fn fell_back(&self) -> bool {
        self.fell_back
    }
    /// How many statements were skipped because nobody watches their token.
    #[must_use]
    pub const fn unknown_tokens(&self) -> u32 {
        self.unknown_tokens
    }
    /// How many events of unknown type were skipped.
    #[must_use]
    pub const fn unknown_events(&self) -> u32 {
        self.unknown_events
    }
    /// After an error: the watched tokens that the refused bytes name, each once.
    #[must_use]
    pub fn named(&self) -> &[TokenIndex] {
        &self.named
    }
    fn clear(&mut self) {
        self.frame.clear();
        self.named.clear();
        self.unknown_tokens = 0;
        self.unknown_events = 0;
        self.fell_back = false;
    }
}

/// Parses one text frame: one event or an array of events.
///
/// Unknown event types, members and tokens are skipped and counted. `out` is cleared first.
///
/// # Errors
/// See [`FrameError`]. `out` then holds no event; see [`ParsedFrame::named`].
pub fn parse_frame(
    bytes: &[u8],
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    out.clear();
    if bytes.len() > FRAME_BYTES_MAX {
        name_tokens(bytes, table, out);
        return Err(FrameError::TooLarge { bytes: bytes.len() });
    }
    if scanner::scan(bytes, table, out).is_some() {
        return Ok(());
    }
    parse_tolerantly(bytes, table, out)
}

/// The tolerant parser alone: what [`parse_frame`] does with a frame that surprises its scanner.
/// Public for the differential tests.
///
/// # Errors
/// As [`parse_frame`].
pub fn parse_tolerantly(
    bytes: &[u8],
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    out.clear();
    out.fell_back = true;
    let result = fallback::parse(bytes, table, out);
    if result.is_err() {
        out.frame.clear();
        name_tokens(bytes, table, out);
    }
    result
}

/// Finds watched ids in bytes that could not be read: every run of digits that is one.
fn name_tokens(bytes: &[u8], table: &TokenTable, out: &mut ParsedFrame) {
    let head = bytes.get(..FRAME_BYTES_MAX).unwrap_or(bytes);
    for run in head.split(|byte| !byte.is_ascii_digit()) {
        if let Some(token) = table.lookup(run) {
            out.named.push(token);
        }
    }
    out.named.sort_unstable();
    out.named.dedup();
}
