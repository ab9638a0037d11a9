//! Sums of its own over a journal: what is in each market at most, after every record.
//!
//! Dollars in a market: of an open plan what it may still put in and what it put in and did not get
//! back; of a closed one what it put in and did not get back. The desk's own sums are not asked.

use std::collections::{BTreeMap, VecDeque};

use domain::{ConditionId, Rounding, Side, UnixMillis, Usd};
use engine::desk::{Event, OrderNumber, PlanNumber, Recorded, TaskNumber};
use engine::opportunity::ChainActionKind;
use engine::risk::Limits;
use engine::signal::{ChainTask, PlannedOrder};

#[derive(Default)]
struct Stake {
    may: Usd,
    spent: Usd,
    back: Usd,
}

#[derive(Default)]
struct Plan {
    open: bool,
    stakes: BTreeMap<ConditionId, Stake>,
}

impl Plan {
    fn in_market(&self, condition: &ConditionId) -> Usd {
        let Some(stake) = self.stakes.get(condition) else { return Usd::ZERO };
        let ahead = if self.open { stake.may - stake.spent } else { Usd::ZERO };
        ahead.max(Usd::ZERO) + (stake.spent - stake.back).max(Usd::ZERO)
    }
}

pub(super) struct Audit {
    pub(super) exceeded: Vec<String>,
    pub(super) opened: usize,
    pub(super) market_most: Usd,
}

#[derive(Default)]
struct Auditor {
    plans: BTreeMap<PlanNumber, Plan>,
    orders: BTreeMap<OrderNumber, (PlanNumber, PlannedOrder, bool)>,
    trades: BTreeMap<String, Usd>,
    tasks: BTreeMap<TaskNumber, (Option<PlanNumber>, ChainTask)>,
    opened_at: VecDeque<UnixMillis>,
}

impl Auditor {
    fn take(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::PlanOpened { plan, signal } => {
                let stakes = signal
                    .exposure
                    .iter()
                    .map(|risk| (risk.condition, Stake { may: risk.at_risk, ..Stake::default() }));
                let stakes = stakes.collect();
                self.plans.insert(*plan, Plan { open: true, stakes });
                self.opened_at.push_back(recorded.at);
            }
            Event::PlanClosed { plan, .. } => self.plans.get_mut(plan).unwrap().open = false,
            Event::OrderIntended { order, plan, wish, .. } => {
                self.orders.insert(*order, (*plan, (**wish).clone(), true));
            }
            Event::OrderEnded { order, .. } => self.orders.get_mut(order).unwrap().2 = false,
            Event::TradeSeen { order, trade, value, fee, .. } => {
                let (plan, wish, _) = &self.orders[order];
                // A later state of the same match replaces the earlier one.
                let money = match wish.terms.side {
                    Side::Buy => *value + *fee,
                    Side::Sell => *value - *fee,
                };
                let before = self.trades.insert(trade.0.clone(), money).unwrap_or(Usd::ZERO);
                let plan = self.plans.get_mut(plan).unwrap();
                let stake = plan.stakes.entry(wish.market.condition).or_default();
                match wish.terms.side {
                    Side::Buy => stake.spent += money - before,
                    Side::Sell => stake.back += money - before,
                }
            }
            Event::TaskIntended { task, plan, wish, .. } => {
                self.tasks.insert(*task, (*plan, (**wish).clone()));
            }
            Event::TaskConfirmed { task } => {
                let (Some(plan), task) = &self.tasks[task] else { return };
                assert_eq!(task.kind, ChainActionKind::Merge);
                let plan = self.plans.get_mut(plan).unwrap();
                plan.stakes.get_mut(&task.markets[0].condition).unwrap().back +=
                    task.amount.at_one();
            }
            _ => {}
        }
    }

    fn check(&mut self, at: usize, recorded: &Recorded, limits: &Limits, audit: &mut Audit) {
        let mut by_market: BTreeMap<ConditionId, Usd> = BTreeMap::new();
        for plan in self.plans.values() {
            for condition in plan.stakes.keys() {
                *by_market.entry(*condition).or_default() += plan.in_market(condition);
            }
        }
        let mut check = |what: &str, value: Usd, limit: Usd| {
            if value > limit {
                audit.exceeded.push(format!("record {at}: {what}: {value}, allowed {limit}"));
            }
        };
        for (condition, value) in &by_market {
            check(&format!("market {condition}"), *value, limits.market_usd_max);
        }
        check("total", by_market.values().copied().sum(), limits.total_usd_max);
        if let Event::OrderIntended { wish, .. } = &recorded.event {
            let terms = wish.terms;
            let value = terms.size.at(terms.price, Rounding::Up);
            let fee = wish.market.fee.fee(terms.size, terms.price, Rounding::Up);
            check("order", value + fee, limits.order_usd_max);
        }
        let most = by_market.values().copied().max().unwrap_or(Usd::ZERO);
        audit.market_most = audit.market_most.max(most);

        let minute_ago = UnixMillis(recorded.at.0 - 60_000);
        self.opened_at.retain(|opened| *opened > minute_ago);
        let open_orders = self.orders.values().filter(|(_, _, open)| *open).count();
        let open_plans = self.plans.values().filter(|plan| plan.open).count();
        let counts = [
            ("trades a minute", self.opened_at.len(), limits.trades_per_minute_max),
            ("open orders", open_orders, limits.open_orders_max),
            ("open plans", open_plans, limits.open_plans_max),
        ];
        for (what, value, limit) in counts {
            if value > limit as usize {
                audit.exceeded.push(format!("record {at}: {what}: {value}, allowed {limit}"));
            }
        }
    }
}

/// After every record of the journal.
pub(super) fn audit(records: &[Recorded], limits: &Limits) -> Audit {
    let mut auditor = Auditor::default();
    let mut audit = Audit { exceeded: Vec::new(), opened: 0, market_most: Usd::ZERO };
    for (at, recorded) in records.iter().enumerate() {
        auditor.take(recorded);
        auditor.check(at, recorded, limits, &mut audit);
    }
    audit.opened = auditor.plans.len();
    audit
}
