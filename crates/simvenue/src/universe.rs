//! What is listed: tags, events, markets, and where to find each by its ids.

mod catalogue;
mod ids;
mod recorded;
mod seeded;
mod topics;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use domain::{FeeTerms, Price, Shares, TickSize, UnixMillis};

use crate::error::SimError;
use crate::matching::{Outcome, Rules};
use crate::rng::Rng;

pub(crate) use recorded::{Recording, Sides};

/// A market's place in the list.
pub(crate) type MarketIndex = usize;

/// Which contracts a market lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Conditional tokens.
    V1,
    /// Positions.
    V2,
}

impl Version {
    /// As the venue writes it.
    #[must_use]
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

/// What drives a market's book.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Orders of the crowd, matched.
    Crowd,
    /// A recording, by its number.
    Recording(usize),
    /// A still book made from the cached price whenever somebody asks.
    Still,
}

/// A label of an event.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// Gamma's number.
    pub id: String,
    /// As shown.
    pub label: String,
    /// As addressed.
    pub slug: String,
}

/// What a taker pays, as Gamma states it.
#[derive(Clone, Debug)]
pub(crate) struct Fee {
    /// The rate in millionths; zero where the market is free.
    pub rate_ppm: u32,
    /// The maker's share of fees in percent.
    pub rebate_percent: u32,
    /// The family's name.
    pub family: Option<String>,
}

impl Fee {
    /// The same as the terms the engine charges.
    #[must_use]
    pub(crate) fn terms(&self) -> FeeTerms {
        let rate = domain::decimal::format_scaled(i64::from(self.rate_ppm), 6);
        FeeTerms::parse(&rate, "1").unwrap_or(FeeTerms::FREE)
    }
}

/// One question, as listed.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    /// Gamma's number.
    pub id: u64,
    /// `0x` and 64 hexadecimal digits.
    pub condition: String,
    /// `0x` and 64 hexadecimal digits.
    pub question_id: String,
    /// As addressed.
    pub slug: String,
    /// As shown.
    pub question: String,
    /// Its name among its siblings; empty where it has none.
    pub group_item: String,
    /// Both outcomes' names.
    pub outcomes: [String; 2],
    /// Both outcomes' ids, in decimal.
    pub tokens: [String; 2],
    /// Which contracts.
    pub version: Version,
    /// The grid of prices.
    pub tick: TickSize,
    /// The smallest order.
    pub order_size_min: Shares,
    /// What takers pay.
    pub fee: Fee,
    /// When trading began.
    pub start: UnixMillis,
    /// When it is due.
    pub end: UnixMillis,
    /// Its event.
    pub event: usize,
    /// An open "Other".
    pub other: bool,
    /// The kind of bet, of sports markets.
    pub sports_type: Option<&'static str>,
    /// The asset, of crypto markets.
    pub crypto_asset: Option<&'static str>,
    /// Where the price of YES starts.
    pub fair: Price,
    /// Dollars traded in 24 hours before the start, for show.
    pub volume_24h_usd: i64,
    /// What drives its book.
    pub source: Source,
}

impl Listing {
    /// The rules of its matching.
    #[must_use]
    pub(crate) fn rules(&self) -> Rules {
        Rules { tick: self.tick, order_size_min: self.order_size_min, fee: self.fee.terms() }
    }
    /// Seconds for which marketable orders are held back; 0 for none.
    #[must_use]
    pub(crate) fn seconds_delay(&self) -> u32 {
        let unhurried = self.group_item.is_empty() && self.id % 4 == 3;
        u32::from(self.sports_type.is_some() || unhurried)
    }
    /// Marketable orders are held for a quarter of a second, and answered after it.
    #[must_use]
    pub(crate) fn delays_takers(&self) -> bool {
        self.version == Version::V1 && self.crypto_asset.is_some()
    }
    /// The id of an outcome.
    #[must_use]
    pub(crate) fn token(&self, outcome: Outcome) -> &str {
        let [yes, no] = &self.tokens;
        match outcome {
            Outcome::Yes => yes,
            Outcome::No => no,
        }
    }
    /// The name of an outcome.
    #[must_use]
    pub(crate) fn outcome_name(&self, outcome: Outcome) -> &str {
        let [yes, no] = &self.outcomes;
        match outcome {
            Outcome::Yes => yes,
            Outcome::No => no,
        }
    }
}

/// What the seeded world asks about, by its place in the list of topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Exactly one of several outcomes pays.
    Group(usize),
    /// A question of its own.
    Question(usize),
}

