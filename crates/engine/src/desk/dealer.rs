//! Decides: an input comes in, events and effects come out.
//!
//! Nothing leaves before what was decided is written down: the caller keeps the effects back until
//! the events are durable. What the dealer remembers beside the desk (when it last asked for
//! something) is not written down; a restart asks again, which changes nothing.

mod additions;
mod control;
mod marks;
mod orders;
mod recover;
mod signals;
mod standing;
mod tasks;
mod time;
mod trades;
mod untold;

pub use recover::RecoverError;
use untold::Untold;

use std::collections::BTreeMap;

use domain::{ConditionId, DurationMillis, OrderId, UnixMillis};
use serde::{Deserialize, Serialize};

use super::apply::ApplyError;
use super::effect::{Effect, Notice};
use super::event::{Event, Recorded};
use super::input::Input;
use super::plan::{ExecutionSettings, Leave, Outlook, Quotes, Step, advance};
use super::{Desk, OrderNumber, PlanNumber, TaskNumber};
use crate::approval::Approved;
use crate::ledger::Entry;
use crate::risk::{Reconciled, VenueHold};
use crate::signal::PlannedOrder;
use marks::Marks;

/// An order ready to be sent: its name and its exact bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The venue's name of it.
    pub id: OrderId,
    /// The exact bytes.
    pub body: String,
}

/// Signs orders. Whatever chance is in a signature is its own.
pub trait Sign {
    /// Signs one order.
    ///
    /// # Errors
    /// Why it cannot be signed, in plain words. Nothing was sent.
    fn sign(
        &self,
        number: OrderNumber,
        order: &PlannedOrder,
        now: UnixMillis,
    ) -> Result<Signed, String>;
}

/// How the dealer deals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealerSettings {
    /// How plans are carried out.
    pub execution: ExecutionSettings,
    /// An order is posted again, the same bytes, while it is younger than this. Default 10 s.
    pub post_again_within: DurationMillis,
    /// So long after its last posting an order that the venue does not know cannot arrive any more.
    /// Default 60 s.
    pub arrival_max: DurationMillis,
    /// Between two questions about an order of which nothing is known. Default 2 s.
    pub doubt_interval: DurationMillis,
    /// An answer to a posting is waited for so long before the order is asked for. Default 12 s.
    pub answer_wait: DurationMillis,
    /// Between two questions about an order that rests. Default 10 s.
    pub live_interval: DurationMillis,
    /// Between two questions for the matches of a market. Default 3 s.
    pub trades_interval: DurationMillis,
    /// A transaction that is not heard of is taken up again after so long. Default 20 s.
    pub task_interval: DurationMillis,
    /// A redemption that failed is tried again after so long. Default 5 min.
    pub redeem_interval: DurationMillis,
    /// A market in which a plan left something behind is locked for so long. Default 15 min.
    pub lock_after_leftover: DurationMillis,
    /// The equity is written down no more often than this. Default 60 s.
    pub equity_interval: DurationMillis,
}

impl Default for DealerSettings {
    fn default() -> Self {
        Self {
            execution: ExecutionSettings::default(),
            post_again_within: DurationMillis(10_000),
            arrival_max: DurationMillis(60_000),
            doubt_interval: DurationMillis(2_000),
            answer_wait: DurationMillis(12_000),
            live_interval: DurationMillis(10_000),
            trades_interval: DurationMillis(3_000),
            task_interval: DurationMillis(20_000),
            redeem_interval: DurationMillis(300_000),
            lock_after_leftover: DurationMillis(900_000),
            equity_interval: DurationMillis(60_000),
        }
    }
}

/// What the world looks like at the moment of an input.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The time.
    pub now: UnixMillis,
    /// The best prices known.
    pub quotes: &'a dyn Quotes,
    /// Signs orders.
    pub signer: &'a dyn Sign,
    /// How to deal.
    pub settings: &'a DealerSettings,
}

/// What came of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// To be written down, in this order.
    pub events: Vec<Recorded>,
    /// What the ledger booked; part of what is written down.
    pub entries: Vec<Entry>,
    /// To be done once all of that is durable.
    pub effects: Vec<Effect>,
}

/// When something was last asked for. A restart forgets it and asks again.
#[derive(Clone, Debug, Default)]
struct Asked {
    orders: BTreeMap<OrderNumber, UnixMillis>,
    /// Since when the venue does not know an order that it had.
    missed: BTreeMap<OrderNumber, UnixMillis>,
    untold: Untold,
    trades: BTreeMap<ConditionId, UnixMillis>,
    tasks: BTreeMap<TaskNumber, UnixMillis>,
    redemptions: BTreeMap<ConditionId, UnixMillis>,
    equity: Option<UnixMillis>,
}

/// The desk with whoever deals at it.
#[derive(Clone, Debug)]
pub struct Dealer {
    desk: Desk,
    asked: Asked,
    marks: Marks,
    reconciled: Reconciled,
    /// What the venue does not take now. A restart forgets it; whoever asks the venue says it again.
    venue: Option<VenueHold>,
}

