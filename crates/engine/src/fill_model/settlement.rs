//! How trades settle after they were matched.

use domain::TradeState;

use super::news::{PaperFact, PaperTrade};
use super::{Happening, PaperExchange};

/// A trade and the state it comes to next.
#[derive(Clone, Debug)]
pub(super) struct Settling {
    trade: PaperTrade,
    next: TradeState,
}

impl PaperExchange {
    /// Plans the next state of a trade: into a block and confirmed, or sent again and failed.
    pub(super) fn settle_on(&mut self, trade: PaperTrade) {
        let fails = drawn(trade.draw, 0) < self.settings.trade_failures_ppm;
        let (next, after) = match trade.state {
            TradeState::Matched if fails => (TradeState::Retrying, self.settings.mined_ms),
            TradeState::Matched => (TradeState::Mined, self.settings.mined_ms),
            TradeState::Retrying => (TradeState::Failed, self.settings.confirmed_ms),
            TradeState::Mined => (TradeState::Confirmed, self.settings.confirmed_ms),
            TradeState::Confirmed | TradeState::Failed => return,
        };
        self.plan(self.clock.plus(after), Happening::Settle(Settling { trade, next }));
    }
    pub(super) fn settle(&mut self, settling: Settling) {
        let trade = PaperTrade { state: settling.next, ..settling.trade };
        self.tell(PaperFact::Trade(trade.clone()));
        self.settle_on(trade);
    }
}

/// A number below a million, the same for the same draw and count.
pub(super) const fn drawn(draw: u64, count: u64) -> u64 {
    mix(draw, count) % 1_000_000
}

/// Spreads a draw over many: SplitMix64, whose steps are a bijection with good dispersion.
pub(super) const fn mix(draw: u64, count: u64) -> u64 {
    let step = count.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut mixed = draw.wrapping_add(step);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
