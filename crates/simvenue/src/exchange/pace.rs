//! How fast trades settle.

/// Mean delays of settlement; each is drawn between half and one and a half of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementPace {
    /// From matched to mined, or to the first sign of trouble.
    pub mined_ms: u32,
    /// From there to the next step.
    pub confirmed_ms: u32,
}

impl Default for SettlementPace {
    fn default() -> Self {
        Self { mined_ms: 300, confirmed_ms: 1_000 }
    }
}

impl SettlementPace {
    /// A delay around `mean_ms`.
    pub(super) fn draw(mean_ms: u32, rng: &mut crate::rng::Rng) -> i64 {
        let mean = i64::from(mean_ms);
        rng.range(mean / 2, mean + mean / 2)
    }
}
