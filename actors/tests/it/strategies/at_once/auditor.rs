//! Sums of its own over a journal, after every record: the average cost of what is held in each
//! market, and what open plans may still put in. The desk's own sums are not asked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{ConditionId, Rounding, Side, TokenId, UnixMillis, Usd};
use engine::desk::{Event, OrderNumber, PlanNumber, Recorded, TaskNumber};
use engine::opportunity::ChainActionKind;
use engine::risk::Limits;
use engine::signal::{ChainTask, PlannedOrder};

/// What an open plan may put into a market, and has put in.
#[derive(Default)]
struct Stake {
    may: i64,
    spent: i64,
}

#[derive(Default)]
struct Plan {
    open: bool,
    stakes: BTreeMap<ConditionId, Stake>,
}

/// Shares of a token and what they cost, at average cost; in millionths.
#[derive(Default)]
struct Held {
    condition: Option<ConditionId>,
    shares: i64,
    cost: i64,
}

impl Held {
    fn give(&mut self, shares: i64) {
        let cost = i128::from(self.cost) * i128::from(shares) / i128::from(self.shares.max(1));
        self.shares -= shares;
        self.cost -= cost as i64;
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
    tasks: BTreeMap<TaskNumber, ChainTask>,
    held: BTreeMap<TokenId, Held>,
    seen: BTreeSet<String>,
    opened_at: VecDeque<UnixMillis>,
}

impl Auditor {
    fn take(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::PlanOpened { plan, signal } => {
                let stakes = signal
                    .exposure
                    .iter()
                    .map(|risk| (risk.condition, Stake { may: risk.at_risk.micros(), spent: 0 }));
                let stakes = stakes.collect();
                self.plans.insert(*plan, Plan { open: true, stakes });
                self.opened_at.push_back(recorded.at);
            }
            Event::PlanClosed { plan, .. } => self.plans.get_mut(plan).unwrap().open = false,
            Event::OrderIntended { order, plan, wish, .. } => {
                self.orders.insert(*order, (*plan, (**wish).clone(), true));
            }
            Event::OrderEnded { order, .. } => self.orders.get_mut(order).unwrap().2 = false,
            Event::TradeSeen { order, trade, size, value, fee, .. } => {
                // This venue settles at once: a match has one state, and one record.
                assert!(self.seen.insert(trade.0.clone()), "{trade} twice");
                let (plan, wish, _) = &self.orders[order];
                assert_eq!(wish.terms.side, Side::Buy, "nobody bids for what is left");
                let paid = (*value + *fee).micros();
                let held = self.held.entry(wish.terms.token).or_default();
                held.condition = Some(wish.market.condition);
                held.shares += size.micros();
                held.cost += paid;
                let plan = self.plans.get_mut(plan).unwrap();
                plan.stakes.get_mut(&wish.market.condition).unwrap().spent += paid;
            }
            Event::TaskIntended { task, wish, .. } => {
                self.tasks.insert(*task, (**wish).clone());
            }
            Event::TaskConfirmed { task } => {
                let task = &self.tasks[task];
                assert_eq!(task.kind, ChainActionKind::Merge);
                for token in task.markets[0].tokens {
                    self.held.get_mut(&token).unwrap().give(task.amount.micros());
                }
            }
            _ => {}
        }
    }

    /// The cost of what is held, and what open plans may still put in.
    fn by_market(&self) -> BTreeMap<ConditionId, i64> {
        let mut by_market = BTreeMap::new();
        for held in self.held.values() {
            *by_market.entry(held.condition.unwrap()).or_default() += held.cost;
        }
        for plan in self.plans.values().filter(|plan| plan.open) {
            for (condition, stake) in &plan.stakes {
                *by_market.entry(*condition).or_default() += (stake.may - stake.spent).max(0);
            }
        }
        by_market
    }

    fn check(&mut self, at: usize, recorded: &Recorded, limits: &Limits, audit: &mut Audit) {
        let by_market = self.by_market();
        // Average costs are rounded here and there: less than a cent is no difference.
        let mut check = |what: &str, value: i64, limit: Usd| {
            let value = Usd::from_micros(value);
            if value >= limit + Usd::from_micros(10_000) {
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
            check("order", (value + fee).micros(), limits.order_usd_max);
        }
        let most = by_market.values().copied().max().unwrap_or(0);
        audit.market_most = audit.market_most.max(Usd::from_micros(most));

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