/// Plans take at most so many steps on one input: a bound, never reached by a plan that is sound.
const STEPS_MAX: usize = 32;

impl Dealer {
    /// At a desk as it is written down, which nobody has compared with the world yet: nothing new
    /// is begun until [`Input::Reconciled`] says that both agree.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            asked: Asked::default(),
            marks: Marks::default(),
            reconciled: Reconciled::No,
            venue: None,
        }
    }
    /// The desk.
    #[must_use]
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }
    /// Whether desk and world were compared and agree.
    #[must_use]
    pub const fn reconciled(&self) -> Reconciled {
        self.reconciled
    }

    /// Takes one input in.
    pub fn handle(&mut self, input: Input, env: &Env<'_>) -> Outcome {
        let mut turn = Turn { dealer: self, env, outcome: Outcome::default() };
        match input {
            Input::Raise { signal, gates } => turn.raise(*signal, gates),
            Input::Posted(order, answer) => turn.posted(order, answer),
            Input::CancelAnswered(order, answer) => turn.cancel_answered(order, answer),
            Input::Sighted(sight) => turn.sighted(&sight),
            Input::NotFound(order) => turn.not_found(order),
            Input::Traded(sight) => turn.traded(sight),
            Input::Task(task, sight) => turn.task(task, sight),
            Input::Resolved { condition, tokens, payouts } => {
                turn.resolved(condition, tokens, payouts);
            }
            Input::Reconciled(result) => turn.reconciled(result),
            Input::VenueHeld(hold) => turn.dealer.venue = hold,
            Input::Ordered(origin, control) => turn.ordered(origin, control),
            Input::Tick => turn.tick(),
        }
        turn.outcome
    }
}

/// One input on its way.
struct Turn<'a> {
    dealer: &'a mut Dealer,
    env: &'a Env<'a>,
    outcome: Outcome,
}

impl Turn<'_> {
    fn desk(&self) -> &Desk {
        &self.dealer.desk
    }
    const fn now(&self) -> UnixMillis {
        self.env.now
    }
    /// Lets something happen: the desk takes it in, and it will be written down.
    fn emit(&mut self, event: Event) -> Result<(), ApplyError> {
        let recorded = Recorded { at: self.env.now, event };
        let entries = self.dealer.desk.apply(&recorded)?;
        self.outcome.events.push(recorded);
        self.outcome.entries.extend(entries);
        Ok(())
    }
    /// The same for what cannot be refused unless the program is wrong; then trading stops.
    fn record(&mut self, event: Event) {
        if let Err(error) = self.emit(event) {
            self.fail(&format!("an event does not fit the desk: {error}"));
        }
    }
    fn effect(&mut self, effect: Effect) {
        self.outcome.effects.push(effect);
    }
    fn notify(&mut self, code: &'static str, text: String) {
        let at = self.now();
        self.effect(Effect::Notify(Notice { at, code, text }));
    }

    /// Lets a plan go on as far as it can now.
    fn advance(&mut self, plan: PlanNumber) {
        for _ in 0..STEPS_MAX {
            let steps = self.steps(plan);
            if steps.is_empty() {
                return;
            }
            for step in self.within_limits(plan, steps) {
                self.carry_out(plan, step);
            }
        }
        self.fail(&format!("plan {plan} does not come to rest"));
    }

    fn steps(&self, plan: PlanNumber) -> Vec<Step> {
        let may_act =
            self.dealer.reconciled == Reconciled::Yes && self.desk().risk.halted().is_none();
        let outlook = Outlook {
            now: self.env.now,
            quotes: self.env.quotes,
            settings: &self.env.settings.execution,
            venue: self.dealer.venue.as_ref(),
            given_up: self.dealer.asked.untold.given_up(),
            leave: if may_act { Leave::Act } else { Leave::CancelOnly },
        };
        self.desk().with_view(plan, |view| advance(view, &outlook)).unwrap_or_default()
    }

    fn carry_out(&mut self, plan: PlanNumber, step: Step) {
        match step {
            Step::Enter(phase) => self.record(Event::PlanMoved { plan, phase }),
            Step::Place { leg, order } => self.place(plan, leg, order),
            Step::Cancel(order) => self.cancel(order),
            Step::Start(task) => self.begin_task(Some(plan), None, task),
            Step::Close(end) => self.close_plan(plan, end),
        }
    }

    /// Sends an order again or for the first time; the bytes are those that are written down.
    fn post(&mut self, number: OrderNumber) {
        let Some(order) = self.desk().orders.get(&number) else { return };
        let signed = super::effect::SignedOrder {
            number,
            id: order.id,
            body: order.body.clone(),
            decided_at: self.now(),
        };
        self.effect(Effect::Post(Approved::new(signed)));
    }
}
