//! Markets end, and others take their place: a venue that runs for hours stays alive, what was
//! bought is paid out, and there is always something new.

use std::collections::VecDeque;

use domain::{DurationMillis, Touch};

use super::{Audience, Emission, World};
use crate::crowd::STEP_MS;
use crate::matching::Outcome;
use crate::rng::Rng;
use crate::universe::{MarketIndex, Source, Topic};
use crate::wire::frames;

/// With so many markets listed, ended ones included, nothing ends any more.
const LISTINGS_MAX: usize = 20_000;
/// The books of so many ended markets are still shown; older ones are empty.
const ENDED_SHOWN_MAX: usize = 100;

/// When the next group and the next question end.
#[derive(Debug)]
pub(super) struct Turnover {
    every: Option<DurationMillis>,
    next: DurationMillis,
    rng: Rng,
    ended: VecDeque<MarketIndex>,
}

impl Turnover {
    pub(super) fn new(seed: u64) -> Self {
        let (next, rng) = (DurationMillis(0), Rng::new(seed, "turnover"));
        Self { every: None, next, rng, ended: VecDeque::new() }
    }
    /// Whether a turn is due; it counts as taken then.
    fn take(&mut self, simulated: DurationMillis) -> bool {
        let Some(every) = self.every else { return false };
        if simulated < self.next {
            return false;
        }
        self.next = DurationMillis(simulated.0 + every.0);
        true
    }
}

impl World {
    /// From now on one group and one question of its own end each time so much simulated time has
    /// passed, and new ones on the same topics are listed. `None`: nothing ends by itself.
    pub(crate) fn turning_over(mut self, every: Option<DurationMillis>) -> Self {
        let now = DurationMillis(self.steps * STEP_MS);
        self.turnover.next = every.map_or(now, |every| DurationMillis(now.0 + every.0));
        self.turnover.every = every;
        self
    }

    /// Ends what is due to end; `None` where nothing is. The chain must be told.
    pub(crate) fn turn_over(&mut self) -> Option<Vec<Emission>> {
        let simulated = self.simulated();
        if !self.turnover.take(simulated) || self.universe().listings.len() >= LISTINGS_MAX {
            return None;
        }
        let groups = self.turning(|topic| matches!(topic, Topic::Group(_)));
        let questions = self.turning(|topic| matches!(topic, Topic::Question(_)));
        let mut frames = Vec::new();
        for events in [groups, questions] {
            if let Some(event) = self.turnover.rng.pick(&events).copied() {
                frames.extend(self.end_event(event));
                frames.extend(self.list_again(event));
            }
        }
        while self.turnover.ended.len() > ENDED_SHOWN_MAX {
            if let Some(market) = self.turnover.ended.pop_front() {
                self.crowd.forget(market);
            }
        }
        Some(frames)
    }

    /// Events on such topics that are open and in line: what is out of line goes on being traded.
    fn turning(&self, suits: impl Fn(Topic) -> bool) -> Vec<usize> {
        let settled = |market: &MarketIndex| {
            let listing = self.listing(*market);
            listing.is_some_and(|listing| matches!(listing.source, Source::Crowd))
                && self.is_open(*market)
                && self.board.states.get(*market).is_some_and(|state| state.forged == 0)
                && self.crowd.is_calm(*market)
        };
        let events = self.universe().events.iter().enumerate();
        events
            .filter(|(_, event)| event.edition.is_some_and(|it| suits(it.topic)))
            .filter(|(_, event)| event.markets.iter().all(settled))
            .map(|(at, _)| at)
            .collect()
    }

    /// Ends an event; who wins is drawn by the prices.
    fn end_event(&mut self, event: usize) -> Vec<Emission> {
        let Some(event) = self.universe().events.get(event) else { return Vec::new() };
        let (markets, is_group) = (event.markets.clone(), event.neg_risk.is_some());
        let price = |market: &MarketIndex| -> i64 {
            self.quote(*market).map_or(1, |quote| i64::from(quote.middle().ten_thousandths()))
        };
        let prices: Vec<i64> = markets.iter().map(price).collect();
        let all = if is_group { prices.iter().sum() } else { 10_000 };
        let mut drawn = self.turnover.rng.range(0, all - 1);
        let mut winner = None;
        for (market, price) in markets.iter().zip(&prices) {
            if drawn < *price {
                winner = Some(*market);
                break;
            }
            drawn -= price;
        }
        self.turnover.ended.extend(&markets);
        match (winner, markets.first()) {
            (Some(winner), _) => self.resolve(winner, Outcome::Yes),
            (None, Some(question)) => self.resolve(*question, Outcome::No),
            (None, None) => Vec::new(),
        }
    }

    /// Lists the next edition of an event.
    fn list_again(&mut self, event: usize) -> Vec<Emission> {
        let now = self.board.now;
        let added = self.board.universe.add_edition(event, &mut self.turnover.rng, now);
        let listed = added.first().and_then(|market| self.listing(*market));
        let event = listed.and_then(|listing| self.universe().event_of(listing));
        if let Some(event) = event.filter(|event| event.neg_risk.is_some()) {
            let augmented = event.augmented;
            self.crowd.join_group(added.clone(), augmented);
        }
        for market in added {
            self.open_listed(market);
        }
        std::mem::take(&mut self.board.frames)
    }

    /// Opens the book of a market that was just listed, and tells everybody.
    pub(super) fn open_listed(&mut self, market: MarketIndex) {
        if let Some(listing) = self.board.universe.listings.get(market) {
            self.crowd.join(market, listing);
        }
        let touch = self.crowd.view(market).map_or(Touch::default(), domain::Book::touch);
        self.board.open(market, touch);
        let now = self.board.now;
        if let Some(listing) = self.board.universe.listings.get(market)
            && let Some(event) = self.board.universe.event_of(listing)
        {
            let text = frames::new_market(listing, event, now);
            self.board.say(Audience::Everyone, text);
        }
    }
}
