//! The public face of every market: what was said last about it, and the frames that say more.

use std::collections::VecDeque;

use bytestring::ByteString;
use domain::{Book, Level, Price, Shares, Side, TickSize, Touch, UnixMillis, Usd};

use super::{Audience, Emission, Encounter};
use crate::crowd::{Happening, wallet};
use crate::exchange::WalletId;
use crate::matching::{LevelChange, Outcome, Report, TraderId};
use crate::rng::Rng;
use crate::universe::{Listing, MarketIndex, Sides, Source, Universe};
use crate::wire::book::{self, BookFacts};
use crate::wire::frames::{self, Change, Trade};

/// Trades remembered for the Data API; the oldest go.
const TAPE_MAX: usize = 20_000;

/// What was last said about a market.
#[derive(Clone, Debug)]
pub(super) struct MarketState {
    pub(super) stamp: UnixMillis,
    pub(super) last_trade: Option<Price>,
    pub(super) tick: TickSize,
    pub(super) winner: Option<Outcome>,
    pub(super) touch: Touch,
    pub(super) volume: Usd,
    /// Added to every price of the second outcome while an injected mispricing lasts.
    pub(super) forged: i32,
    pub(super) position: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Board {
    pub(super) universe: Universe,
    pub(super) states: Vec<MarketState>,
    pub(super) recorded: Vec<MarketIndex>,
    pub(super) tape: VecDeque<Trade>,
    pub(super) now: UnixMillis,
    pub(super) frames: Vec<Emission>,
    pub(super) encounters: Vec<Encounter>,
    rng: Rng,
}

impl Board {
    pub(super) fn new(universe: Universe, seed: u64, now: UnixMillis) -> Self {
        let recorded = universe.listings.iter().enumerate();
        let recorded = recorded
            .filter(|(_, listing)| matches!(listing.source, Source::Recording(_)))
            .map(|(market, _)| market)
            .collect();
        let mut board = Self {
            universe,
            states: Vec::new(),
            recorded,
            tape: VecDeque::new(),
            now,
            frames: Vec::new(),
            encounters: Vec::new(),
            rng: Rng::new(seed, "transactions"),
        };
        board.states = board.universe.listings.iter().map(|it| blank(it, now)).collect();
        board
    }
    /// Notes a market's first best prices; lists it where it is new.
    pub(super) fn open(&mut self, market: MarketIndex, touch: Touch) {
        if let (true, Some(listing)) =
            (market == self.states.len(), self.universe.listings.get(market))
        {
            self.states.push(blank(listing, self.now));
        }
        if let Some(state) = self.states.get_mut(market) {
            state.touch = touch;
        }
    }
    pub(super) fn say(&mut self, audience: Audience, text: String) {
        self.frames.push(Emission { audience, text: ByteString::from(text) });
    }

    /// Tells of what just happened in a market whose YES book is now `book`.
    pub(super) fn record(&mut self, market: MarketIndex, happening: Happening, book: &Book) {
        match happening {
            Happening::Level(change) => self.record_level(market, change, book),
            Happening::Trade { taker, outcome, buys, report } => {
                self.record_trade(market, taker, outcome, buys, &report);
                self.say_books(market, book);
                self.note_encounter(market, taker, outcome, buys, report);
            }
        }
        self.say_touch(market, book.touch());
    }

    fn record_level(&mut self, market: MarketIndex, change: LevelChange, book: &Book) {
        let Some(state) = self.states.get_mut(market) else { return };
        state.stamp = self.now;
        let forged = state.forged;
        let Some(listing) = self.universe.listings.get(market) else { return };
        let changes: Vec<Change<'_>> = Outcome::BOTH
            .into_iter()
            .filter_map(|outcome| {
                let sides = sides_of(book, outcome, forged);
                let facts = self.facts(market, outcome, &sides)?;
                Some(Change {
                    token: listing.token(outcome),
                    price: shown(change.price_yes, outcome, forged)?,
                    size: change.size,
                    side: outcome.mirror_side(change.side_yes),
                    hash: book::hash(&facts),
                    best_bid: sides.bids.last().map_or(Price::ZERO, |level| level.price),
                    best_ask: sides.asks.last().map_or(Price::ONE, |level| level.price),
                })
            })
            .collect();
        let text = frames::price_change(&listing.condition, &changes, self.now);
        self.say(Audience::Market(market), text);
    }

