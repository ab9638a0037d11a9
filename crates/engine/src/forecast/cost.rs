//! What forecasts cost together, and what they bring for it.

use domain::money::divide;
use domain::{Rounding, Usd};
use serde::{Deserialize, Serialize};

/// What many forecasts cost together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// All calls, failed ones included.
    pub total: Usd,
    /// How many forecasts came of them.
    pub forecasts: u32,
}

impl Cost {
    /// Dollars a forecast, rounded up; `None` of none.
    #[must_use]
    pub fn per_forecast(&self) -> Option<Usd> {
        self.part(i128::from(self.forecasts), 1)
    }
    /// Dollars a forecast for each thousandth of Brier score gained on the market, rounded up; `None`
    /// where nothing was gained. `gain_ppm` is [`super::Skill::gain_ppm`].
    #[must_use]
    pub fn per_thousandth_gained(&self, gain_ppm: i64) -> Option<Usd> {
        self.part(i128::from(self.forecasts) * i128::from(gain_ppm), 1_000)
    }
    fn part(&self, of: i128, times: i128) -> Option<Usd> {
        let micros = i128::from(self.total.micros()) * times;
        (of > 0).then(|| Usd::from_micros(divide(micros, of, Rounding::Up)))
    }
}
