//! How good an opportunity is, as a number with its parts.

/// The five parts, each 0 (worst) to 100 (best). See `detector::ScoreSettings` for the formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScoreParts {
    /// How far the best prices are off.
    pub deviation: u8,
    /// How many dollars find room in the depth.
    pub liquidity: u8,
    /// How much of the gross profit survives fees and on-chain cost.
    pub fees: u8,
    /// How much of the deviation at the best prices the average set keeps.
    pub slippage: u8,
    /// How soon the dollars come back.
    pub resolution: u8,
}

/// The weighted mean with its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// 0 to 100.
    pub total: u8,
    /// What it is made of.
    pub parts: ScoreParts,
}
