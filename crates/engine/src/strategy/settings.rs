//! What a strategy may be told.

use std::collections::BTreeMap;

use domain::{DurationMillis, Shares, Usd};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::CATALOGUE;
use crate::signal::StrategyName;

const USD_MAX: Usd = Usd::from_whole(1_000_000_000);
const SHARES_MAX: Shares = Shares::from_whole(1_000_000_000);
/// A day.
const MILLIS_MAX: i64 = 86_400_000;
const SCORE_MAX: i64 = 100;

/// Why settings are not usable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StrategySettingsError {
    /// Less than nothing.
    #[error("{name} must not be negative")]
    Negative {
        /// Which setting.
        name: &'static str,
    },
    /// More than anybody can mean.
    #[error("{name} must not be above {most}")]
    TooLarge {
        /// Which setting.
        name: &'static str,
        /// The most it may be, in its own unit.
        most: i64,
    },
    /// Nobody of that name is in the catalogue.
    #[error("there is no strategy called {name}")]
    Unknown {
        /// The name.
        name: StrategyName,
    },
}

/// One strategy's settings. `Default` is what is documented at each field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StrategySettings {
    /// Whether it raises signals at all. Default: it does; see [`StrategySettings::at_first`].
    pub enabled: bool,
    /// The most dollars it may have in markets. Default 2,000.
    pub budget_usd: Usd,
    /// The smallest profit after all costs. Default 0.05.
    pub edge_usd_min: Usd,
    /// The lowest score. Default 0.
    pub score_min: u8,
    /// The most sets at once. Default 1,000.
    pub size_max: Shares,
    /// How long a place rests after a signal. Default 5,000.
    pub cool_down_ms: DurationMillis,
    /// How long an opportunity must have lasted. Default 100.
    pub lasted_ms_min: DurationMillis,
    /// The longest time since the feed vouched for its books. Default 2,000.
    pub vouched_ms_max: DurationMillis,
    /// The most dollars lost where one leg is missing. Default 25.
    pub leg_missing_loss_usd_max: Usd,
    /// How long a signal may wait to be begun. Default 2,000.
    pub life_ms: DurationMillis,
}

impl Default for StrategySettings {
    fn default() -> Self {
        Self {
            enabled: true,
            budget_usd: Usd::from_whole(2_000),
            edge_usd_min: Usd::from_micros(50_000),
            score_min: 0,
            size_max: Shares::from_whole(1_000),
            cool_down_ms: DurationMillis(5_000),
            lasted_ms_min: DurationMillis(100),
            vouched_ms_max: DurationMillis(2_000),
            leg_missing_loss_usd_max: Usd::from_whole(25),
            life_ms: DurationMillis(2_000),
        }
    }
}

/// Strategies that begin switched off: their results hang on more than prices.
const OFF_AT_FIRST: [&str; 1] = ["forecast_edge"];

impl StrategySettings {
    /// What a strategy has if nobody sets anything: the defaults, and `forecast_edge` is off.
    #[must_use]
    pub fn at_first(name: &str) -> Self {
        Self { enabled: !OFF_AT_FIRST.contains(&name), ..Self::default() }
    }
    /// The same for a wish of a person: what a strategy would wait for or find too little does not
    /// hold it back. A loss by plan still does, and so does everything about money at risk.
    #[must_use]
    pub const fn by_hand(self) -> Self {
        Self {
            edge_usd_min: Usd::ZERO,
            score_min: 0,
            cool_down_ms: DurationMillis(0),
            lasted_ms_min: DurationMillis(0),
            ..self
        }
    }
    /// Whether these settings can be used.
    ///
    /// # Errors
    /// The first one that cannot.
    pub fn validate(&self) -> Result<(), StrategySettingsError> {
        let usd = |usd: Usd| (usd.micros(), USD_MAX.micros());
        let millis = |millis: DurationMillis| (millis.0, MILLIS_MAX);
        let ranges = [
            ("budget_usd", usd(self.budget_usd)),
            ("edge_usd_min", usd(self.edge_usd_min)),
            ("score_min", (i64::from(self.score_min), SCORE_MAX)),
            ("size_max", (self.size_max.micros(), SHARES_MAX.micros())),
            ("cool_down_ms", millis(self.cool_down_ms)),
            ("lasted_ms_min", millis(self.lasted_ms_min)),
            ("vouched_ms_max", millis(self.vouched_ms_max)),
            ("leg_missing_loss_usd_max", usd(self.leg_missing_loss_usd_max)),
            ("life_ms", millis(self.life_ms)),
        ];
        for (name, (value, most)) in ranges {
            if value < 0 {
                return Err(StrategySettingsError::Negative { name });
            }
            if value > most {
                let most = if name.contains("usd") || name == "size_max" {
                    most / 1_000_000
                } else {
                    most
                };
                return Err(StrategySettingsError::TooLarge { name, most });
            }
        }
        Ok(())
    }
}

/// Settings by strategy; one that is not named has the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StrategiesSettings(pub BTreeMap<StrategyName, StrategySettings>);

impl StrategiesSettings {
    /// One strategy's settings.
    #[must_use]
    pub fn of(&self, name: &str) -> StrategySettings {
        let named = self.0.iter().find(|(key, _)| key.as_str() == name);
        named.map_or_else(|| StrategySettings::at_first(name), |(_, settings)| *settings)
    }
    /// Whether all of them can be used, and belong to somebody.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn validate(&self) -> Result<(), StrategySettingsError> {
        for (name, settings) in &self.0 {
            if !CATALOGUE.iter().any(|entry| entry.name == name.as_str()) {
                return Err(StrategySettingsError::Unknown { name: name.clone() });
            }
            settings.validate()?;
        }
        Ok(())
    }
}
