//! The crowd: desks that quote around a wandering fair value, and takers who trade with them.
//!
//! Pure and deterministic: one [`Crowd::step`] is 50 simulated milliseconds, and the same seed
//! makes the same orders. All values are integers, prices in ten-thousandths of a dollar.

mod desk;
mod dislocation;
mod taker;
mod wallets;
mod whale;

use std::collections::BTreeMap;

use domain::{Book, Side, TickSize};

use crate::matching::{
    LevelChange, MatchingBook, NewOrder, OrderId, Outcome, Remainder, Report, TraderId,
};
use crate::rng::Rng;
use crate::universe::{Listing, MarketIndex, Source, Universe};
use desk::Desk;
use dislocation::Dislocations;
use whale::Whales;

pub(crate) use wallets::{Wallet, past, wallet};

/// Simulated milliseconds of one step.
pub(crate) const STEP_MS: i64 = 50;

/// How lively the crowd is.
#[derive(Clone, Copy, Debug)]
pub struct CrowdOptions {
    /// 100 is normal, 0 is silence, at most 1,000.
    pub activity_percent: u32,
    /// How many neg-risk groups may be out of line at a time; at least one is, unless this is 0.
    pub dislocations_max: u32,
}

impl Default for CrowdOptions {
    fn default() -> Self {
        Self { activity_percent: 100, dislocations_max: 4 }
    }
}

/// One market as the crowd sees it.
#[derive(Debug)]
pub(crate) struct Pit {
    pub(crate) engine: MatchingBook,
    desk: Desk,
    group: Option<usize>,
    open: bool,
}

impl Pit {
    /// Takes an order that has been judged; `None` where trading has ended.
    pub(crate) fn admit(&mut self, order: NewOrder) -> Option<Report> {
        if !self.open {
            return None;
        }
        self.desk.stir();
        Some(self.engine.admit(order))
    }
    /// Takes a resting order out.
    pub(crate) fn withdraw(&mut self, id: OrderId) -> Option<LevelChange> {
        self.desk.stir();
        self.engine.cancel(id)
    }
    /// What somebody of the crowd sends to fill a resting order wholly.
    pub(crate) fn racer(&self, id: OrderId) -> Option<NewOrder> {
        let (side_yes, price_yes, size) = self.engine.ahead(id)?;
        // A purchase of the opposite outcome needs no shares.
        let outcome = if side_yes == Side::Buy { Outcome::No } else { Outcome::Yes };
        let price = outcome.mirror(price_yes);
        let trader = wallets::large(id.0);
        let remainder = Remainder::Dies;
        Some(NewOrder { trader, outcome, side: Side::Buy, price, size, remainder })
    }
}

/// Markets of which exactly one pays.
#[derive(Debug)]
struct Group {
    markets: Vec<MarketIndex>,
    augmented: bool,
}

/// What happened in a market, told the moment it happened.
#[derive(Debug)]
pub(crate) enum Happening {
    /// An order came to rest or was cancelled.
    Level(LevelChange),
    /// Orders met.
    Trade { taker: TraderId, outcome: Outcome, buys: bool, report: Report },
}

/// Everybody who trades, and their books.
#[derive(Debug)]
pub(crate) struct Crowd {
    options: CrowdOptions,
    seed: u64,
    rng: Rng,
    pits: BTreeMap<MarketIndex, Pit>,
    groups: Vec<Group>,
    dislocations: Dislocations,
    whales: Whales,
    steps: u64,
}

/// Told of every happening with the book as it is right after it.
pub(crate) type Sink<'a> = dyn FnMut(MarketIndex, Happening, &Book) + 'a;

