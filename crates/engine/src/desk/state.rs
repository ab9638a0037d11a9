//! What the desk is, between two events.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ConditionId, OrderId, Price, Shares, TokenId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::event::{Purse, StrategyState};
use super::{OrderNumber, OrderTrack, Plan, PlanNumber, TaskNumber, TaskTrack};
use crate::ledger::{Ledger, Tag};
use crate::risk::{Limits, LimitsError, RiskBook, StrategyActivity};
use crate::signal::{StrategyName, TradedMarket};

/// Which shape a kept desk has, and which rules made it. Counts up whenever a field of the desk, or
/// what an event does to it, becomes another: a desk that was kept before is then made again from
/// the journal.
pub const DESK_FORMAT: u32 = 4;

/// Orders of closed plans that are still recognised, so that a late word of a match finds its order:
/// so many of those that ended last, and so many of the newest.
pub const RETIRED_MAX: usize = 4_000;

/// Plans and transactions that are over and still recognised.
pub(super) const CLOSED_MAX: usize = 200;

/// Where a token belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Its market.
    pub market: TradedMarket,
}

/// What a closed plan keeps on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// For whom.
    pub strategy: StrategyName,
    /// What was paid for it.
    pub cost: Usd,
    /// The shares.
    pub shares: BTreeMap<TokenId, Shares>,
}

/// A resolved market in which something is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// Its tokens, YES first.
    pub tokens: [TokenId; 2],
    /// What one share of each pays.
    pub payouts: [Price; 2],
}

/// The state of the desk. A plain value: the same events in the same order give the same state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    pub(super) purse: Option<Purse>,
    pub(super) ledger: Ledger,
    pub(super) risk: RiskBook,
    pub(super) plans: BTreeMap<PlanNumber, Plan>,
    pub(super) orders: BTreeMap<OrderNumber, OrderTrack>,
    pub(super) retired: BTreeMap<OrderNumber, OrderTrack>,
    pub(super) by_id: BTreeMap<OrderId, OrderNumber>,
    pub(super) tasks: BTreeMap<TaskNumber, TaskTrack>,
    pub(super) homes: BTreeMap<TokenId, Home>,
    pub(super) closed: BTreeMap<PlanNumber, Plan>,
    pub(super) done: BTreeMap<TaskNumber, TaskTrack>,
    pub(super) kept: BTreeMap<PlanNumber, Kept>,
    pub(super) resolutions: BTreeMap<ConditionId, Resolution>,
    pub(super) strategies: BTreeMap<StrategyName, StrategyState>,
    pub(super) breaches: Breaches,
    pub(super) foreign: BTreeSet<OrderId>,
    pub(super) last_plan: u64,
    pub(super) last_order: u64,
    pub(super) last_task: u64,
}

/// How often the world kept what a certificate promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaches {
    /// Plans that ended with something traded.
    pub plans: u64,
    /// Of these: ended worse than the certificate's worst case with a leg missing.
    pub breached: u64,
    /// By how much in all.
    pub amount: Usd,
}