/// The how-many-th event on a topic this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    /// On what.
    pub topic: Topic,
    /// Counted from 1.
    pub number: u32,
}

/// Markets that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Gamma's number.
    pub id: u64,
    /// As addressed.
    pub slug: String,
    /// As shown.
    pub title: String,
    /// Its tags, by number.
    pub tags: Vec<usize>,
    /// The neg-risk market's id where exactly one market pays.
    pub neg_risk: Option<String>,
    /// It has an open "Other".
    pub augmented: bool,
    /// Its markets.
    pub markets: Vec<MarketIndex>,
    /// When it is due.
    pub end: UnixMillis,
    /// What it asks about; `None` where nothing takes its place when it ends.
    pub edition: Option<Edition>,
}

/// Everything listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Universe {
    /// Every tag.
    pub tags: Vec<Tag>,
    /// Every event.
    pub events: Vec<Event>,
    /// Every market.
    pub listings: Vec<Listing>,
    /// The recordings that some books replay.
    pub recordings: Vec<Arc<Recording>>,
    by_token: HashMap<String, (MarketIndex, Outcome)>,
    by_condition: HashMap<String, MarketIndex>,
}

impl Universe {
    /// The small world that a seed makes: groups, questions, one market of Protocol V2, recordings.
    #[must_use]
    pub(crate) fn seeded(seed: u64, now: UnixMillis) -> Self {
        let mut universe = Self::default();
        seeded::fill(&mut universe, seed, now);
        recorded::fill(&mut universe, seed, now);
        universe
    }
    /// Adds markets from a file of Gamma objects, repeated with new ids up to `markets` in all.
    ///
    /// # Errors
    /// The file cannot be read, or holds no market.
    pub(crate) fn add_catalogue(
        &mut self,
        path: &Path,
        markets: usize,
        seed: u64,
        now: UnixMillis,
    ) -> Result<(), SimError> {
        catalogue::fill(self, path, markets, seed, now)
    }
    /// Lists one more question; `None` when all that are known are listed.
    pub(crate) fn add_newcomer(
        &mut self,
        number: usize,
        seed: u64,
        now: UnixMillis,
    ) -> Option<MarketIndex> {
        seeded::newcomer(self, number, seed, now)
    }
    /// Lists an event once more; nothing where it has no successor.
    pub(crate) fn add_edition(
        &mut self,
        event: usize,
        rng: &mut Rng,
        now: UnixMillis,
    ) -> Vec<MarketIndex> {
        let Some(edition) = self.events.get(event).and_then(|event| event.edition) else {
            return Vec::new();
        };
        let next = Edition { number: edition.number.saturating_add(1), ..edition };
        seeded::add(self, next, rng, now)
    }
    /// The market and outcome of a token id.
    #[must_use]
    pub(crate) fn find_token(&self, token: &str) -> Option<(MarketIndex, Outcome)> {
        self.by_token.get(token).copied()
    }
    /// The market of a condition id (64 digits).
    #[must_use]
    pub(crate) fn find_condition(&self, condition: &str) -> Option<MarketIndex> {
        self.by_condition.get(condition).copied()
    }
    /// The event of a market.
    #[must_use]
    pub(crate) fn event_of(&self, listing: &Listing) -> Option<&Event> {
        self.events.get(listing.event)
    }
    /// Whether the market trades through the neg-risk contracts.
    #[must_use]
    pub(crate) fn is_neg_risk(&self, listing: &Listing) -> bool {
        self.event_of(listing).is_some_and(|event| event.neg_risk.is_some())
    }

    fn add_listing(&mut self, listing: Listing) -> MarketIndex {
        let market = self.listings.len();
        for outcome in Outcome::BOTH {
            self.by_token.insert(listing.token(outcome).to_owned(), (market, outcome));
        }
        self.by_condition.insert(listing.condition.clone(), market);
        if let Some(event) = self.events.get_mut(listing.event) {
            event.markets.push(market);
        }
        self.listings.push(listing);
        market
    }
    fn add_event(&mut self, event: Event) -> usize {
        self.events.push(event);
        self.events.len() - 1
    }
    fn tag(&mut self, label: &str) -> usize {
        if let Some(at) = self.tags.iter().position(|tag| tag.label == label) {
            return at;
        }
        let id = (100_201 + 37 * self.tags.len()).to_string();
        self.tags.push(Tag { id, label: label.to_owned(), slug: ids::slug(label) });
        self.tags.len() - 1
    }
}
