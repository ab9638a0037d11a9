//! Which markets somebody wants to see: by words, tags, price, liquidity and end.

mod check;
mod keywords;
pub(crate) mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use domain::{DurationMillis, Market, Price, UnixMillis, Usd};

pub use check::MarketCheck;
pub use keywords::{CRYPTO_KEYWORDS, SPORTS_KEYWORDS};
use words::{Phrases, fold};

/// What a filter hides. `Default` hides nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterSettings {
    /// Words, or phrases of several words, of the title, the slug or a tag.
    pub keywords_excluded: Vec<String>,
    /// Slugs of tags.
    pub tags_excluded: Vec<String>,
    /// The lowest cached price of the first outcome.
    pub price_min: Price,
    /// The highest cached price of the first outcome.
    pub price_max: Price,
    /// The least that rests in the book.
    pub liquidity_usd_min: Usd,
    /// A market ends no sooner than this from now.
    pub ends_in_min: Option<DurationMillis>,
    /// A market ends no later than this from now.
    pub ends_in_max: Option<DurationMillis>,
}

impl Default for FilterSettings {
    fn default() -> Self {
        Self {
            keywords_excluded: Vec::new(),
            tags_excluded: Vec::new(),
            price_min: Price::ZERO,
            price_max: Price::ONE,
            liquidity_usd_min: Usd::ZERO,
            ends_in_min: None,
            ends_in_max: None,
        }
    }
}

impl FilterSettings {
    /// What the insight side hides unless told otherwise: crypto and sports, by tag and by word.
    #[must_use]
    pub fn insight() -> Self {
        let keywords = CRYPTO_KEYWORDS.iter().chain(SPORTS_KEYWORDS);
        Self {
            keywords_excluded: keywords.map(|keyword| (*keyword).to_owned()).collect(),
            tags_excluded: vec!["crypto".to_owned(), "sports".to_owned()],
            ..Self::default()
        }
    }
}

/// Why a market is hidden. The order is the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilterReason {
    /// It has this tag.
    Tag(Arc<str>),
    /// Its title, slug or a tag holds this word or phrase.
    Keyword(Arc<str>),
    /// There is a price band, and its price is not known.
    PriceUnknown,
    /// Its price is outside the band.
    PriceOutside,
    /// Too little rests in its book.
    Illiquid,
    /// There is an end window, and its end is not known.
    EndUnknown,
    /// It ends too soon, or has ended.
    EndsTooSoon,
    /// It ends too late.
    EndsTooLate,
    /// A [`MarketCheck`] hides it.
    Other {
        /// The check's name.
        check: &'static str,
        /// Its sentence.
        why: Arc<str>,
    },
}

impl FilterReason {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Tag(_) => "tag",
            Self::Keyword(_) => "keyword",
            Self::PriceUnknown => "price_unknown",
            Self::PriceOutside => "price_outside",
            Self::Illiquid => "illiquid",
            Self::EndUnknown => "end_unknown",
            Self::EndsTooSoon => "ends_too_soon",
            Self::EndsTooLate => "ends_too_late",
            Self::Other { check, .. } => check,
        }
    }
}

/// One plain sentence for people.
impl fmt::Display for FilterReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => write!(f, "It has the tag \"{tag}\"."),
            Self::Keyword(keyword) => write!(f, "It is about \"{keyword}\"."),
            Self::PriceUnknown => f.write_str("Its price is not known."),
            Self::PriceOutside => f.write_str("Its price is outside the band."),
            Self::Illiquid => f.write_str("Too little rests in its book."),
            Self::EndUnknown => f.write_str("Its end is not known."),
            Self::EndsTooSoon => f.write_str("It ends too soon."),
            Self::EndsTooLate => f.write_str("It ends too late."),
            Self::Other { why, .. } => f.write_str(why),
        }
    }
}

/// A filter, ready to be asked often.
#[derive(Clone, Debug)]
pub struct MarketFilter {
    settings: FilterSettings,
    phrases: Phrases,
    tags: BTreeSet<String>,
    checks: Vec<Arc<dyn MarketCheck>>,
}

impl MarketFilter {
    /// Prepares the words. A keyword without a letter or digit hides nothing.
    #[must_use]
    pub fn new(settings: FilterSettings) -> Self {
        let phrases = Phrases::new(&settings.keywords_excluded);
        let tags = settings.tags_excluded.iter().map(|tag| fold(tag)).collect();
        Self { settings, phrases, tags, checks: Vec::new() }
    }
    /// Asks another check, after all there are.
    #[must_use]
    pub fn with(mut self, check: Arc<dyn MarketCheck>) -> Self {
        self.checks.push(check);
        self
    }
    /// Whether the market is to be seen.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check(&self, market: &Market, now: UnixMillis) -> Result<(), FilterReason> {
        self.check_words(market)?;
        self.check_price(market)?;
        if market.liquidity < self.settings.liquidity_usd_min {
            return Err(FilterReason::Illiquid);
        }
        self.check_end(market, now)?;
        let hidden = self.checks.iter().find_map(|check| {
            let why = check.hides(market, now)?;
            Some(FilterReason::Other { check: check.name(), why: why.into() })
        });
        hidden.map_or(Ok(()), Err)
    }

    /// By tags, title and slug alone.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check_words(&self, market: &Market) -> Result<(), FilterReason> {
        if let Some(tag) = market.tags.iter().find(|tag| self.tags.contains(&fold(tag))) {
            return Err(FilterReason::Tag(tag.clone()));
        }
        let texts = [&market.title, &market.slug].into_iter().chain(&market.tags);
        self.check_texts(texts.map(|text| &**text))
    }
    /// By keywords alone.
    ///
    /// # Errors
    /// The first keyword that was found.
    pub fn check_texts<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), FilterReason> {
        for text in texts {
            if let Some(keyword) = self.phrases.first_in(text) {
                return Err(FilterReason::Keyword(keyword));
            }
        }
        Ok(())
    }
    fn check_price(&self, market: &Market) -> Result<(), FilterReason> {
        let band = self.settings.price_min..=self.settings.price_max;
        if band == (Price::ZERO..=Price::ONE) {
            return Ok(());
        }
        let price = market.price_hint.ok_or(FilterReason::PriceUnknown)?;
        if band.contains(&price) { Ok(()) } else { Err(FilterReason::PriceOutside) }
    }
    fn check_end(&self, market: &Market, now: UnixMillis) -> Result<(), FilterReason> {
        let (least, most) = (self.settings.ends_in_min, self.settings.ends_in_max);
        if least.is_none() && most.is_none() {
            return Ok(());
        }
        let left = market.ends_at.ok_or(FilterReason::EndUnknown)?.since(now);
        if least.is_some_and(|least| left < least) {
            return Err(FilterReason::EndsTooSoon);
        }
        if most.is_some_and(|most| left > most) {
            return Err(FilterReason::EndsTooLate);
        }
        Ok(())
    }
}
