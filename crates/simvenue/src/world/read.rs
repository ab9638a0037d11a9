//! What REST and a new subscription read.

use std::borrow::Cow;

use domain::{Price, Side, Touch, UnixMillis, Usd};

use super::board::sides_of;
use super::{Quote, World, still};
use crate::matching::Outcome;
use crate::rng::mix;
use crate::universe::{Listing, MarketIndex, Sides, Source};
use crate::wire::book;
use crate::wire::frames::Trade;

impl World {
    pub(crate) fn listing(&self, market: MarketIndex) -> Option<&Listing> {
        self.board.universe.listings.get(market)
    }
    /// Which outcome pays; `None` while the market is open.
    pub(crate) fn winner(&self, market: MarketIndex) -> Option<Outcome> {
        self.board.states.get(market)?.winner
    }
    /// The trades, newest first.
    pub(crate) fn tape(&self) -> impl Iterator<Item = &Trade> {
        self.board.tape.iter().rev()
    }
    /// The levels of one token, worst first.
    pub(crate) fn sides(&self, market: MarketIndex, outcome: Outcome) -> Cow<'_, Sides> {
        let Some(listing) = self.listing(market) else { return Cow::default() };
        let state = self.board.states.get(market);
        match listing.source {
            Source::Crowd => {
                let forged = state.map_or(0, |state| state.forged);
                let book = self.crowd.view(market);
                book.map_or_else(Cow::default, |it| Cow::Owned(sides_of(it, outcome, forged)))
            }
            Source::Recording(number) => {
                let recording = self.board.universe.recordings.get(number);
                let position = state.and_then(|state| state.position).unwrap_or(0);
                let snapshot = recording.and_then(|it| it.snapshots.get(position));
                let sides = snapshot.and_then(|it| it.sides.get(outcome.index()));
                sides.map_or_else(Cow::default, Cow::Borrowed)
            }
            Source::Still => {
                let yes = still::sides(self.seed, listing);
                Cow::Owned(match outcome {
                    Outcome::Yes => yes,
                    Outcome::No => still::mirrored(&yes),
                })
            }
        }
    }
    /// A token's book as `/book` answers; `None` for a token that is not listed.
    pub(crate) fn rest_book(&self, token: &str) -> Option<String> {
        let (market, outcome) = self.universe().find_token(token)?;
        let sides = self.sides(market, outcome);
        self.board.facts(market, outcome, &sides).map(|facts| book::rest(&facts))
    }
    /// A token's book as a subscription begins with.
    pub(crate) fn book_frame(&self, market: MarketIndex, outcome: Outcome) -> Option<String> {
        let sides = self.sides(market, outcome);
        self.board.facts(market, outcome, &sides).map(|facts| book::frame(&facts))
    }
    /// The best prices of a token.
    pub(crate) fn touch(&self, market: MarketIndex, outcome: Outcome) -> Touch {
        let sides = self.sides(market, outcome);
        Touch {
            bid: sides.bids.last().map(|level| level.price),
            ask: sides.asks.last().map(|level| level.price),
        }
    }
    /// What is known of a market besides its book.
    pub(crate) fn quote(&self, market: MarketIndex) -> Option<Quote> {
        let state = self.board.states.get(market)?;
        let sides = self.sides(market, Outcome::Yes);
        let near = |levels: &[domain::Level], side: Side| -> Usd {
            let value = |level: &domain::Level| match side {
                Side::Buy => level.size.at(level.price, domain::Rounding::Down),
                Side::Sell => level.size.at(level.price.complement(), domain::Rounding::Down),
            };
            levels.iter().map(value).sum()
        };
        Some(Quote {
            touch: Touch {
                bid: sides.bids.last().map(|level| level.price),
                ask: sides.asks.last().map(|level| level.price),
            },
            last_trade: state.last_trade,
            winner: state.winner,
            tick: state.tick,
            volume: state.volume,
            liquidity: near(&sides.bids, Side::Buy) + near(&sides.asks, Side::Sell),
            stamp: state.stamp,
        })
    }
    /// Prices of a token from `from` to `to` every `step_seconds`, oldest first; at most `most`.
    /// The past before the start is invented, the same every time; the last price is the present.
    pub(crate) fn history(
        &self,
        market: MarketIndex,
        outcome: Outcome,
        (from, to): (i64, i64),
        step_seconds: i64,
        most: usize,
    ) -> Vec<(i64, Price)> {
        let Some(quote) = self.quote(market) else { return Vec::new() };
        let present = i64::from(quote.middle().ten_thousandths());
        let step = step_seconds.max(1);
        let now = self.now().0 / 1_000;
        let last = to.min(now).div_euclid(step);
        let first = from.div_euclid(step).max(last - i64::try_from(most).unwrap_or(0) + 1);
        let point = |bucket: i64| {
            let age = (now - bucket * step) / 900;
            let swing = if age == 0 { 0 } else { swing(self.seed ^ market as u64, age) };
            let yes = u16::try_from((present + swing).clamp(50, 9_950)).unwrap_or(5_000);
            let price = Price::from_ten_thousandths(yes).unwrap_or(Price::ONE);
            (bucket * step, outcome.mirror(price))
        };
        (first..=last).map(point).collect()
    }
    /// When a market was resolved, and to what.
    pub(crate) fn resolution(&self, market: MarketIndex) -> Option<(Outcome, UnixMillis)> {
        let state = self.board.states.get(market)?;
        state.winner.map(|winner| (winner, state.stamp))
    }
}

/// How far a price was from today's, `age` quarter hours ago: a slow and a fast swing.
fn swing(seed: u64, age: i64) -> i64 {
    let noise = |scale: i64, height: i64| -> i64 {
        let (at, part) = (age / scale, age % scale);
        let end = |at: i64| {
            if at == 0 {
                return 0;
            }
            let drawn = mix(seed ^ mix(at.unsigned_abs() ^ scale.unsigned_abs() << 40)) % 2_001;
            (i64::try_from(drawn).unwrap_or(0) - 1_000) * height / 1_000
        };
        end(at) + (end(at + 1) - end(at)) * part / scale
    };
    noise(48, 600) + noise(4, 120)
}
