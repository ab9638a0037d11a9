//! Which trades and tasks have been seen, with a bound.
//!
//! What is open is always remembered. What is final is remembered for [`KEPT_DAYS`] days and up to
//! [`FINAL_MAX`] of each kind, the oldest forgotten first; the horizon moves up behind what is
//! forgotten. A report of something unknown from before the horizon is never booked: it may have
//! been booked already, and the store is asked instead.

use std::collections::BTreeMap;

use domain::{DurationMillis, OrderId, TradeId, UnixMillis};
use serde::{Deserialize, Serialize};

use super::report::{ChainReport, TradeReport};

/// Days that final trades and tasks are remembered.
pub const KEPT_DAYS: i64 = 7;
/// How many final trades, and how many final tasks, are remembered at most.
pub const FINAL_MAX: usize = 30_000;

/// A trade and the entry that first booked it; `None` where nothing was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SeenTrade {
    pub(super) report: TradeReport,
    pub(super) entry: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    trades: BTreeMap<TradeId, BTreeMap<OrderId, SeenTrade>>,
    tasks: BTreeMap<String, ChainReport>,
    final_trades: usize,
    final_tasks: usize,
    horizon: UnixMillis,
}

impl Memory {
    pub(super) const fn new(horizon: UnixMillis) -> Self {
        Self {
            trades: BTreeMap::new(),
            tasks: BTreeMap::new(),
            final_trades: 0,
            final_tasks: 0,
            horizon,
        }
    }
    pub(super) const fn horizon(&self) -> UnixMillis {
        self.horizon
    }
    pub(super) fn trade(&self, trade: &TradeId, order: &OrderId) -> Option<&SeenTrade> {
        self.trades.get(trade)?.get(order)
    }
    pub(super) fn task(&self, task: &str) -> Option<&ChainReport> {
        self.tasks.get(task)
    }
    pub(super) fn trades(&self) -> impl Iterator<Item = &SeenTrade> {
        self.trades.values().flat_map(BTreeMap::values)
    }
    pub(super) fn tasks(&self) -> impl Iterator<Item = &ChainReport> {
        self.tasks.values()
    }
    pub(super) fn keep_trade(&mut self, seen: SeenTrade) {
        let is_final = seen.report.state.is_final();
        let (trade, order) = (seen.report.trade.clone(), seen.report.order);
        let before = self.trades.entry(trade).or_default().insert(order, seen);
        let was_final = before.is_some_and(|seen| seen.report.state.is_final());
        self.final_trades += usize::from(is_final && !was_final);
        if self.final_trades > FINAL_MAX {
            let moments = self.trades().filter(|seen| seen.report.state.is_final());
            let oldest = oldest_quarter(moments.map(|seen| seen.report.matched_at).collect());
            self.forget_before(oldest);
        }
    }
    pub(super) fn keep_task(&mut self, report: ChainReport) {
        let is_final = report.state.is_final();
        let before = self.tasks.insert(report.task.clone(), report);
        let was_final = before.is_some_and(|report| report.state.is_final());
        self.final_tasks += usize::from(is_final && !was_final);
        if self.final_tasks > FINAL_MAX {
            let moments = self.tasks().filter(|report| report.state.is_final());
            let oldest = oldest_quarter(moments.map(|report| report.begun_at).collect());
            self.forget_before(oldest);
        }
    }
    /// Forgets what is too old at the beginning of this day.
    pub(super) fn begin_day(&mut self, begins_at: UnixMillis) {
        let days = DurationMillis::from_seconds(-KEPT_DAYS * 86_400);
        self.forget_before(begins_at.plus(days));
    }
    fn forget_before(&mut self, horizon: UnixMillis) {
        if horizon <= self.horizon {
            return;
        }
        self.horizon = horizon;
        let (mut trades, mut tasks) = (0, 0);
        self.trades.retain(|_, orders| {
            orders.retain(|_, seen| {
                let is_final = seen.report.state.is_final();
                let kept = !is_final || seen.report.matched_at >= horizon;
                trades += usize::from(kept && is_final);
                kept
            });
            !orders.is_empty()
        });
        self.tasks.retain(|_, report| {
            let is_final = report.state.is_final();
            let kept = !is_final || report.begun_at >= horizon;
            tasks += usize::from(kept && is_final);
            kept
        });
        (self.final_trades, self.final_tasks) = (trades, tasks);
    }
}

/// A moment before which at least a quarter of these lie.
fn oldest_quarter(mut moments: Vec<UnixMillis>) -> UnixMillis {
    moments.sort_unstable();
    let quarter = moments.get(moments.len() / 4).copied().unwrap_or_default();
    quarter.plus(DurationMillis(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_quarter_ends_just_after_its_last_moment() {
        let moments = (0..8).rev().map(UnixMillis).collect();
        assert_eq!(oldest_quarter(moments), UnixMillis(3));
        assert_eq!(oldest_quarter(vec![UnixMillis(5); 4]), UnixMillis(6));
    }
}
