//! Orders of accounts in the books that the crowd trades in.

use domain::{Shares, Side, Usd};

use super::{Emission, World};
use crate::crowd::Happening;
use crate::matching::{MatchingBook, NewOrder, OrderId, Outcome, Report, TraderId};
use crate::universe::MarketIndex;

/// Somebody of the crowd took from a book in which accounts rest.
#[derive(Clone, Debug)]
pub(crate) struct Encounter {
    pub(crate) market: MarketIndex,
    pub(crate) taker: TraderId,
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    pub(crate) report: Report,
}

impl World {
    /// The engine of a market that the crowd drives.
    pub(crate) fn engine(&self, market: MarketIndex) -> Option<&MatchingBook> {
        self.crowd.engine(market)
    }
    /// Sends an account's order, judged before, to the engine, and tells everybody what it did.
    pub(crate) fn trade(&mut self, market: MarketIndex, order: NewOrder) -> Option<Report> {
        let pit = self.crowd.pit(market)?;
        let report = pit.admit(order)?;
        let book = pit.engine.view();
        let happening = match report.changes.last() {
            Some(change) if report.fills.is_empty() => Happening::Level(*change),
            _ => Happening::Trade {
                taker: order.trader,
                outcome: order.outcome,
                buys: order.side == Side::Buy,
                report: report.clone(),
            },
        };
        if !report.changes.is_empty() {
            self.board.record(market, happening, book);
        }
        Some(report)
    }
    /// Takes an account's resting order out of the book.
    pub(crate) fn withdraw(&mut self, market: MarketIndex, id: OrderId) {
        let Some(pit) = self.crowd.pit(market) else { return };
        let Some(change) = pit.withdraw(id) else { return };
        self.board.record(market, Happening::Level(change), pit.engine.view());
    }
    /// Lets somebody of the crowd fill a resting order wholly, and whatever is in front of it.
    pub(crate) fn race(&mut self, market: MarketIndex, id: OrderId) {
        let Some(order) = self.crowd.pit(market).and_then(|pit| pit.racer(id)) else { return };
        self.trade(market, order);
    }
    /// What the crowd took from accounts since last asked, in order.
    pub(crate) fn take_encounters(&mut self) -> Vec<Encounter> {
        std::mem::take(&mut self.board.encounters)
    }
    /// Makes a trader's free shares in the engine exactly `size`, brought from the chain or taken
    /// back there.
    pub(crate) fn bring(
        &mut self,
        market: MarketIndex,
        trader: TraderId,
        outcome: Outcome,
        size: Shares,
    ) {
        if let Some(pit) = self.crowd.pit(market) {
            pit.engine.bring(trader, outcome, size);
        }
    }
    /// Lets the house step into a trader's part of a trade that failed to settle.
    pub(crate) fn take_over(
        &mut self,
        market: MarketIndex,
        trader: TraderId,
        outcome: Outcome,
        shares: Shares,
        cash: Usd,
    ) {
        if let Some(pit) = self.crowd.pit(market) {
            pit.engine.take_over(trader, outcome, shares, cash);
        }
    }
    /// Every market with an engine.
    pub(crate) fn engines(&self) -> impl Iterator<Item = (MarketIndex, &MatchingBook)> {
        self.crowd.engines()
    }
    /// What is to be sent since last taken.
    pub(crate) fn take_frames(&mut self) -> Vec<Emission> {
        std::mem::take(&mut self.board.frames)
    }
    /// A frame for the owner of an account.
    pub(crate) fn tell(
        &mut self,
        owner: crate::exchange::OwnerId,
        market: MarketIndex,
        text: String,
    ) {
        self.board.say(super::Audience::User(owner, market), text);
    }
}