    fn record_trade(
        &mut self,
        market: MarketIndex,
        taker: TraderId,
        outcome: Outcome,
        buys: bool,
        report: &Report,
    ) {
        let Some(last) = report.fills.last() else { return };
        let size: Shares = report.fills.iter().map(|fill| fill.size).sum();
        let price = outcome.mirror(last.price_yes);
        let mut id = [0u8; 32];
        for chunk in id.chunks_mut(8) {
            chunk.copy_from_slice(&self.rng.next().to_be_bytes());
        }
        let trade = Trade {
            market,
            outcome,
            side: if buys { Side::Buy } else { Side::Sell },
            price,
            size,
            stamp: self.now,
            transaction: format!("0x{}", hex::encode(id)),
            wallet: wallet(taker),
        };
        let Some(state) = self.states.get_mut(market) else { return };
        state.stamp = self.now;
        state.last_trade = Some(price);
        state.volume += size.at(price, domain::Rounding::HalfUp);
        let Some(listing) = self.universe.listings.get(market) else { return };
        let on_market = frames::last_trade_price(listing, &trade);
        let on_activity = self
            .universe
            .event_of(listing)
            .map(|event| frames::orders_matched(listing, event, &trade));
        self.say(Audience::Token(market, outcome), on_market);
        if let Some(text) = on_activity {
            self.say(Audience::Activity(market), text);
        }
        if self.tape.len() == TAPE_MAX {
            self.tape.pop_front();
        }
        self.tape.push_back(trade);
    }

    /// Remembers what the crowd took from accounts; what accounts take they hear at once.
    fn note_encounter(
        &mut self,
        market: MarketIndex,
        taker: TraderId,
        outcome: Outcome,
        buys: bool,
        report: Report,
    ) {
        let concerns = report.fills.iter().any(|fill| WalletId::of(fill.maker).is_some());
        if concerns && WalletId::of(taker).is_none() {
            let side = if buys { Side::Buy } else { Side::Sell };
            self.encounters.push(Encounter { market, taker, outcome, side, report });
        }
    }

    /// Both tokens' whole books.
    pub(super) fn say_books(&mut self, market: MarketIndex, book: &Book) {
        let forged = self.states.get(market).map_or(0, |state| state.forged);
        let sides = Outcome::BOTH.map(|outcome| sides_of(book, outcome, forged));
        self.say_sides(market, &sides);
    }
    pub(super) fn say_sides(&mut self, market: MarketIndex, sides: &[Sides; 2]) {
        for (outcome, sides) in Outcome::BOTH.into_iter().zip(sides) {
            if let Some(facts) = self.facts(market, outcome, sides) {
                let text = book::frame(&facts);
                self.say(Audience::Token(market, outcome), text);
            }
        }
    }

    /// Tells of new best prices, to those who asked for it.
    fn say_touch(&mut self, market: MarketIndex, touch: Touch) {
        let Some(state) = self.states.get_mut(market).filter(|state| state.touch != touch) else {
            return;
        };
        state.touch = touch;
        let forged = state.forged;
        let (bid, ask) = (touch.bid.unwrap_or(Price::ZERO), touch.ask.unwrap_or(Price::ONE));
        let Some(listing) = self.universe.listings.get(market) else { return };
        let texts = Outcome::BOTH.map(|outcome| {
            let (low, high) = match outcome {
                Outcome::Yes => (bid, ask),
                Outcome::No => (ask, bid),
            };
            let low = shown(low, outcome, forged).unwrap_or(Price::ZERO);
            let high = shown(high, outcome, forged).unwrap_or(Price::ONE);
            let token = listing.token(outcome);
            frames::best_bid_ask(&listing.condition, token, low, high, self.now)
        });
        for (outcome, text) in Outcome::BOTH.into_iter().zip(texts) {
            self.say(Audience::TokenCustom(market, outcome), text);
        }
    }

