//! Results by strategy, market, group and day.

use std::collections::BTreeMap;

use domain::{ConditionId, GroupId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::entry::Tag;
use super::listed;
use super::movement::Effect;
use crate::signal::StrategyName;

/// Days whose results are kept by market; older ones are added up by strategy. The store has all.
pub const RESULT_DAYS_KEPT: i64 = 40;

const DAY_MS: i64 = 86_400_000;

/// A day in UTC, counted from 1970-01-01.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UtcDay(pub i64);

impl UtcDay {
    /// The day that a moment is in.
    #[must_use]
    pub const fn of(moment: UnixMillis) -> Self {
        Self(moment.0.div_euclid(DAY_MS))
    }
    /// Its first millisecond.
    #[must_use]
    pub const fn begins_at(self) -> UnixMillis {
        UnixMillis(self.0.saturating_mul(DAY_MS))
    }
}

/// What was earned and spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Earned by positions that were given up, before fees and gas; negative is lost. Provisional
    /// trades count until they are reversed.
    pub realised: Usd,
    /// Taker's fees.
    pub fees: Usd,
    /// What transactions cost.
    pub gas: Usd,
    /// What an operator wrote off; negative is lost.
    pub adjusted: Usd,
}

impl Figures {
    /// What is left of it all.
    #[must_use]
    pub fn net(&self) -> Usd {
        self.realised - self.fees - self.gas + self.adjusted
    }
    fn add(&mut self, other: &Self) {
        self.realised += other.realised;
        self.fees += other.fees;
        self.gas += other.gas;
        self.adjusted += other.adjusted;
    }
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a result belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResultKey {
    /// The day it was first booked.
    pub day: UtcDay,
    /// Whose it is; `None` for the owner's and the operator's own.
    pub tag: Option<Tag>,
}

/// Results by key, with a bound on the days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    #[serde(with = "listed")]
    cells: BTreeMap<ResultKey, Figures>,
    #[serde(with = "listed")]
    earlier: BTreeMap<Option<StrategyName>, Figures>,
    first_day: UtcDay,
}

impl Results {
    /// Every result that is kept by market and day.
    pub fn iter(&self) -> impl Iterator<Item = (&ResultKey, &Figures)> {
        self.cells.iter()
    }
    /// What was earned before the days that are kept apart.
    #[must_use]
    pub const fn earlier(&self) -> &BTreeMap<Option<StrategyName>, Figures> {
        &self.earlier
    }
    /// Results of the days kept, added up by whatever the caller likes; `None` leaves one out.
    pub fn by<K: Ord>(&self, key: impl Fn(&ResultKey) -> Option<K>) -> BTreeMap<K, Figures> {
        let mut sums: BTreeMap<K, Figures> = BTreeMap::new();
        for (cell, figures) in &self.cells {
            if let Some(key) = key(cell) {
                sums.entry(key).or_default().add(figures);
            }
        }
        sums
    }
    /// One day.
    #[must_use]
    pub fn of_day(&self, day: UtcDay) -> Figures {
        self.by(|key| (key.day == day).then_some(())).remove(&()).unwrap_or_default()
    }
    /// By strategy, over the days kept.
    #[must_use]
    pub fn by_strategy(&self) -> BTreeMap<StrategyName, Figures> {
        self.by(|key| key.tag.as_ref().map(|tag| tag.strategy.clone()))
    }
    /// By market, over the days kept.
    #[must_use]
    pub fn by_market(&self) -> BTreeMap<ConditionId, Figures> {
        self.by(|key| key.tag.as_ref().and_then(|tag| tag.condition))
    }
    /// By group, over the days kept.
    #[must_use]
    pub fn by_group(&self) -> BTreeMap<GroupId, Figures> {
        self.by(|key| key.tag.as_ref().and_then(|tag| tag.group.clone()))
    }
    /// By day, over the days kept.
    #[must_use]
    pub fn by_day(&self) -> BTreeMap<UtcDay, Figures> {
        self.by(|key| Some(key.day))
    }
    /// Everything ever.
    #[must_use]
    pub fn total(&self) -> Figures {
        let mut total = Figures::default();
        self.cells.values().chain(self.earlier.values()).for_each(|figures| total.add(figures));
        total
    }

    pub(super) fn add(&mut self, day: UtcDay, tag: Option<&Tag>, effect: &Effect) {
        let figures = Figures {
            realised: effect.realised,
            fees: effect.fees,
            gas: effect.gas,
            adjusted: effect.adjusted,
        };
        self.change(day, tag, &figures);
    }
    pub(super) fn take_back(&mut self, day: UtcDay, tag: Option<&Tag>, effect: &Effect) {
        let figures = Figures {
            realised: -effect.realised,
            fees: -effect.fees,
            gas: -effect.gas,
            adjusted: -effect.adjusted,
        };
        self.change(day, tag, &figures);
    }
    fn change(&mut self, day: UtcDay, tag: Option<&Tag>, figures: &Figures) {
        if figures.is_nothing() {
            return;
        }
        if day < self.first_day {
            let strategy = tag.map(|tag| tag.strategy.clone());
            self.earlier.entry(strategy).or_default().add(figures);
            return;
        }
        let key = ResultKey { day, tag: tag.cloned() };
        let cell = self.cells.entry(key.clone()).or_default();
        cell.add(figures);
        if cell.is_nothing() {
            self.cells.remove(&key);
        }
    }
    /// Adds up the days that are too old to be kept apart.
    pub(super) fn begin_day(&mut self, today: UtcDay) {
        let first_day = UtcDay(today.0.saturating_sub(RESULT_DAYS_KEPT - 1));
        if first_day <= self.first_day {
            return;
        }
        self.first_day = first_day;
        let kept = self.cells.split_off(&ResultKey { day: first_day, tag: None });
        for (key, figures) in std::mem::replace(&mut self.cells, kept) {
            let strategy = key.tag.map(|tag| tag.strategy);
            self.earlier.entry(strategy).or_default().add(&figures);
        }
    }
}
