//! Room that is kept for what was approved, until it is spent or given back.

use std::collections::BTreeMap;

use domain::{ConditionId, GroupId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::sum::{rest, total};
use crate::signal::{Signal, SignalId, StrategyName};

/// Names a reservation: the number of the plan it is for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ReservationId(pub u64);

/// Why a reservation could not be changed. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReservationError {
    /// The number is in use.
    #[error("this number has a reservation already")]
    Taken,
    /// There is none of that number.
    #[error("there is no such reservation")]
    Unknown,
    /// The plan said nothing of that market.
    #[error("the reservation does not name this market")]
    UnknownMarket,
    /// Less than nothing cannot be spent.
    #[error("what was spent must not be negative")]
    Negative,
}

/// One market's part of a reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedMarket {
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// The most that may be put into it.
    pub at_risk: Usd,
    /// What was put into it so far.
    pub spent: Usd,
}

impl ReservedMarket {
    /// What may still be put into it.
    #[must_use]
    pub fn left(&self) -> Usd {
        rest(self.at_risk, self.spent)
    }
}

/// The worst case of one approved signal, less what has come of it.
///
/// A plan puts at most [`Reservation::capital`] dollars into all of its markets together, however
/// they are spread: so that is what counts in total and in a group, where it is less than the sum of
/// the markets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// What it is for.
    pub signal: SignalId,
    /// For whom.
    pub strategy: StrategyName,
    /// Since when.
    pub since: UnixMillis,
    /// Dollars needed at the worst moment.
    pub capital: Usd,
    /// What a missing leg costs; never negative.
    pub leg_missing_loss: Usd,
    /// The most orders that are open at once.
    pub orders: u64,
    /// By market.
    pub markets: BTreeMap<ConditionId, ReservedMarket>,
}

impl Reservation {
    pub(super) fn new(signal: &Signal, now: UnixMillis) -> Self {
        let markets = signal.exposure.iter().map(|market| {
            let group = market.group.clone();
            let reserved = ReservedMarket { group, at_risk: market.at_risk, spent: Usd::ZERO };
            (market.condition, reserved)
        });
        Self {
            signal: signal.id.clone(),
            strategy: signal.strategy.clone(),
            since: now,
            capital: signal.capital,
            leg_missing_loss: loss(signal.certificate.leg_missing),
            orders: signal.orders_at_once(),
            markets: markets.collect(),
        }
    }
    /// What was put into its markets so far; `None` where it does not fit.
    fn spent(&self) -> Option<Usd> {
        total(self.markets.values().map(|market| market.spent))
    }
    /// Dollars that may still be spent.
    #[must_use]
    pub fn capital_left(&self) -> Usd {
        self.spent().map_or(Usd::ZERO, |spent| rest(self.capital, spent))
    }
    /// By how much more was put into its markets than may be; `Usd::MAX` where it does not fit.
    #[must_use]
    pub fn overspent(&self) -> Usd {
        let over = self.markets.values().map(|market| rest(market.spent, market.at_risk));
        total(over).unwrap_or(Usd::MAX)
    }
    /// Dollars that may still be put into a market.
    #[must_use]
    pub fn left_in(&self, condition: &ConditionId) -> Usd {
        self.markets.get(condition).map_or(Usd::ZERO, ReservedMarket::left)
    }
    /// Dollars that may still be put into the markets of a group; `None` where it does not fit.
    #[must_use]
    pub fn left_in_group(&self, group: &GroupId) -> Option<Usd> {
        let inside = self.markets.values().filter(|market| market.group.as_ref() == Some(group));
        let sum = total(inside.map(ReservedMarket::left))?;
        Some(sum.min(self.capital_left()))
    }
    /// States what was put into a market so far, and returns by how much that is too much.
    pub(super) fn convert(
        &mut self,
        condition: &ConditionId,
        spent: Usd,
    ) -> Result<Usd, ReservationError> {
        if spent < Usd::ZERO {
            return Err(ReservationError::Negative);
        }
        let market = self.markets.get_mut(condition).ok_or(ReservationError::UnknownMarket)?;
        market.spent = spent;
        Ok(rest(spent, market.at_risk))
    }
}

/// How much a result is below nothing.
pub(crate) fn loss(result: Usd) -> Usd {
    (-result).max(Usd::ZERO)
}
