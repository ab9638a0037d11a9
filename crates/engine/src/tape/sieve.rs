//! Which prints are worth a look: by size, by price, by the words of their market.

use std::collections::BTreeMap;

use domain::{ConditionId, Market, Price, Usd};

use super::Print;
use crate::filter::{FilterReason, MarketFilter};

/// Markets whose words are remembered; beyond it all are read anew.
const MARKETS_MAX: usize = 50_000;
/// A print below this part of a whale matters to nobody: a hundred of them would make one.
const FLOOR_OF_WHALE: i64 = 100;

/// What is worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SieveSettings {
    /// Smaller prints are neither stored nor told.
    pub trade_usd_min: Usd,
    /// A print of this size is a whale's.
    pub whale_usd_min: Usd,
    /// Prints at this distance from 0 or 1, or nearer, are left out.
    pub ignore_price: Price,
}

impl SieveSettings {
    /// The least that a print counts for in an accumulation.
    #[must_use]
    pub fn floor(&self) -> Usd {
        let part = Usd::from_micros(self.whale_usd_min.micros() / FLOOR_OF_WHALE);
        part.min(self.trade_usd_min)
    }
}

/// How much a print weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It counts only together with others.
    Part,
    /// It is stored and told.
    Trade,
    /// It is a whale's.
    Whale,
}

/// Why a print is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// It is too small to count even together with others.
    Small,
    /// Its price is so near 0 or 1 that it decides nothing any more.
    Decided,
    /// Its market is not looked at.
    Hidden(FilterReason),
}

impl Left {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Decided => "decided",
            Self::Hidden(_) => "hidden",
        }
    }
}

/// The filter of the tape.
#[derive(Clone, Debug)]
pub struct Sieve {
    settings: SieveSettings,
    words: MarketFilter,
    known: BTreeMap<ConditionId, Option<FilterReason>>,
}

impl Sieve {
    /// Looks at words and tags as `words` does; its prices, depths and ends do not count here.
    #[must_use]
    pub fn new(settings: SieveSettings, words: MarketFilter) -> Self {
        Self { settings, words, known: BTreeMap::new() }
    }
    /// By size and price alone: cheap, and enough for most prints.
    ///
    /// # Errors
    /// Why it is left out.
    pub fn weigh(&self, print: &Print) -> Result<Weight, Left> {
        let settings = &self.settings;
        if print.value < settings.floor() {
            return Err(Left::Small);
        }
        let edge = i64::from(settings.ignore_price.ten_thousandths()) * 100;
        let price = print.price.micros();
        if price <= edge || price >= 1_000_000 - edge {
            return Err(Left::Decided);
        }
        Ok(if print.value >= settings.whale_usd_min {
            Weight::Whale
        } else if print.value >= settings.trade_usd_min {
            Weight::Trade
        } else {
            Weight::Part
        })
    }
    /// By the words of its market: of the catalogue where it is known there, else of the print.
    ///
    /// # Errors
    /// Why it is left out.
    pub fn read(&mut self, print: &Print, market: Option<&Market>) -> Result<(), Left> {
        if self.known.len() >= MARKETS_MAX {
            self.known.clear();
        }
        let words = &self.words;
        let reason = self.known.entry(print.condition).or_insert_with(|| {
            let about = &print.about;
            let texts = [&*about.title, &*about.slug, &*about.event_slug];
            let of_market = market.map_or(Ok(()), |market| words.check_words(market));
            of_market.and_then(|()| words.check_texts(texts)).err()
        });
        reason.clone().map_or(Ok(()), |reason| Err(Left::Hidden(reason)))
    }
    /// Forgets what was read: the catalogue is another.
    pub fn reread(&mut self) {
        self.known.clear();
    }
}
