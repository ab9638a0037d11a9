//! What people and rules order.

use domain::{Shares, Usd};

use super::Turn;
use crate::desk::effect::Effect;
use crate::desk::event::{Event, StrategyState};
use crate::desk::input::{Control, Origin, Reconciliation};
use crate::risk::{Halt, HaltCause, Lock, Reconciled, StrategyActivity};
use crate::signal::{ChainTask, StrategyName};
use crate::strategy::StrategySettings;

impl Turn<'_> {
    pub(super) fn reconciled(&mut self, result: Reconciliation) {
        match result {
            Reconciliation::Agrees => {
                self.dealer.reconciled = Reconciled::Yes;
                let plans: Vec<_> = self.desk().plans.keys().copied().collect();
                for plan in plans {
                    self.advance(plan);
                }
            }
            Reconciliation::Differs { differences } => {
                self.dealer.reconciled = Reconciled::No;
                let text = differences.join("; ");
                let halt = Halt { cause: HaltCause::Reconciliation, text, at: self.now() };
                self.halt(halt, Origin("reconciliation".to_owned()));
            }
        }
    }

    /// The desk and the world, or the desk and itself, do not fit: nothing more is risked.
    pub(super) fn fail(&mut self, text: &str) {
        let halt = Halt { cause: HaltCause::Internal, text: text.to_owned(), at: self.now() };
        self.halt(halt, Origin("desk".to_owned()));
    }

    pub(super) fn halt(&mut self, halt: Halt, by: Origin) {
        let why = halt.text.trim_end_matches('.');
        let text = format!(
            "Trading is halted: {why}. Every resting order is being cancelled. Look into it, then resume."
        );
        let is_first = self.desk().risk.halted().is_none();
        if is_first {
            let recorded = Event::Halted { halt, by };
            // Nothing can refuse a halt.
            let _ = self.emit(recorded);
            self.notify("halted", text);
        }
        self.effect(Effect::CancelAll);
    }

    pub(super) fn ordered(&mut self, by: Origin, control: Control) {
        match control {
            Control::Halt { reason } => {
                let text = format!("{}: {reason}", by.0);
                self.halt(Halt { cause: HaltCause::Operator, text, at: self.now() }, by);
            }
            Control::Resume => {
                if let Some(halt) = self.desk().risk.halted() {
                    // Otherwise the same drawdown would halt trading again at once.
                    let is_drawdown = halt.cause == HaltCause::Drawdown;
                    let peak = is_drawdown.then(|| self.dealer.equity(self.env.quotes));
                    self.record(Event::Resumed { by, peak });
                }
                self.reconcile_after_resume();
            }
            Control::Open(purse) => {
                if self.desk().purse().is_none() {
                    self.record(Event::Opened { purse });
                }
            }
            Control::SetLimits(limits) => self.try_control(Event::LimitsSet { limits, by }),
            Control::Lock { scope, reason, until } => {
                let lock = Lock { scope, reason, since: self.now(), until };
                self.try_control(Event::Locked { lock, by });
            }
            Control::Unlock(lock) => self.record(Event::Unlocked { lock, by }),
            Control::Pause(name) => self.set_activity(name, StrategyActivity::Paused, by),
            Control::Unpause(name) => self.set_activity(name, StrategyActivity::Running, by),
            Control::Quarantine(name) => self.set_activity(name, StrategyActivity::Quarantined, by),
            Control::SetBudget(name, budget) => {
                let before = self.desk().strategy(&name);
                let settings = before.settings.map(|settings| StrategySettings {
                    budget_usd: budget.unwrap_or(settings.budget_usd),
                    ..settings
                });
                let state = StrategyState { budget, settings, ..before };
                self.record(Event::StrategySet { strategy: name, state, by });
            }
            Control::SetStrategy(name, settings) => {
                let budget = Some(settings.budget_usd);
                let before = self.desk().strategy(&name);
                let state = StrategyState { budget, settings: Some(*settings), ..before };
                self.record(Event::StrategySet { strategy: name, state, by });
            }
            Control::Fund(amount) => {
                if self.desk().ledger.last_entry() == 0 {
                    self.try_control(Event::CashMoved { amount, by });
                }
            }
            Control::Accept { acceptance, why } => {
                if self.desk().may_accept(&acceptance).is_ok() {
                    self.try_control(Event::Accepted { acceptance, why, by });
                }
            }
            Control::Transfer(amount) => self.try_control(Event::CashMoved { amount, by }),
            Control::Cancel(id) => {
                if let Some(number) = self.desk().by_id.get(&id).copied() {
                    self.cancel(number);
                }
            }
            Control::CancelAll => {
                let open: Vec<_> = self.desk().open_orders().map(|order| order.number).collect();
                for number in open {
                    self.record(Event::CancelAsked { order: number });
                }
                self.effect(Effect::CancelAll);
            }
            Control::Task(task) => self.begin_by_hand(*task),
        }
    }

    /// A person may take nothing that is promised to somebody else.
    fn begin_by_hand(&mut self, task: ChainTask) {
        let desk = self.desk();
        let reserved: Usd = desk.risk.reservations().values().map(|plan| plan.capital_left()).sum();
        let has_cash = desk.ledger.cash().free() - reserved + task.effect.cash >= Usd::ZERO;
        let has_shares = task.effect.shares.iter().all(|(token, change)| {
            let position = desk.ledger.position(*token);
            *change >= Shares::ZERO || position.settled - position.pending_out >= -*change
        });
        if task.effect.cash < Usd::ZERO && !has_cash || !has_shares {
            let text = "A transaction by hand was not begun: it takes more than is settled and \
                        promised to nobody. Wait for what is under way, or ask for less."
                .to_owned();
            return self.notify("task_not_begun", text);
        }
        self.begin_task(None, Some(StrategyName::manual()), task);
    }

    fn reconcile_after_resume(&mut self) {
        let plans: Vec<_> = self.desk().plans.keys().copied().collect();
        for plan in plans {
            self.advance(plan);
        }
    }

    fn set_activity(&mut self, strategy: StrategyName, activity: StrategyActivity, by: Origin) {
        let state = StrategyState { activity, ..self.desk().strategy(&strategy) };
        self.record(Event::StrategySet { strategy, state, by });
    }

    /// An order that may be refused; the refusal is told and changes nothing.
    fn try_control(&mut self, event: Event) {
        if let Err(error) = self.emit(event) {
            self.notify("order_refused", format!("Not done: {error}."));
        }
    }
}
