//! What a fault does to the markets themselves.

use domain::TickSize;
use serde::{Deserialize, Serialize};

use super::{Audience, Emission, World};
use crate::error::SimError;
use crate::matching::Outcome;
use crate::universe::{MarketIndex, Source};
use crate::wire::frames;

/// Which way an injected mispricing goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParityDirection {
    /// Both outcomes together cost less than a dollar.
    Cheap,
    /// Both outcomes together sell for more than a dollar.
    Dear,
}

/// An injected mispricing that will end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forgery {
    pub(crate) market: MarketIndex,
    pub(crate) until_ms: i64,
}

impl World {
    /// A market by its slug, condition id or token id; the first open one that `suits` by default.
    pub(crate) fn find(
        &self,
        name: Option<&str>,
        suits: impl Fn(&Self, MarketIndex) -> bool,
    ) -> Result<MarketIndex, SimError> {
        let universe = self.universe();
        let named = |name: &str| {
            let by_slug = || universe.listings.iter().position(|listing| listing.slug == name);
            universe
                .find_condition(name)
                .or_else(|| universe.find_token(name).map(|(market, _)| market))
                .or_else(by_slug)
        };
        let found = match name {
            Some(name) => named(name).filter(|market| suits(self, *market)),
            None => (0..universe.listings.len()).find(|market| suits(self, *market)),
        };
        found.ok_or_else(|| SimError::NoSuchMarket(name.unwrap_or("none suits").to_owned()))
    }
    /// Somebody comes for a fortune in the next step.
    pub(crate) const fn call_a_whale(&mut self) {
        self.crowd.call_a_whale();
    }
    pub(crate) fn is_open(&self, market: MarketIndex) -> bool {
        self.board.states.get(market).is_some_and(|state| state.winner.is_none())
    }
    /// A binary market of the crowd, of its own and open.
    pub(crate) fn is_open_binary(&self, market: MarketIndex) -> bool {
        let listing = self.listing(market);
        let fits = listing.is_some_and(|listing| {
            matches!(listing.source, Source::Crowd) && !self.universe().is_neg_risk(listing)
        });
        fits && self.is_open(market)
    }

    /// Refines a market's grid, or coarsens it where it already is fine.
    pub(crate) fn change_tick(&mut self, market: MarketIndex) -> Vec<Emission> {
        let tick = match self.board.states.get(market).map(|state| state.tick) {
            Some(TickSize::Hundredth) => TickSize::Thousandth,
            _ => TickSize::Hundredth,
        };
        self.crowd.set_tick(market, tick);
        self.board.change_tick(market, tick);
        std::mem::take(&mut self.board.frames)
    }

    /// Ends a market; where YES wins, its siblings in a neg-risk group end with NO.
    pub(crate) fn resolve(&mut self, market: MarketIndex, winner: Outcome) -> Vec<Emission> {
        let mut ended = vec![(market, winner)];
        let listing = self.listing(market);
        let event = listing.and_then(|listing| self.universe().event_of(listing));
        if let (Outcome::Yes, Some(event)) = (winner, event.filter(|it| it.neg_risk.is_some())) {
            let siblings = event.markets.iter().filter(|sibling| **sibling != market);
            ended.extend(siblings.map(|sibling| (*sibling, Outcome::No)));
        }
        for (market, winner) in ended {
            self.crowd.close(market);
            let board = &mut self.board;
            let Some(state) = board.states.get_mut(market).filter(|it| it.winner.is_none()) else {
                continue;
            };
            state.winner = Some(winner);
            state.stamp = board.now;
            let Some(listing) = board.universe.listings.get(market) else { continue };
            let text = frames::market_resolved(&board.universe, listing, winner, board.now);
            board.say(Audience::Everyone, text);
        }
        std::mem::take(&mut self.board.frames)
    }

    /// Lists one more question and tells everybody.
    pub(crate) fn list_newcomer(&mut self) -> Result<Vec<Emission>, SimError> {
        let number = self.newcomers;
        let now = self.board.now;
        let added = self.board.universe.add_newcomer(number, self.seed, now);
        let market = added.ok_or_else(|| SimError::NoSuchMarket("all are listed".to_owned()))?;
        self.newcomers += 1;
        self.open_listed(market);
        Ok(std::mem::take(&mut self.board.frames))
    }

    /// Shows the second outcome of a market shifted, so that both outcomes no longer add up.
    /// `edge` is what the two touches are off together, in ten-thousandths.
    pub(crate) fn forge_parity(
        &mut self,
        market: MarketIndex,
        direction: ParityDirection,
        edge: u16,
        for_ms: i64,
    ) -> Vec<Emission> {
        let touch = self.touch(market, Outcome::Yes);
        let (Some(bid), Some(ask)) = (touch.bid, touch.ask) else { return Vec::new() };
        let spread = i32::from(ask.ten_thousandths()) - i32::from(bid.ten_thousandths());
        let tick = self.board.states.get(market).map_or(100, |it| it.tick.ten_thousandths());
        let tick = i32::from(tick).max(1);
        let shift = (spread + i32::from(edge) + tick - 1) / tick * tick;
        let signed = match direction {
            ParityDirection::Cheap => -shift,
            ParityDirection::Dear => shift,
        };
        let until_ms = self.board.now.0 + for_ms;
        self.forgeries.push(Forgery { market, until_ms });
        self.show_forged(market, signed);
        std::mem::take(&mut self.board.frames)
    }

    pub(super) fn end_forgeries(&mut self) {
        let now = self.board.now.0;
        let (over, lasting): (Vec<Forgery>, Vec<Forgery>) =
            self.forgeries.drain(..).partition(|forgery| forgery.until_ms <= now);
        self.forgeries = lasting;
        for forgery in over {
            self.show_forged(forgery.market, 0);
        }
    }

    fn show_forged(&mut self, market: MarketIndex, forged: i32) {
        if let Some(state) = self.board.states.get_mut(market) {
            state.forged = forged;
            state.stamp = self.board.now;
        }
        if let Some(book) = self.crowd.view(market) {
            self.board.say_books(market, book);
        }
    }
}
