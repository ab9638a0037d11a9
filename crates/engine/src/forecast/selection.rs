//! Which markets are worth a question.

use std::cmp::Reverse;
use std::fmt;

use domain::{DurationMillis, Market, Price, UnixMillis, Usd};

use crate::filter::{FilterReason, MarketFilter};

const HOUR: i64 = 3_600_000;

/// What a market must be like. `Default` is what is documented at each field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectionSettings {
    /// The widest distance between bid and ask. Default 0.05.
    pub spread_max: Price,
    /// The least that rests in its book. Default 5,000.
    pub liquidity_usd_min: Usd,
    /// It ends no sooner than this from now. Default: 6 hours.
    pub ends_in_min: DurationMillis,
    /// It ends no later than this from now. Default: 90 days.
    pub ends_in_max: DurationMillis,
    /// The lowest price of the first outcome. Default 0.05.
    pub price_min: Price,
    /// The highest price of the first outcome. Default 0.95.
    pub price_max: Price,
    /// How long a market rests after it was asked about. Default: 12 hours.
    pub rest: DurationMillis,
}

impl Default for SelectionSettings {
    fn default() -> Self {
        let cents = |cents| Price::from_cents(cents).unwrap_or(Price::ONE);
        Self {
            spread_max: cents(5),
            liquidity_usd_min: Usd::from_whole(5_000),
            ends_in_min: DurationMillis(6 * HOUR),
            ends_in_max: DurationMillis(90 * 24 * HOUR),
            price_min: cents(5),
            price_max: cents(95),
            rest: DurationMillis(12 * HOUR),
        }
    }
}

/// A market as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The market.
    pub market: &'a Market,
    /// The best bid for the first outcome.
    pub bid: Option<Price>,
    /// The best ask for the first outcome.
    pub ask: Option<Price>,
    /// When the swarm was last asked about it.
    pub asked_at: Option<UnixMillis>,
}

impl Candidate<'_> {
    /// The middle of bid and ask, cut to a ten-thousandth; `None` where one of them is missing or
    /// they cross.
    #[must_use]
    pub fn middle(&self) -> Option<Price> {
        let (bid, ask) = self.touch()?;
        Price::from_ten_thousandths(u16::midpoint(bid.ten_thousandths(), ask.ten_thousandths()))
    }
    fn touch(&self) -> Option<(Price, Price)> {
        self.bid.zip(self.ask).filter(|(bid, ask)| bid <= ask)
    }
}

/// Why nobody is asked about a market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unasked {
    /// It takes no orders, or stands for outcomes to come.
    NotOpen,
    /// A filter hides it.
    Hidden(FilterReason),
    /// Bid or ask is missing.
    NoPrice,
    /// Bid and ask are too far apart.
    Wide,
    /// Too little rests in its book.
    Illiquid,
    /// Its end is not known.
    EndUnknown,
    /// It ends too soon, or has ended.
    EndsTooSoon,
    /// It ends too late.
    EndsTooLate,
    /// Its price is outside the band: all but decided.
    PriceOutside,
    /// It was asked about not long ago.
    AskedRecently,
}

impl Unasked {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOpen => "not_open",
            Self::Hidden(reason) => reason.code(),
            Self::NoPrice => "no_price",
            Self::Wide => "wide",
            Self::Illiquid => "illiquid",
            Self::EndUnknown => "end_unknown",
            Self::EndsTooSoon => "ends_too_soon",
            Self::EndsTooLate => "ends_too_late",
            Self::PriceOutside => "price_outside",
            Self::AskedRecently => "asked_recently",
        }
    }
}

/// One plain sentence for people.
impl fmt::Display for Unasked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hidden(reason) => return reason.fmt(f),
            Self::NotOpen => "It takes no orders now.",
            Self::NoPrice => "Nobody bids, or nobody asks.",
            Self::Wide => "Bid and ask are too far apart.",
            Self::Illiquid => "Too little rests in its book.",
            Self::EndUnknown => "Its end is not known.",
            Self::EndsTooSoon => "It ends too soon.",
            Self::EndsTooLate => "It ends too late.",
            Self::PriceOutside => "Its price is outside the band.",
            Self::AskedRecently => "The swarm was asked about it not long ago.",
        })
    }
}

/// Chooses markets by its settings and a filter.
#[derive(Clone, Debug)]
pub struct Selection {
    settings: SelectionSettings,
    filter: MarketFilter,
}

impl Selection {
    /// By these.
    #[must_use]
    pub const fn new(settings: SelectionSettings, filter: MarketFilter) -> Self {
        Self { settings, filter }
    }
    /// The best of the candidates that may be asked about, at most `count`: by what was traded in 24
    /// hours, then by liquidity.
    #[must_use]
    pub fn choose<'a>(
        &self,
        candidates: impl IntoIterator<Item = Candidate<'a>>,
        count: usize,
        now: UnixMillis,
    ) -> Vec<Candidate<'a>> {
        let candidates = candidates.into_iter();
        let mut chosen: Vec<_> = candidates.filter(|one| self.check(one, now).is_ok()).collect();
        chosen.sort_by_key(|one| {
            let market = one.market;
            (Reverse(market.volume_24h), Reverse(market.liquidity), market.condition)
        });
        chosen.truncate(count);
        chosen
    }
    /// Whether the swarm may be asked by itself. A person may ask about any open market.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check(&self, candidate: &Candidate<'_>, now: UnixMillis) -> Result<(), Unasked> {
        let market = candidate.market;
        if !market.is_open() || market.placeholder {
            return Err(Unasked::NotOpen);
        }
        self.filter.check(market, now).map_err(Unasked::Hidden)?;
        self.check_price(candidate)?;
        if market.liquidity < self.settings.liquidity_usd_min {
            return Err(Unasked::Illiquid);
        }
        let left = market.ends_at.ok_or(Unasked::EndUnknown)?.since(now);
        if left < self.settings.ends_in_min {
            return Err(Unasked::EndsTooSoon);
        }
        if left > self.settings.ends_in_max {
            return Err(Unasked::EndsTooLate);
        }
        let rested = candidate.asked_at.is_none_or(|at| now.since(at) >= self.settings.rest);
        rested.then_some(()).ok_or(Unasked::AskedRecently)
    }
    fn check_price(&self, candidate: &Candidate<'_>) -> Result<(), Unasked> {
        let (bid, ask) = candidate.touch().ok_or(Unasked::NoPrice)?;
        if ask.ten_thousandths() - bid.ten_thousandths()
            > self.settings.spread_max.ten_thousandths()
        {
            return Err(Unasked::Wide);
        }
        let middle = candidate.middle().ok_or(Unasked::NoPrice)?;
        let band = self.settings.price_min..=self.settings.price_max;
        band.contains(&middle).then_some(()).ok_or(Unasked::PriceOutside)
    }
}