impl Desk {
    /// An empty desk that begins at this moment.
    ///
    /// # Errors
    /// The limits cannot be used.
    pub fn new(begins_at: UnixMillis, limits: Limits) -> Result<Self, LimitsError> {
        Ok(Self {
            purse: None,
            ledger: Ledger::new(begins_at),
            risk: RiskBook::new(limits)?,
            plans: BTreeMap::new(),
            orders: BTreeMap::new(),
            retired: BTreeMap::new(),
            by_id: BTreeMap::new(),
            tasks: BTreeMap::new(),
            homes: BTreeMap::new(),
            closed: BTreeMap::new(),
            done: BTreeMap::new(),
            kept: BTreeMap::new(),
            resolutions: BTreeMap::new(),
            strategies: BTreeMap::new(),
            breaches: Breaches::default(),
            foreign: BTreeSet::new(),
            last_plan: 0,
            last_order: 0,
            last_task: 0,
        })
    }
    /// Whose money it keeps; `None` until that was written down.
    #[must_use]
    pub const fn purse(&self) -> Option<&Purse> {
        self.purse.as_ref()
    }
    /// What is owned, owed and earned.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    /// Limits, reservations, locks, halt.
    #[must_use]
    pub const fn risk(&self) -> &RiskBook {
        &self.risk
    }
    /// Plans that are not over.
    #[must_use]
    pub const fn plans(&self) -> &BTreeMap<PlanNumber, Plan> {
        &self.plans
    }
    /// Orders of plans that are not over.
    #[must_use]
    pub const fn orders(&self) -> &BTreeMap<OrderNumber, OrderTrack> {
        &self.orders
    }
    /// An order by the venue's name of it, that of a closed plan included.
    #[must_use]
    pub fn order(&self, id: &OrderId) -> Option<&OrderTrack> {
        self.by_id.get(id).and_then(|number| self.order_of(*number))
    }
    /// An order by number, that of a closed plan included.
    #[must_use]
    pub fn order_of(&self, number: OrderNumber) -> Option<&OrderTrack> {
        self.orders.get(&number).or_else(|| self.retired.get(&number))
    }
    /// Transactions that are not over, and those of open plans.
    #[must_use]
    pub const fn tasks(&self) -> &BTreeMap<TaskNumber, TaskTrack> {
        &self.tasks
    }
    /// A transaction by number, one that is lately over included.
    #[must_use]
    pub fn task(&self, number: TaskNumber) -> Option<&TaskTrack> {
        self.tasks.get(&number).or_else(|| self.done.get(&number))
    }
    /// A plan by number, one that is lately over included.
    #[must_use]
    pub fn plan(&self, number: PlanNumber) -> Option<&Plan> {
        self.plans.get(&number).or_else(|| self.closed.get(&number))
    }
    /// How the strategies stand that were ever set.
    #[must_use]
    pub const fn strategies(&self) -> &BTreeMap<StrategyName, StrategyState> {
        &self.strategies
    }
    /// Where a token belongs, if it was ever traded here.
    #[must_use]
    pub fn home(&self, token: TokenId) -> Option<&TradedMarket> {
        self.homes.get(&token).map(|home| &home.market)
    }
    /// Every market in which anything was ever traded here; some more than once.
    pub fn markets(&self) -> impl Iterator<Item = &TradedMarket> {
        self.homes.values().map(|home| &home.market)
    }
    /// Orders that ended at this moment or later, as far as they are remembered, and when.
    pub fn ended_since(&self, since: UnixMillis) -> impl Iterator<Item = (OrderId, UnixMillis)> {
        let all = self.orders.values().chain(self.retired.values());
        all.filter_map(move |order| {
            let ended_at = order.ended_at.filter(|at| *at >= since)?;
            Some((order.id, ended_at))
        })
    }
    /// How often certificates were kept.
    #[must_use]
    pub const fn breaches(&self) -> Breaches {
        self.breaches
    }
    /// Dollars that a strategy has in what its plans kept, without what is only reserved.
    #[must_use]
    pub fn used_by(&self, strategy: &StrategyName) -> Usd {
        let kept = self.kept.values().filter(|kept| kept.strategy == *strategy);
        kept.map(|kept| kept.cost).sum()
    }
    /// Orders that may rest at the venue.
    pub fn open_orders(&self) -> impl Iterator<Item = &OrderTrack> {
        self.orders.values().filter(|order| !order.is_ended())
    }
    /// How a strategy stands; free where nothing was ever set.
    #[must_use]
    pub fn strategy(&self, name: &StrategyName) -> StrategyState {
        let fresh =
            StrategyState { activity: StrategyActivity::Running, budget: None, settings: None };
        self.strategies.get(name).copied().unwrap_or(fresh)
    }

    /// Keeps orders of a plan that is closed, and forgets those that are neither among the newest nor
    /// among those that ended last. The newest, because a journal of before speaks of them.
    pub(super) fn retire(&mut self, orders: BTreeMap<OrderNumber, OrderTrack>) {
        self.retired.extend(orders);
        let Some(newest) = self.retired.keys().rev().nth(RETIRED_MAX - 1).copied() else { return };
        let end = |order: &OrderTrack| (order.ended_at, order.number);
        let mut ends: Vec<_> = self.retired.values().map(end).collect();
        let at = ends.len() - RETIRED_MAX;
        let (_, last, _) = ends.select_nth_unstable(at);
        let last = *last;
        let is_old =
            |number: &OrderNumber, order: &mut OrderTrack| *number < newest && end(order) < last;
        for (_, order) in self.retired.extract_if(.., is_old) {
            self.by_id.remove(&order.id);
        }
    }

    /// What all open orders and reservations of a plan have in common: whose result it is.
    pub(super) fn tag(strategy: &StrategyName, market: Option<&TradedMarket>) -> Tag {
        Tag {
            strategy: strategy.clone(),
            condition: market.map(|market| market.condition),
            group: market.and_then(|market| market.group.clone()),
        }
    }
}
