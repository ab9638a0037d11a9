//! Which markets are looked at, and when a contradiction is an opportunity.

use std::time::Duration;

use domain::{Price, Usd};

use super::super::reader::Reader;

/// `[filter.*]`: which markets are looked at, for each purpose.
#[derive(Clone, Debug)]
pub struct Filters {
    /// To trade.
    pub trading: Filter,
    /// To have an opinion about.
    pub insight: Filter,
}

/// Which markets are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Tags that hide a market.
    pub exclude_tags: Vec<String>,
    /// Words that hide a market whose question has them, as whole words.
    pub exclude_keywords: Vec<String>,
    /// Cheaper markets are left out.
    pub price_min: Price,
    /// Dearer markets are left out.
    pub price_max: Price,
    /// Markets with less liquidity are left out.
    pub liquidity_usd_min: Usd,
    /// Markets that end later are left out; `None` for no limit.
    pub ends_within_days_max: Option<u32>,
}

impl Filters {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            trading: Filter::read(reader, "filter.trading"),
            insight: Filter::read(reader, "filter.insight"),
        }
    }
}

impl Filter {
    fn read(reader: &mut Reader<'_>, section: &str) -> Self {
        let key = |name: &str| format!("{section}.{name}");
        let days = reader.whole::<u32>(&key("ends_within_days_max"), 0..=36_500);
        let filter = Self {
            exclude_tags: reader.list(&key("exclude_tags")),
            exclude_keywords: reader.list(&key("exclude_keywords")),
            price_min: reader.price(&key("price_min"), Price::ZERO..=Price::ONE),
            price_max: reader.price(&key("price_max"), Price::ZERO..=Price::ONE),
            liquidity_usd_min: reader.usd(&key("liquidity_usd_min"), Usd::ZERO..=Usd::MAX),
            ends_within_days_max: (days > 0).then_some(days),
        };
        if filter.price_min > filter.price_max {
            reader.refuse(
                &key("price_min"),
                format!("must not be more than {section}.price_max, or no market is left."),
            );
        }
        filter
    }
}

/// `[detector]`: when a contradiction between prices is an opportunity.
#[derive(Clone, Debug)]
pub struct Detector {
    /// How far YES and NO together must be from one dollar.
    pub parity_deviation_min: Price,
    /// How far a group's prices together must be from one dollar.
    pub sum_deviation_min: Price,
    /// What must be left after fees and on-chain cost.
    pub profit_usd_min: Usd,
    /// The most that one opportunity may tie up; more than nothing.
    pub capital_usd_max: Usd,
    /// Price levels of a book that are walked, 1 to 1,000.
    pub levels_max: usize,
    /// What one split, merge or conversion costs on the chain.
    pub chain_cost: Usd,
    /// From match to settled shares, up to 1 day.
    pub settlement: Duration,
    /// From the scheduled end of a market to its payout, up to 90 days.
    pub resolution_delay: Duration,
    /// How the parts of the score weigh.
    pub score: ScoreWeights,
}

/// `[detector.score]`: how the parts of the score weigh, in hundredths of a per cent; together 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreWeights {
    /// How far the prices are from one dollar.
    pub deviation_bips: u32,
    /// How much can be traded.
    pub liquidity_bips: u32,
    /// How little the fees take.
    pub fees_bips: u32,
    /// How little the depth takes.
    pub slippage_bips: u32,
    /// How soon the money is free again.
    pub time_to_resolution_bips: u32,
}

impl Detector {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let deviations = Price::ZERO..=Price::ONE;
        let any_usd = Usd::ZERO..=Usd::MAX;
        let hours = reader.whole::<u64>("detector.resolution_delay_hours", 0..=2_160);
        Self {
            parity_deviation_min: reader.price("detector.parity_deviation_min", deviations.clone()),
            sum_deviation_min: reader.price("detector.sum_deviation_min", deviations),
            profit_usd_min: reader.usd("detector.profit_usd_min", any_usd.clone()),
            capital_usd_max: reader.usd("detector.capital_usd_max", Usd::from_micros(1)..=Usd::MAX),
            levels_max: reader.whole("detector.levels_max", 1..=1_000),
            chain_cost: reader.usd("detector.chain_cost_usd", any_usd),
            settlement: reader.seconds("detector.settlement_seconds", 0..=86_400),
            resolution_delay: Duration::from_secs(hours * 3_600),
            score: ScoreWeights::read(reader),
        }
    }
}

impl ScoreWeights {
    fn read(reader: &mut Reader<'_>) -> Self {
        let mut bips = |key: &str| reader.whole::<u32>(key, 0..=10_000);
        let weights = Self {
            deviation_bips: bips("detector.score.deviation_bips"),
            liquidity_bips: bips("detector.score.liquidity_bips"),
            fees_bips: bips("detector.score.fees_bips"),
            slippage_bips: bips("detector.score.slippage_bips"),
            time_to_resolution_bips: bips("detector.score.time_to_resolution_bips"),
        };
        let sum = weights.deviation_bips
            + weights.liquidity_bips
            + weights.fees_bips
            + weights.slippage_bips
            + weights.time_to_resolution_bips;
        if sum != 10_000 {
            reader.refuse(
                "detector.score.deviation_bips",
                format!("the five weights of [detector.score] add up to {sum}; make it 10000."),
            );
        }
        weights
    }
}
