//! How much may be risked.

use domain::{DurationMillis, Price, Usd};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::GateValue;

/// The most that any count may be set to: every list that grows with it stays small.
pub const COUNT_MAX: u32 = 1_000;

/// Why limits are not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LimitsError {
    /// Less than nothing.
    #[error("{name} must not be negative")]
    Negative {
        /// Which limit.
        name: &'static str,
    },
    /// More than [`COUNT_MAX`].
    #[error("{name} must not be above {COUNT_MAX}")]
    TooMany {
        /// Which limit.
        name: &'static str,
    },
    /// No price lies between the two ends of the band.
    #[error("price_min must be below price_max")]
    BandEmpty,
}

/// The limits. `Default` is what is documented at each field. Nothing may be traded where a limit is
/// zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The most dollars in one market: the cost of what is held, and what is reserved. Default 1,000.
    pub market_usd_max: Usd,
    /// The most dollars in the markets of one group. Default 2,000.
    pub group_usd_max: Usd,
    /// The most dollars in all markets. Default 10,000.
    pub total_usd_max: Usd,
    /// The most dollars that one order is worth at its limit, fee included. Default 500.
    pub order_usd_max: Usd,
    /// The most signals approved within 60 s. Default 10.
    pub trades_per_minute_max: u32,
    /// The most dollars lost within a day (UTC). Default 500.
    pub day_loss_usd_max: Usd,
    /// The most dollars that equity may be below its peak. Default 1,000.
    pub drawdown_usd_max: Usd,
    /// The most dollars that a signal may lose where one leg is missing. Default 50.
    pub leg_missing_loss_usd_max: Usd,
    /// The most dollars that a signal may lose at its very worst. Default 1,000.
    pub floor_loss_usd_max: Usd,
    /// The most orders open at once. Default 50.
    pub open_orders_max: u32,
    /// The most plans open at once. Default 20.
    pub open_plans_max: u32,
    /// So many errors in a row stop trading. Default 5.
    pub consecutive_errors_max: u32,
    /// The longest time since the feed vouched for the oldest book. Default 3,000.
    pub feed_age_ms_max: DurationMillis,
    /// The lowest price of an order. Default 0.01.
    pub price_min: Price,
    /// The highest price of an order. Default 0.99.
    pub price_max: Price,
    /// The shortest time to a market's scheduled end. Default 600,000: ten minutes.
    pub ends_within_ms_min: DurationMillis,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            market_usd_max: Usd::from_whole(1_000),
            group_usd_max: Usd::from_whole(2_000),
            total_usd_max: Usd::from_whole(10_000),
            order_usd_max: Usd::from_whole(500),
            trades_per_minute_max: 10,
            day_loss_usd_max: Usd::from_whole(500),
            drawdown_usd_max: Usd::from_whole(1_000),
            leg_missing_loss_usd_max: Usd::from_whole(50),
            floor_loss_usd_max: Usd::from_whole(1_000),
            open_orders_max: 50,
            open_plans_max: 20,
            consecutive_errors_max: 5,
            feed_age_ms_max: DurationMillis(3_000),
            price_min: Price::from_cents(1).unwrap_or(Price::ZERO),
            price_max: Price::from_cents(99).unwrap_or(Price::ONE),
            ends_within_ms_min: DurationMillis(600_000),
        }
    }
}

/// One limit that is no longer what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitChange {
    /// Its name in the settings.
    pub name: &'static str,
    /// What it was.
    pub before: GateValue,
    /// What it is.
    pub after: GateValue,
}

