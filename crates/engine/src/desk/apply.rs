//! What an event changes. No decision is made here: an old journal read by a newer program gives
//! the same state.

use std::collections::BTreeMap;

use domain::{Shares, Side, TokenId, UnixMillis};
use thiserror::Error;

use super::event::{Event, Recorded};
use super::order_track::{OrderState, OrderTrack, TradeTrack};
use super::plan::{Phase, Plan, PlanEnd, Verdict, holdings_of, is_by_hand};
use super::state::{CLOSED_MAX, Home, Kept, Resolution};
use super::task_track::{TaskState, TaskTrack};
use super::{Desk, OrderNumber, PlanNumber, PlanView, TaskNumber};
use crate::ledger::{
    ChainReport, ChainState, Counterparty, Deposit, Entry, LedgerError, Quantity, TradeReport,
};
use crate::opportunity::ChainActionKind;
use crate::risk::{LimitsError, LockError, ReservationError, ReservationId};
use crate::signal::{ChainTask, Signal};

/// Why an event cannot have happened. The desk is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// It speaks of a plan that is not open.
    #[error("plan {0} is not open")]
    UnknownPlan(PlanNumber),
    /// It speaks of an order that was never decided.
    #[error("order {0} is not known")]
    UnknownOrder(OrderNumber),
    /// It speaks of a transaction that was never decided.
    #[error("transaction {0} is not known")]
    UnknownTask(TaskNumber),
    /// The ledger refuses.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The reservation refuses.
    #[error(transparent)]
    Reservation(#[from] ReservationError),
    /// The limits cannot be used.
    #[error(transparent)]
    Limits(#[from] LimitsError),
    /// Too many locks.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl Desk {
    /// Takes one event in, and returns what it booked.
    ///
    /// # Errors
    /// See [`ApplyError`]; the desk is then as it was before.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<Vec<Entry>, ApplyError> {
        let at = recorded.at;
        match recorded.event.clone() {
            Event::PlanOpened { plan, signal } => self.open(plan, *signal, at)?,
            Event::PlanMoved { plan, phase } => {
                let plan = self.plan_mut(plan)?;
                (plan.phase, plan.moved_at) = (phase, at);
            }
            Event::PlanClosed { plan, end } => self.close(plan, end)?,
            Event::OrderIntended { order, plan, leg, wish, id, body } => {
                self.plan_mut(plan)?;
                self.last_order = self.last_order.max(order.0);
                self.by_id.insert(id, order);
                let track = OrderTrack {
                    number: order,
                    id,
                    plan,
                    leg,
                    order: *wish,
                    body,
                    state: OrderState::InDoubt,
                    matched: domain::Shares::ZERO,
                    trades: std::collections::BTreeMap::new(),
                    created_at: at,
                    cancel_asked_at: None,
                    ended_at: None,
                    posts: 1,
                    posted_at: at,
                };
                self.orders.insert(order, track);
            }
            Event::OrderStands { order, delayed, matched } => {
                let track = self.order_mut(order)?;
                track.state = if delayed { OrderState::Delayed } else { OrderState::Live };
                track.matched = track.matched.max(matched);
            }
            Event::CancelAsked { order } => self.order_mut(order)?.cancel_asked_at = Some(at),
            Event::OrderEnded { order, cause, matched } => {
                let track = self.order_mut(order)?;
                track.state = OrderState::Ended { cause };
                track.matched = track.matched.max(matched);
                track.ended_at.get_or_insert(at);
                let plan = track.plan;
                self.count_spending(plan)?;
            }
            Event::TradeSeen { .. } => return self.trade(&recorded.event, at),
            Event::TaskIntended { task, plan, strategy, wish } => {
                let track = TaskTrack {
                    number: task,
                    plan,
                    strategy,
                    task: *wish,
                    state: TaskState::Intended,
                    prepared: None,
                    reference: None,
                    created_at: at,
                    ended_at: None,
                };
                return self.intend(track);
            }
            Event::TaskPrepared { task, prepared, reference } => {
                let track = self.task_mut(task)?;
                track.state = TaskState::Prepared;
                track.prepared = Some(prepared);
                track.reference = Some(reference);
            }
            Event::TaskMined { task, in_block } => {
                self.task_mut(task)?.state =
                    if in_block { TaskState::Mined } else { TaskState::Prepared };
            }
            Event::TaskConfirmed { task } => return self.conclude(task, TaskState::Confirmed, at),
            Event::TaskFailed { task, why } => {
                return self.conclude(task, TaskState::Failed { why }, at);
            }
            Event::CashMoved { amount, .. } => {
                let entry = if amount.is_positive() {
                    self.ledger.deposit(Deposit::Cash(amount), at)?
                } else {
                    self.ledger.withdraw(Quantity::Cash(-amount), at)?
                };
                self.risk.note_transfer(amount);
                return Ok(vec![entry]);
            }
            Event::Accepted { acceptance, why, .. } => {
                return Ok(self.accept(acceptance, &why, at)?);
            }
            Event::MarketResolved { condition, tokens, payouts } => {
                self.resolutions.insert(condition, Resolution { tokens, payouts });
            }
            Event::EquityMarked { equity } => self.risk.note_equity(at, equity),
            Event::Halted { halt, .. } => {
                self.risk.halt(halt);
            }
            Event::Resumed { peak, .. } => {
                self.risk.resume();
                if let Some(peak) = peak {
                    self.risk.reset_peak(peak);
                }
            }
            Event::Opened { purse } => self.purse = Some(purse),
            Event::LimitsSet { limits, .. } => {
                self.risk.set_limits(*limits)?;
            }
            Event::Locked { lock, .. } => {
                self.risk.lock(lock)?;
            }
            Event::Unlocked { lock, .. } => {
                self.risk.unlock(lock);
            }
            Event::StrategySet { strategy, state, .. } => {
                self.strategies.insert(strategy, state);
            }
        }
        Ok(Vec::new())
    }

    fn plan_mut(&mut self, plan: PlanNumber) -> Result<&mut Plan, ApplyError> {
        self.plans.get_mut(&plan).ok_or(ApplyError::UnknownPlan(plan))
    }
    pub(super) fn order_mut(&mut self, order: OrderNumber) -> Result<&mut OrderTrack, ApplyError> {
        let (orders, retired) = (&mut self.orders, &mut self.retired);
        orders
            .get_mut(&order)
            .or_else(|| retired.get_mut(&order))
            .ok_or(ApplyError::UnknownOrder(order))
    }
    fn task_mut(&mut self, task: TaskNumber) -> Result<&mut TaskTrack, ApplyError> {
        self.tasks.get_mut(&task).ok_or(ApplyError::UnknownTask(task))
    }

    fn open(&mut self, plan: PlanNumber, signal: Signal, at: UnixMillis) -> Result<(), ApplyError> {
        self.risk.reserve(ReservationId(plan.0), &signal, at)?;
        self.last_plan = self.last_plan.max(plan.0);
        let orders = signal.orders().map(|order| &order.market);
        let tasks = signal.tasks().flat_map(|task| &task.markets);
        for market in orders.chain(tasks) {
            for token in market.tokens {
                self.homes.insert(token, Home { market: market.clone() });
            }
        }
        let phase = Phase::Before { stage: 0 };
        self.plans.insert(plan, Plan { number: plan, signal, opened_at: at, phase, moved_at: at });
        Ok(())
    }

    fn close(&mut self, number: PlanNumber, end: PlanEnd) -> Result<(), ApplyError> {
        let plan = self.plans.get(&number).ok_or(ApplyError::UnknownPlan(number))?;
        let (strategy, worst) = (plan.signal.strategy.clone(), plan.signal.certificate.leg_missing);
        self.risk.release(ReservationId(number.0))?;
        if let Some(plan) = self.plans.remove(&number) {
            keep_last(&mut self.closed, number, plan);
        }
        let (orders, rest) = std::mem::take(&mut self.orders)
            .into_iter()
            .partition(|(_, order)| order.plan == number);
        self.orders = rest;
        self.retire(orders);
        let over = |task: &TaskTrack| task.plan == Some(number) && task.is_ended();
        let (over, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.tasks).into_iter().partition(|(_, task)| over(task));
        self.tasks = rest.into_iter().collect();
        for (task, track) in over {
            keep_last(&mut self.done, task, track);
        }
        if end.verdict != Verdict::Nothing {
            // Sets pay a dollar each for sure; a leftover is counted as nothing.
            let sets = end.kept.values().min().map_or(domain::Usd::ZERO, |sets| sets.at_one());
            let result = end.cash + sets;
            self.breaches.plans += 1;
            if result < worst {
                self.breaches.breached += 1;
                self.breaches.amount += worst - result;
            }
        }
        let mut shares = end.kept;
        for (token, left) in end.left {
            *shares.entry(token).or_default() += left;
        }
        if !shares.is_empty() {
            let cost = (-end.cash).max(domain::Usd::ZERO);
            self.kept.insert(number, Kept { strategy, cost, shares });
        }
        self.forget_given_up();
        Ok(())
    }

    /// What was kept on purpose and is held no more binds no budget.
    fn forget_given_up(&mut self) {
        let ledger = &self.ledger;
        self.kept.retain(|_, kept| {
            kept.shares.keys().any(|token| ledger.position(*token).settled.is_positive())
        });
    }

    fn trade(&mut self, event: &Event, at: UnixMillis) -> Result<Vec<Entry>, ApplyError> {
        let Event::TradeSeen {
            order,
            trade,
            size,
            price,
            value,
            fee,
            liquidity,
            state,
            matched_at,
        } = event
        else {
            return Ok(Vec::new());
        };
        let track = self.order_of(*order).ok_or(ApplyError::UnknownOrder(*order))?;
        let strategy = self.strategy_of(track.plan);
        let market = &track.order.market;
        let report = TradeReport {
            trade: trade.clone(),
            order: track.id,
            token: track.order.terms.token,
            side: track.order.terms.side,
            size: *size,
            price: *price,
            value: *value,
            fee: *fee,
            liquidity: *liquidity,
            state: *state,
            matched_at: *matched_at,
            at,
            tag: Self::tag(&strategy, Some(market)),
        };
        let plan = track.plan;
        // The order lists every match that was ever booked for it. What it does not list was not
        // booked, however old it is.
        let entries = if track.trades.contains_key(trade) {
            self.ledger.record_trade(&report)?
        } else {
            self.ledger.record_trade_not_in_store(&report)?
        };
        let track = self.order_mut(*order)?;
        let (size, value, fee, state) = (*size, *value, *fee, *state);
        track.trades.insert(trade.clone(), TradeTrack { size, value, fee, state });
        track.matched = track.matched.max(track.seen());
        self.count_spending(plan)?;
        Ok(entries)
    }

    fn strategy_of(&self, plan: PlanNumber) -> crate::signal::StrategyName {
        let known = self.plan(plan).map(|plan| plan.signal.strategy.clone());
        known.unwrap_or_else(crate::signal::StrategyName::manual)
    }

    fn intend(&mut self, track: TaskTrack) -> Result<Vec<Entry>, ApplyError> {
        if let Some(plan) = track.plan {
            self.plan_mut(plan)?;
        }
        let entries =
            self.ledger.record_chain(&report(&track, ChainState::Submitted, track.created_at))?;
        self.last_task = self.last_task.max(track.number.0);
        for market in &track.task.markets {
            for token in market.tokens {
                self.homes.insert(token, Home { market: market.clone() });
            }
        }
        let plan = track.plan;
        self.tasks.insert(track.number, track);
        if let Some(plan) = plan {
            self.count_spending(plan)?;
        }
        Ok(entries)
    }

    fn conclude(
        &mut self,
        task: TaskNumber,
        state: TaskState,
        at: UnixMillis,
    ) -> Result<Vec<Entry>, ApplyError> {
        let track = self.tasks.get(&task).ok_or(ApplyError::UnknownTask(task))?;
        let told = match state {
            TaskState::Confirmed => ChainState::Confirmed,
            _ => ChainState::Failed,
        };
        let report = report(track, told, at);
        let worth = self.worth_to_owner(&report);
        let entries = self.ledger.record_chain(&report)?;
        // What the owner took out is no loss.
        self.risk.note_transfer(self.worth_to_owner(&report) - worth);
        let track = self.task_mut(task)?;
        track.state = state;
        track.ended_at = Some(at);
        let (plan, kind, done) = (track.plan, track.task.kind, track.is_done());
        let conditions: Vec<_> = track.task.markets.iter().map(|market| market.condition).collect();
        if plan.is_none()
            && let Some(track) = self.tasks.remove(&task)
        {
            keep_last(&mut self.done, task, track);
        }
        if kind == ChainActionKind::Redeem && done {
            let ledger = &self.ledger;
            self.resolutions.retain(|condition, resolution| {
                let held = |token: &_| ledger.position(*token).settled.is_positive();
                !conditions.contains(condition) || resolution.tokens.iter().any(held)
            });
            self.forget_given_up();
        }
        if let Some(plan) = plan {
            self.count_spending(plan)?;
        }
        Ok(entries)
    }

    /// Dollars, and the cost of the shares, that a transfer is about; nothing of what is no transfer.
    fn worth_to_owner(&self, report: &ChainReport) -> domain::Usd {
        if report.with == Counterparty::Contracts {
            return domain::Usd::ZERO;
        }
        let shares = report.effect.shares.iter();
        let cost: domain::Usd = shares.map(|(token, _)| self.ledger.position(*token).cost).sum();
        self.ledger.cash().settled + cost
    }

    /// Turns what a plan has spent in each market from a reservation into a cost.
    fn count_spending(&mut self, plan: PlanNumber) -> Result<(), ApplyError> {
        let Some(open) = self.plans.get(&plan) else { return Ok(()) };
        let mut spent: std::collections::BTreeMap<_, domain::Usd> =
            open.signal.exposure.iter().map(|it| (it.condition, domain::Usd::ZERO)).collect();
        for order in self.orders.values().filter(|order| order.plan == plan) {
            if order.order.terms.side == domain::Side::Buy {
                *spent.entry(order.order.market.condition).or_default() -= order.cash();
            }
        }
        let alive = |task: &&TaskTrack| {
            task.plan == Some(plan) && !matches!(task.state, TaskState::Failed { .. })
        };
        for task in self.tasks.values().filter(alive) {
            if let (ChainActionKind::Split, Some(market)) =
                (task.task.kind, task.task.markets.first())
            {
                *spent.entry(market.condition).or_default() -= task.task.effect.cash;
            }
        }
        let id = ReservationId(plan.0);
        for (condition, spent) in spent {
            self.risk.convert(id, &condition, spent.max(domain::Usd::ZERO))?;
        }
        Ok(())
    }

    /// A plan with its orders and tasks, for whoever decides about it.
    pub(super) fn with_view<T>(
        &self,
        plan: PlanNumber,
        look: impl FnOnce(&PlanView<'_>) -> T,
    ) -> Option<T> {
        let plan = self.plans.get(&plan)?;
        let orders: Vec<&OrderTrack> =
            self.orders.values().filter(|order| order.plan == plan.number).collect();
        let tasks: Vec<&TaskTrack> =
            self.tasks.values().filter(|task| task.plan == Some(plan.number)).collect();
        let free = if is_by_hand(&plan.signal) { self.free_for(plan) } else { BTreeMap::new() };
        Some(look(&PlanView { plan, orders: &orders, tasks: &tasks, free: &free }))
    }

    /// Settled shares of the tokens that a plan by hand names, less what is promised, held by
    /// another plan, or offered by another one by hand.
    fn free_for(&self, plan: &Plan) -> BTreeMap<TokenId, Shares> {
        let orders = plan.signal.orders().map(|order| order.terms.token);
        let tasks = plan.signal.tasks().flat_map(|task| &task.markets);
        let tokens = orders.chain(tasks.flat_map(|market| market.tokens));
        let mut free: BTreeMap<TokenId, Shares> =
            tokens.map(|token| (token, self.ledger.sellable(token))).collect();
        let mut take = |token: &TokenId, shares: Shares| {
            if let Some(free) = free.get_mut(token) {
                *free = (*free - shares).max(Shares::ZERO);
            }
        };
        for other in self.plans.values().filter(|other| other.number != plan.number) {
            if is_by_hand(&other.signal) {
                let offers = self.orders.values().filter(|order| order.plan == other.number);
                for order in offers.filter(|order| order.order.terms.side == Side::Sell) {
                    take(&order.order.terms.token, order.left());
                }
            } else {
                for (token, shares) in self.holdings(other.number) {
                    take(&token, shares);
                }
            }
        }
        free
    }
    /// What a plan holds by now.
    #[must_use]
    pub fn holdings(
        &self,
        plan: PlanNumber,
    ) -> std::collections::BTreeMap<domain::TokenId, domain::Shares> {
        self.with_view(plan, holdings_of).unwrap_or_default()
    }
}

/// Adds what is over, and forgets the oldest beyond the bound.
fn keep_last<K: Ord, V>(map: &mut std::collections::BTreeMap<K, V>, key: K, value: V) {
    map.insert(key, value);
    while map.len() > CLOSED_MAX {
        map.pop_first();
    }
}

fn report(track: &TaskTrack, state: ChainState, at: UnixMillis) -> ChainReport {
    ChainReport {
        task: track.number.to_string(),
        state,
        with: counterparty(&track.task),
        effect: track.task.effect.clone(),
        // Gas is paid in the chain's own coin, not in dollars of the wallet.
        cost: domain::Usd::ZERO,
        begun_at: track.created_at,
        at,
        tag: Desk::tag(&track.strategy, track.task.markets.first()),
    }
}

const fn counterparty(task: &ChainTask) -> Counterparty {
    match task.kind {
        ChainActionKind::Transfer => Counterparty::Owner { basis: domain::Usd::ZERO },
        ChainActionKind::Split
        | ChainActionKind::Merge
        | ChainActionKind::Convert
        | ChainActionKind::Redeem => Counterparty::Contracts,
    }
}