    /// Shows a recorded market at a position of its recording.
    pub(super) fn show_recorded(&mut self, market: MarketIndex, number: usize, position: usize) {
        let Some(state) = self.states.get_mut(market) else { return };
        if state.position == Some(position) || state.winner.is_some() {
            return;
        }
        let again = state.position.is_none_or(|before| position < before);
        state.position = Some(position);
        state.stamp = self.now;
        let recording = self.universe.recordings.get(number);
        let Some(snapshot) = recording.and_then(|it| it.snapshots.get(position)) else { return };
        let [up, _] = &snapshot.sides;
        let touch = Touch {
            bid: up.bids.last().map(|level| level.price),
            ask: up.asks.last().map(|level| level.price),
        };
        let fine = snapshot.sides.iter().flat_map(|sides| sides.bids.iter().chain(&sides.asks));
        let fine = fine.into_iter().any(|level| !TickSize::Hundredth.allows(level.price));
        let (old, listed) = (state.tick, TickSize::Hundredth);
        let tick = match (fine, again) {
            (true, _) => TickSize::Thousandth,
            (false, true) => listed,
            (false, false) => old,
        };
        let sides = snapshot.sides.clone();
        if tick != old {
            self.change_tick(market, tick);
        }
        self.say_sides(market, &sides);
        self.say_touch(market, touch);
    }

    pub(super) fn change_tick(&mut self, market: MarketIndex, tick: TickSize) {
        let Some(state) = self.states.get_mut(market) else { return };
        let old = std::mem::replace(&mut state.tick, tick);
        let Some(listing) = self.universe.listings.get(market) else { return };
        let texts = Outcome::BOTH.map(|outcome| {
            let token = listing.token(outcome);
            frames::tick_size_change(&listing.condition, token, old, tick, self.now)
        });
        for (outcome, text) in Outcome::BOTH.into_iter().zip(texts) {
            self.say(Audience::Token(market, outcome), text);
        }
    }

    /// What a book of one token states, with its levels given.
    pub(super) fn facts<'a>(
        &'a self,
        market: MarketIndex,
        outcome: Outcome,
        sides: &'a Sides,
    ) -> Option<BookFacts<'a>> {
        let listing = self.universe.listings.get(market)?;
        let state = self.states.get(market)?;
        Some(BookFacts {
            condition: &listing.condition,
            token: listing.token(outcome),
            stamp: state.stamp,
            sides,
            order_size_min: listing.order_size_min,
            tick: state.tick,
            neg_risk: self.universe.is_neg_risk(listing),
            last_trade: state.last_trade,
            version: listing.version,
        })
    }
}

fn blank(listing: &Listing, now: UnixMillis) -> MarketState {
    MarketState {
        stamp: now,
        last_trade: None,
        tick: listing.tick,
        winner: None,
        touch: Touch::default(),
        volume: Usd::from_whole(listing.volume_24h_usd),
        forged: 0,
        position: None,
    }
}

/// A price of YES as one outcome shows it; `None` where a forgery moves it out of the market.
fn shown(price_yes: Price, outcome: Outcome, forged: i32) -> Option<Price> {
    let price = outcome.mirror(price_yes);
    if outcome == Outcome::Yes || forged == 0 {
        return Some(price);
    }
    let moved = u16::try_from(i32::from(price.ten_thousandths()) + forged).ok()?;
    Price::from_ten_thousandths(moved).filter(|price| *price > Price::ZERO && *price < Price::ONE)
}

/// The book of one outcome, worst levels first, from the book of YES.
pub(super) fn sides_of(book: &Book, outcome: Outcome, forged: i32) -> Sides {
    let levels = |side: Side| -> Vec<Level> {
        let worst_first = book.side(outcome.mirror_side(side)).best_first().rev();
        let moved = worst_first.filter_map(|level| {
            Some(Level { price: shown(level.price, outcome, forged)?, size: level.size })
        });
        moved.collect()
    };
    Sides { bids: levels(Side::Buy), asks: levels(Side::Sell) }
}