impl Limits {
    /// Whether these limits can be used.
    ///
    /// # Errors
    /// The first one that cannot.
    pub fn validate(&self) -> Result<(), LimitsError> {
        for (name, value) in self.entries() {
            match value {
                GateValue::Usd(usd) if usd < Usd::ZERO => {
                    return Err(LimitsError::Negative { name });
                }
                GateValue::Millis(millis) if millis < 0 => {
                    return Err(LimitsError::Negative { name });
                }
                GateValue::Count(count) if count > u64::from(COUNT_MAX) => {
                    return Err(LimitsError::TooMany { name });
                }
                _ => {}
            }
        }
        if self.price_min < self.price_max { Ok(()) } else { Err(LimitsError::BandEmpty) }
    }
    /// What differs in `after`, in the order of the fields; for the audit.
    #[must_use]
    pub fn changes(&self, after: &Self) -> Vec<LimitChange> {
        let pairs = self.entries().into_iter().zip(after.entries());
        let changed = pairs.filter(|((_, before), (_, after))| before != after);
        changed.map(|((name, before), (_, after))| LimitChange { name, before, after }).collect()
    }
    /// Every limit with its name, in the order of the fields.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'static str, GateValue)> {
        // Taken apart, so that a new field cannot be forgotten here.
        let Self {
            market_usd_max,
            group_usd_max,
            total_usd_max,
            order_usd_max,
            trades_per_minute_max,
            day_loss_usd_max,
            drawdown_usd_max,
            leg_missing_loss_usd_max,
            floor_loss_usd_max,
            open_orders_max,
            open_plans_max,
            consecutive_errors_max,
            feed_age_ms_max,
            price_min,
            price_max,
            ends_within_ms_min,
        } = self;
        let count = |value: &u32| GateValue::Count(u64::from(*value));
        vec![
            ("market_usd_max", GateValue::Usd(*market_usd_max)),
            ("group_usd_max", GateValue::Usd(*group_usd_max)),
            ("total_usd_max", GateValue::Usd(*total_usd_max)),
            ("order_usd_max", GateValue::Usd(*order_usd_max)),
            ("trades_per_minute_max", count(trades_per_minute_max)),
            ("day_loss_usd_max", GateValue::Usd(*day_loss_usd_max)),
            ("drawdown_usd_max", GateValue::Usd(*drawdown_usd_max)),
            ("leg_missing_loss_usd_max", GateValue::Usd(*leg_missing_loss_usd_max)),
            ("floor_loss_usd_max", GateValue::Usd(*floor_loss_usd_max)),
            ("open_orders_max", count(open_orders_max)),
            ("open_plans_max", count(open_plans_max)),
            ("consecutive_errors_max", count(consecutive_errors_max)),
            ("feed_age_ms_max", GateValue::Millis(feed_age_ms_max.0)),
            ("price_min", GateValue::Price(*price_min)),
            ("price_max", GateValue::Price(*price_max)),
            ("ends_within_ms_min", GateValue::Millis(ends_within_ms_min.0)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_usable_and_survive_text() {
        let limits = Limits::default();
        assert_eq!(limits.validate(), Ok(()));
        let text = serde_json::to_string(&limits).unwrap();
        assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), limits);
        assert_eq!(serde_json::from_str::<Limits>("{}").unwrap(), limits);
        assert!(
            serde_json::from_str::<Limits>(r#"{"market_usd":"1"}"#).is_err(),
            "a misspelt name"
        );
    }

    #[test]
    fn limits_that_cannot_be_meant_are_refused_by_name() {
        let bad = Limits { order_usd_max: Usd::from_micros(-1), ..Limits::default() };
        assert_eq!(bad.validate(), Err(LimitsError::Negative { name: "order_usd_max" }));
        let bad = Limits { open_orders_max: 1_001, ..Limits::default() };
        assert_eq!(bad.validate(), Err(LimitsError::TooMany { name: "open_orders_max" }));
        let bad = Limits { feed_age_ms_max: DurationMillis(-1), ..Limits::default() };
        assert_eq!(bad.validate(), Err(LimitsError::Negative { name: "feed_age_ms_max" }));
        let bad = Limits { price_min: Price::ONE, ..Limits::default() };
        assert_eq!(bad.validate(), Err(LimitsError::BandEmpty));
    }

    #[test]
    fn a_change_of_limits_names_what_was_and_what_is() {
        let before = Limits::default();
        assert!(before.changes(&before).is_empty());
        let after =
            Limits { market_usd_max: Usd::from_whole(5), open_plans_max: 1, ..before.clone() };
        let changes = before.changes(&after);
        assert_eq!(changes.len(), 2);
        let [market, plans] = [&changes[0], &changes[1]];
        assert_eq!(
            (market.name, &market.after),
            ("market_usd_max", &GateValue::Usd(Usd::from_whole(5)))
        );
        assert_eq!((plans.name, &plans.before), ("open_plans_max", &GateValue::Count(20)));
    }
}
