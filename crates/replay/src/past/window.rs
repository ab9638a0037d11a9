//! The records of a stretch of a session, over the borders of its segments.

use domain::{DurationMillis, UnixMillis};
use sessions::{BlockReader, Record, SessionError};

use super::Past;

/// So far back everything is stated again: each book within a minute, and what was on its way.
pub(super) const REACH: DurationMillis = DurationMillis(65_000);
/// Blocks that are read for one moment; where a minute has more, what was stated before them is not
/// known.
const BLOCKS_MAX: usize = 96;

/// Records with their numbers, from one block on to the end of the session.
pub(super) struct Window<'a> {
    past: &'a Past<'a>,
    segment: usize,
    reader: Option<BlockReader>,
    number: u64,
}

impl<'a> Past<'a> {
    /// From about [`REACH`] before a moment on. `until` is the last record that is wanted.
    pub(super) fn window(
        &'a self,
        at: UnixMillis,
        until: u64,
    ) -> Result<Option<Window<'a>>, SessionError> {
        let since = UnixMillis(at.0.saturating_sub(REACH.0));
        let mut begin = None;
        let mut blocks = 0;
        'back: for (segment, indexed) in self.segments.iter().enumerate().rev() {
            for block in indexed.index.blocks.iter().rev() {
                // Moments of several threads are not quite in order.
                if block.record > until || (until == u64::MAX && block.at > at) {
                    continue;
                }
                begin = Some((segment, *block));
                blocks += 1;
                if block.at < since || blocks >= BLOCKS_MAX {
                    break 'back;
                }
            }
        }
        let Some((segment, block)) = begin else { return Ok(None) };
        let Some(indexed) = self.segments.get(segment) else { return Ok(None) };
        let reader = Some(indexed.file.records_from(block.offset)?);
        Ok(Some(Window { past: self, segment, reader, number: block.record }))
    }
}

impl Window<'_> {
    fn next_record(&mut self) -> Result<Option<(u64, Record)>, SessionError> {
        loop {
            let Some(reader) = &mut self.reader else { return Ok(None) };
            if let Some(record) = reader.next() {
                let number = self.number;
                self.number += 1;
                return Ok(Some((number, record?)));
            }
            self.segment += 1;
            self.reader = match self.past.segments.get(self.segment) {
                None => None,
                Some(next) => match next.index.blocks.first() {
                    None => None,
                    Some(block) => {
                        self.number = block.record;
                        Some(next.file.records_from(block.offset)?)
                    }
                },
            };
        }
    }
}

impl Iterator for Window<'_> {
    type Item = Result<(u64, Record), SessionError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_record().transpose()
    }
}
