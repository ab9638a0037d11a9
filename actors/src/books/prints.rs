//! Hands on the trades that the market sockets tell of.

use domain::{ConditionId, Event, Frame, TokenId, TokenIndex};

use crate::supervision::Handle;
use crate::tape::{BookPrint, BookPrints};

/// Trades that wait for the next moment of handing on; more are left out: two other sources tell of
/// them too.
const WAITING_MAX: usize = 4_096;

/// Trades on their way.
#[derive(Debug, Default)]
pub(super) struct Prints {
    waiting: Vec<BookPrint>,
}

impl Prints {
    /// Takes the trades out of a frame.
    pub(super) fn note(
        &mut self,
        frame: &Frame,
        place: impl Fn(TokenIndex) -> Option<(TokenId, ConditionId)>,
    ) {
        for event in &frame.events {
            let Event::LastTrade { token, stated_at, price, size, side: Some(taker) } = event
            else {
                continue;
            };
            if self.waiting.len() < WAITING_MAX
                && let Some((token, condition)) = place(*token)
            {
                let (price, size, taker, at) = (*price, *size, *taker, *stated_at);
                self.waiting.push(BookPrint { token, condition, price, size, taker, at });
            }
        }
    }
    /// Hands on what waits.
    pub(super) fn send(&mut self, to: &Handle<BookPrints>) {
        if self.waiting.is_empty() {
            return;
        }
        if let Err(error) = to.tell(BookPrints(std::mem::take(&mut self.waiting))) {
            tracing::debug!(%error, "trades of the market sockets were not taken");
        }
    }
}
