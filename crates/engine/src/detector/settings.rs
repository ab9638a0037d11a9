//! What the detector may be told.

use domain::{DurationMillis, Usd};
use serde::{Deserialize, Serialize};

/// Limits and costs of the detector. `Default` is what is documented at each field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetectorSettings {
    /// How far best prices must be off.
    pub deviation_min: DeviationMin,
    /// The smallest net profit worth reporting, in dollars. Default 0.05; never less than
    /// 0.000001, whatever is set.
    pub net_usd_min: Usd,
    /// The most dollars one opportunity may need. Default 1,000.
    pub capital_usd_max: Usd,
    /// How many levels of a side are walked. Default 20.
    pub levels_max: usize,
    /// The smallest value of an order that takes from the book: the venue refuses less than one
    /// dollar. Counted at the prices of the fills. Default 1.
    pub notional_usd_min: Usd,
    /// What transactions cost.
    pub chain_costs: ChainCosts,
    /// From the trade to having the dollars of a merge, a sale or a conversion back. Default 60 s.
    pub settlement: DurationMillis,
    /// From a market's scheduled end to the payout of a winning share. Default 24 h.
    pub resolution_delay: DurationMillis,
    /// How opportunities are graded.
    pub score: ScoreSettings,
}

/// The smallest deviation of the best prices, in dollars a set before any cost, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviationMin {
    /// Default 0.005.
    pub parity_long: Usd,
    /// Default 0.005.
    pub parity_short: Usd,
    /// Default 0.001.
    pub neg_risk_long: Usd,
    /// Default 0.001.
    pub neg_risk_short: Usd,
    /// Default 0.001.
    pub neg_risk_convert: Usd,
}

/// What one transaction of each sort costs, in dollars. Default 0.01 each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainCosts {
    /// Dollars into YES and NO of one market.
    pub split: Usd,
    /// YES and NO of one market into dollars.
    pub merge: Usd,
    /// NOs of a group into dollars and YESes.
    pub convert: Usd,
    /// Winning shares of one market into dollars.
    pub redeem: Usd,
}

/// How a score comes about. Each part is a whole number from 0 to 100, cut, and held at both ends:
///
/// - deviation: `100 x deviation / deviation_full`
/// - liquidity: `100 x capital / liquidity_full`
/// - fees: `100 x net / gross`
/// - slippage: `100 x gross / (size x deviation)`
/// - resolution: `100 x (horizon - lock-up) / horizon`; 0 where the lock-up is not known
///
/// The total is the mean of the parts by `weights`, cut; 0 where all weights are 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreSettings {
    /// The deviation that earns 100, in dollars a set. Default 0.05.
    pub deviation_full: Usd,
    /// The capital that earns 100. Default 500.
    pub liquidity_full: Usd,
    /// The lock-up that earns 0. Default 90 days.
    pub horizon: DurationMillis,
    /// How much each part counts.
    pub weights: ScoreWeights,
}

/// How much each part of a score counts, relative to the sum of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreWeights {
    /// Default 30.
    pub deviation: u16,
    /// Default 20.
    pub liquidity: u16,
    /// Default 20.
    pub fees: u16,
    /// Default 15.
    pub slippage: u16,
    /// Default 15.
    pub resolution: u16,
}

const DAY_SECONDS: i64 = 86_400;

impl Default for DetectorSettings {
    fn default() -> Self {
        Self {
            deviation_min: DeviationMin::default(),
            net_usd_min: Usd::from_micros(50_000),
            capital_usd_max: Usd::from_whole(1_000),
            levels_max: 20,
            notional_usd_min: Usd::from_whole(1),
            chain_costs: ChainCosts::default(),
            settlement: DurationMillis::from_seconds(60),
            resolution_delay: DurationMillis::from_seconds(DAY_SECONDS),
            score: ScoreSettings::default(),
        }
    }
}

impl Default for DeviationMin {
    fn default() -> Self {
        let (parity, neg_risk) = (Usd::from_micros(5_000), Usd::from_micros(1_000));
        Self {
            parity_long: parity,
            parity_short: parity,
            neg_risk_long: neg_risk,
            neg_risk_short: neg_risk,
            neg_risk_convert: neg_risk,
        }
    }
}

impl Default for ChainCosts {
    fn default() -> Self {
        let cent = Usd::from_micros(10_000);
        Self { split: cent, merge: cent, convert: cent, redeem: cent }
    }
}

impl Default for ScoreSettings {
    fn default() -> Self {
        Self {
            deviation_full: Usd::from_micros(50_000),
            liquidity_full: Usd::from_whole(500),
            horizon: DurationMillis::from_seconds(90 * DAY_SECONDS),
            weights: ScoreWeights::default(),
        }
    }
}

impl Default for ScoreWeights {
    fn default() -> Self {
        Self { deviation: 30, liquidity: 20, fees: 20, slippage: 15, resolution: 15 }
    }
}