impl Crowd {
    /// Desks for every market of `universe` that the crowd drives, with filled books.
    pub(crate) fn new(universe: &Universe, seed: u64, options: CrowdOptions) -> Self {
        let mut crowd = Self {
            options,
            seed,
            rng: Rng::new(seed, "crowd"),
            pits: BTreeMap::new(),
            groups: Vec::new(),
            dislocations: Dislocations::new(seed),
            whales: Whales::new(seed),
            steps: 0,
        };
        for event in universe.events.iter().filter(|event| event.neg_risk.is_some()) {
            let driven = |market: &MarketIndex| {
                let listing = universe.listings.get(*market);
                listing.is_some_and(|listing| matches!(listing.source, Source::Crowd))
            };
            if !event.markets.is_empty() && event.markets.iter().all(driven) {
                let markets = event.markets.clone();
                crowd.groups.push(Group { markets, augmented: event.augmented });
            }
        }
        for (market, listing) in universe.listings.iter().enumerate() {
            crowd.join(market, listing);
        }
        crowd
    }
    /// Opens a desk for a market that the crowd drives.
    pub(crate) fn join(&mut self, market: MarketIndex, listing: &Listing) {
        if !matches!(listing.source, Source::Crowd) {
            return;
        }
        let group = self.groups.iter().position(|group| group.markets.contains(&market));
        let desk = Desk::new(mix(self.seed, market), listing.fair, listing.tick, group.is_some());
        let engine = MatchingBook::new(listing.rules());
        let mut pit = Pit { engine, desk, group, open: true };
        pit.desk.requote(&mut pit.engine, usize::MAX, &mut |_, _| {});
        self.pits.insert(market, pit);
    }
    /// Takes these markets, which nobody joined yet, for ones of which exactly one pays.
    pub(crate) fn join_group(&mut self, markets: Vec<MarketIndex>, augmented: bool) {
        self.groups.push(Group { markets, augmented });
    }
    /// Drops the book of a market that has ended.
    pub(crate) fn forget(&mut self, market: MarketIndex) {
        if self.pits.get(&market).is_some_and(|pit| !pit.open) {
            self.pits.remove(&market);
        }
    }
    /// Whether nothing keeps the quotes of a market out of line.
    pub(crate) fn is_calm(&self, market: MarketIndex) -> bool {
        self.pits.get(&market).is_some_and(|pit| !pit.desk.is_forced())
    }
    /// The book of YES of a market that the crowd drives.
    pub(crate) fn view(&self, market: MarketIndex) -> Option<&Book> {
        self.pits.get(&market).map(|pit| pit.engine.view())
    }
    /// The engine of a market that the crowd drives.
    pub(crate) fn engine(&self, market: MarketIndex) -> Option<&MatchingBook> {
        self.pits.get(&market).map(|pit| &pit.engine)
    }
    /// A market that the crowd drives.
    pub(crate) fn pit(&mut self, market: MarketIndex) -> Option<&mut Pit> {
        self.pits.get_mut(&market)
    }
    /// Every engine.
    pub(crate) fn engines(&self) -> impl Iterator<Item = (MarketIndex, &MatchingBook)> {
        self.pits.iter().map(|(market, pit)| (*market, &pit.engine))
    }
    /// Stops all trading in a market.
    pub(crate) fn close(&mut self, market: MarketIndex) {
        if let Some(pit) = self.pits.get_mut(&market) {
            pit.open = false;
        }
    }
    /// Changes a market's grid.
    pub(crate) fn set_tick(&mut self, market: MarketIndex, tick: TickSize) {
        if let Some(pit) = self.pits.get_mut(&market) {
            pit.engine.set_tick(tick);
            pit.desk.stir();
        }
    }
    /// How many groups are out of line now.
    pub(crate) fn dislocated(&self) -> usize {
        self.dislocations.active()
    }
    /// Lets steps go by in which nobody acts.
    pub(crate) fn miss(&mut self, steps: i64) {
        self.whales.miss(steps, self.options.activity_percent.min(1_000));
    }
    /// Somebody comes for a fortune in the next step.
    pub(crate) const fn call_a_whale(&mut self) {
        self.whales.call();
    }
    /// Lets the crowd act for [`STEP_MS`].
    pub(crate) fn step(&mut self, sink: &mut Sink<'_>) {
        self.dislocations.step(self.steps, self.options, &self.groups, &mut self.pits);
        self.steps += 1;
        let activity = self.options.activity_percent.min(1_000);
        self.whales.step(self.steps, activity, &mut self.pits, sink);
        let open = self.pits.iter().filter(|(_, pit)| pit.open);
        let markets: Vec<MarketIndex> = open.map(|(market, _)| *market).collect();
        for market in markets {
            self.wander(market, activity);
            let Some(pit) = self.pits.get_mut(&market).filter(|pit| pit.open) else { continue };
            if activity == 0 && !pit.desk.is_forced() {
                continue;
            }
            if self.rng.chance_ppm(180 * activity) {
                pit.desk.reconsider_a_size(&mut self.rng);
            }
            let budget = if pit.desk.is_forced() { 10 } else { 3 };
            let Pit { engine, desk, .. } = pit;
            desk.requote(engine, budget, &mut |happening, book| sink(market, happening, book));
            if self.rng.chance_ppm(45 * activity) {
                taker::trade(market, pit, &mut self.rng, sink);
            }
        }
    }

    /// Moves a fair value: on its own, or out of a sibling so that a group still adds up to one.
    fn wander(&mut self, market: MarketIndex, activity: u32) {
        if !self.rng.chance_ppm(140 * activity) {
            return;
        }
        let Some(pit) = self.pits.get(&market) else { return };
        let tick = i64::from(pit.engine.rules().tick.ten_thousandths());
        let amount = self.rng.range(-2, 2) * tick.max(20);
        let sibling = match pit.group.and_then(|group| self.groups.get(group)) {
            None => None,
            Some(group) => match self.rng.pick(&group.markets) {
                Some(sibling) if *sibling != market => Some(*sibling),
                _ => return,
            },
        };
        if let Some(sibling) = sibling {
            let taken = self.pits.get_mut(&sibling).map_or(0, |pit| pit.desk.move_fair(-amount));
            let given = self.pits.get_mut(&market).map_or(0, |pit| pit.desk.move_fair(-taken));
            // What one side could not take goes back, so that the group still adds up.
            if let Some(pit) = self.pits.get_mut(&sibling) {
                pit.desk.move_fair(-taken - given);
            }
        } else if let Some(pit) = self.pits.get_mut(&market) {
            let back = pit.desk.distance_from_anchor() / 8;
            pit.desk.move_fair(amount - back);
        }
    }
}

fn mix(seed: u64, market: MarketIndex) -> u64 {
    crate::rng::mix(seed ^ crate::rng::mix(market as u64))
}
