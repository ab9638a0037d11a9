//! What is done because time passes: questions, repetitions, marks of the equity, halts.

use domain::{ConditionId, DurationMillis, UnixMillis};

use super::Turn;
use crate::desk::event::Event;
use crate::desk::input::Origin;
use crate::desk::order_track::OrderState;
use crate::desk::task_track::TaskState;
use crate::desk::{OrderNumber, PlanNumber, TaskNumber};
use crate::risk::Halt;
use crate::signal::StrategyName;

impl Turn<'_> {
    pub(super) fn tick(&mut self) {
        let super::Dealer { desk, marks, .. } = &mut *self.dealer;
        marks.look(desk, self.env.quotes);
        self.mark_equity();
        self.halt_if_needed();
        self.ask_for_orders();
        self.ask_for_trades();
        self.ask_for_tasks();
        self.redeem();
        self.give_up_untold();
        let plans: Vec<PlanNumber> = self.desk().plans.keys().copied().collect();
        for plan in plans {
            self.advance(plan);
        }
        self.forget();
    }

    /// Writes the equity down now and then, so that the day's start and the peak survive a restart.
    fn mark_equity(&mut self) {
        let now = self.now();
        let marked = self.dealer.asked.equity;
        if marked.is_some_and(|at| now.since(at) < self.env.settings.equity_interval) {
            return;
        }
        if self.dealer.reconciled == crate::risk::Reconciled::No {
            return;
        }
        self.dealer.asked.equity = Some(now);
        let equity = self.dealer.equity(self.env.quotes);
        self.record(Event::EquityMarked { equity });
    }

    fn halt_if_needed(&mut self) {
        if self.desk().risk.halted().is_some() {
            return;
        }
        let must = {
            let standing_of = self.standing();
            let nobody = StrategyName::manual();
            let standing = standing_of.of(&nobody);
            self.desk().risk.must_halt(&standing)
        };
        if let Some((cause, gate)) = must {
            let text = gate.to_string();
            self.halt(Halt { cause, text, at: self.now() }, Origin("risk".to_owned()));
        }
    }

    fn ask_for_orders(&mut self) {
        let settings = self.env.settings;
        let due = |number: &OrderNumber, since: UnixMillis, interval: DurationMillis| {
            let last = self.dealer.asked.orders.get(number).copied().unwrap_or(since);
            self.now().since(last) >= interval
        };
        let mut wanted = Vec::new();
        for order in self.desk().open_orders() {
            let is_due = match order.state {
                OrderState::InDoubt => {
                    let asked_before = self.dealer.asked.orders.contains_key(&order.number);
                    let wait =
                        if asked_before { settings.doubt_interval } else { settings.answer_wait };
                    due(&order.number, order.posted_at, wait)
                }
                OrderState::Delayed => {
                    due(&order.number, order.created_at, settings.doubt_interval)
                }
                OrderState::Live => due(&order.number, order.created_at, settings.live_interval),
                OrderState::Ended { .. } => false,
            };
            if is_due {
                wanted.push(order.number);
            }
        }
        for number in wanted {
            self.look_up(number);
        }
    }

    fn ask_for_trades(&mut self) {
        let unsettled: Vec<OrderNumber> = self
            .desk()
            .orders
            .values()
            .filter(|order| order.is_untold() || order.trades.values().any(|t| !t.state.is_final()))
            .map(|order| order.number)
            .collect();
        for number in unsettled {
            self.read_trades(number);
        }
    }

    fn ask_for_tasks(&mut self) {
        self.prepare_next();
        let now = self.now();
        let silent: Vec<TaskNumber> = self
            .desk()
            .tasks
            .values()
            .filter(|task| matches!(task.state, TaskState::Prepared | TaskState::Mined))
            .filter(|task| {
                let asked = self.dealer.asked.tasks.get(&task.number);
                asked.is_none_or(|at| now.since(*at) >= self.env.settings.task_interval)
            })
            .map(|task| task.number)
            .collect();
        for number in silent {
            self.submit(number);
        }
    }

    /// Questions about things that are over are not remembered.
    fn forget(&mut self) {
        let super::Dealer { desk, asked, .. } = &mut *self.dealer;
        asked.orders.retain(|number, _| desk.orders.contains_key(number));
        asked.missed.retain(|number, _| desk.orders.contains_key(number));
        asked.tasks.retain(|number, _| desk.tasks.contains_key(number));
        asked.redemptions.retain(|condition, _| desk.resolutions.contains_key(condition));
        let markets: std::collections::BTreeSet<ConditionId> =
            desk.orders.values().map(|order| order.order.market.condition).collect();
        asked.trades.retain(|condition, _| markets.contains(condition));
    }
}
