//! What is used of a limit now, for bars and tables. The gates reckon for themselves.

use engine::desk::TradingView;
use std::collections::{BTreeMap, BTreeSet};

use domain::{ConditionId, GroupId, Usd};

/// What it is reckoned from.
pub(super) struct Used<'a> {
    pub(super) view: &'a TradingView,
    pub(super) feed_age_ms: Option<i64>,
}

impl Used<'_> {
    /// The figure, and which market or group it is of. `None` where the limit bounds each wish
    /// alone.
    pub(super) fn of(&self, name: &str) -> Option<(String, Option<String>)> {
        let view = self.view;
        let alone = |text: String| Some((text, None));
        match name {
            "market_usd_max" => worst(self.by_market()),
            "group_usd_max" => worst(self.by_group()),
            "total_usd_max" => alone((self.held_cost() + view.reserved).to_string()),
            "trades_per_minute_max" => alone(view.trades_lately.to_string()),
            "day_loss_usd_max" => alone(view.day_loss?.to_string()),
            "drawdown_usd_max" => {
                alone((view.equity_peak? - view.equity).max(Usd::ZERO).to_string())
            }
            "open_orders_max" => alone(view.open_orders().count().to_string()),
            "open_plans_max" => alone(view.plans.len().to_string()),
            "consecutive_errors_max" => alone(view.errors_in_a_row.to_string()),
            "feed_age_ms_max" => alone(self.feed_age_ms?.to_string()),
            _ => None,
        }
    }

    fn held_cost(&self) -> Usd {
        self.view.held.iter().map(|held| held.position.cost.max(Usd::ZERO)).sum()
    }

    fn by_market(&self) -> BTreeMap<ConditionId, Usd> {
        let mut sums: BTreeMap<ConditionId, Usd> = BTreeMap::new();
        for held in &self.view.held {
            if let Some(condition) = held.condition {
                *sums.entry(condition).or_default() += held.position.cost;
            }
        }
        sums.values_mut().for_each(|cost| *cost = (*cost).max(Usd::ZERO));
        for reservation in &self.view.reservations {
            for condition in reservation.markets.keys() {
                *sums.entry(*condition).or_default() += reservation.left_in(condition);
            }
        }
        sums
    }

    fn by_group(&self) -> BTreeMap<GroupId, Usd> {
        let mut sums: BTreeMap<GroupId, Usd> = BTreeMap::new();
        for held in &self.view.held {
            if let Some(group) = &held.group {
                *sums.entry(group.clone()).or_default() += held.position.cost.max(Usd::ZERO);
            }
        }
        for reservation in &self.view.reservations {
            let groups: BTreeSet<&GroupId> =
                reservation.markets.values().filter_map(|market| market.group.as_ref()).collect();
            for group in groups {
                *sums.entry(group.clone()).or_default() +=
                    reservation.left_in_group(group).unwrap_or(Usd::MAX);
            }
        }
        sums
    }
}

fn worst<K: Ord + ToString>(sums: BTreeMap<K, Usd>) -> Option<(String, Option<String>)> {
    let worst = sums.into_iter().max_by_key(|(_, sum)| *sum);
    Some(worst.map_or_else(
        || (Usd::ZERO.to_string(), None),
        |(of, sum)| (sum.to_string(), Some(of.to_string())),
    ))
}
