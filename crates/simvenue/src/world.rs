//! The whole venue without its sockets: what is listed, who trades, and the frames that tell of it.
//!
//! Pure: time is handed in, randomness comes from the seed.

mod board;
mod incidents;
mod read;
mod still;
#[cfg(test)]
mod tests;
mod trading;
mod turnover;

use bytestring::ByteString;
use domain::{DurationMillis, Price, TickSize, Touch, UnixMillis, Usd};

use crate::crowd::{Crowd, CrowdOptions, STEP_MS};
use crate::exchange::OwnerId;
use crate::matching::Outcome;
use crate::universe::{MarketIndex, Source, Universe};
use board::Board;
use incidents::Forgery;
use turnover::Turnover;

pub use incidents::ParityDirection;
pub(crate) use trading::Encounter;

/// Steps made up for at once after a pause; what is beyond is skipped, so a pause costs no burst.
const CATCH_UP_STEPS_MAX: i64 = 100;

/// Who is to hear a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Subscribers of either token.
    Market(MarketIndex),
    /// Subscribers of one token.
    Token(MarketIndex, Outcome),
    /// Subscribers of one token who asked for custom features.
    TokenCustom(MarketIndex, Outcome),
    /// Every connection that asked for custom features.
    Everyone,
    /// Listeners of trading activity.
    Activity(MarketIndex),
    /// The owner of an account, about a market.
    User(OwnerId, MarketIndex),
}

/// A frame to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Emission {
    pub(crate) audience: Audience,
    pub(crate) text: ByteString,
}

/// What REST states about a market besides its book.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quote {
    pub(crate) touch: Touch,
    pub(crate) last_trade: Option<Price>,
    pub(crate) winner: Option<Outcome>,
    pub(crate) tick: TickSize,
    pub(crate) volume: Usd,
    pub(crate) liquidity: Usd,
    pub(crate) stamp: UnixMillis,
}

impl Quote {
    /// Half-way between the best prices of YES; an empty side counts as 0 or 1.
    pub(crate) fn middle(&self) -> Price {
        let bid = self.touch.bid.unwrap_or(Price::ZERO).ten_thousandths();
        let ask = self.touch.ask.unwrap_or(Price::ONE).ten_thousandths();
        Price::from_ten_thousandths(bid.midpoint(ask)).unwrap_or(Price::ONE)
    }
}

/// The venue's state.
#[derive(Debug)]
pub(crate) struct World {
    seed: u64,
    board: Board,
    crowd: Crowd,
    steps: i64,
    newcomers: usize,
    forgeries: Vec<Forgery>,
    turnover: Turnover,
}

impl World {
    pub(crate) fn new(universe: Universe, seed: u64, crowd: CrowdOptions, now: UnixMillis) -> Self {
        let crowd = Crowd::new(&universe, seed, crowd);
        let mut board = Board::new(universe, seed, now);
        for market in 0..board.universe.listings.len() {
            if let Some(book) = crowd.view(market) {
                board.open(market, book.touch());
            }
        }
        let turnover = Turnover::new(seed);
        Self { seed, board, crowd, steps: 0, newcomers: 0, forgeries: Vec::new(), turnover }
    }
    pub(crate) const fn universe(&self) -> &Universe {
        &self.board.universe
    }
    pub(crate) const fn now(&self) -> UnixMillis {
        self.board.now
    }
    /// How many groups are out of line now.
    pub(crate) fn dislocated(&self) -> usize {
        self.crowd.dislocated()
    }
    /// Simulated time since the start.
    pub(crate) const fn simulated(&self) -> DurationMillis {
        DurationMillis(self.steps * STEP_MS)
    }

    /// Lets the venue live until `simulated` after its start, stamped `now`; returns the frames.
    pub(crate) fn advance(&mut self, now: UnixMillis, simulated: DurationMillis) -> Vec<Emission> {
        self.board.now = now;
        let due = simulated.0 / STEP_MS;
        let missed = due - self.steps - CATCH_UP_STEPS_MAX;
        if missed > 0 {
            self.crowd.miss(missed);
            self.steps += missed;
        }
        self.end_forgeries();
        while self.steps < due {
            self.steps += 1;
            let board = &mut self.board;
            self.crowd.step(&mut |market, happening, book| board.record(market, happening, book));
        }
        self.replay();
        std::mem::take(&mut self.board.frames)
    }

    /// Moves every recorded book to where its recording is by now.
    fn replay(&mut self) {
        let elapsed = DurationMillis(self.steps * STEP_MS);
        for market in self.board.recorded.clone() {
            let listing = self.board.universe.listings.get(market);
            let Some(Source::Recording(number)) = listing.map(|listing| &listing.source) else {
                continue;
            };
            let Some(recording) = self.board.universe.recordings.get(*number) else { continue };
            let position = recording.position(elapsed);
            self.board.show_recorded(market, *number, position);
        }
    }
}
