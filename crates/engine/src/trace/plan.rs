//! An approved wish on its way to settled money.

use std::collections::BTreeMap;

use domain::{Shares, Span, TraceId, UnixMillis, Usd};

use super::SpanName;
use super::opportunity::child;
use super::order::OrderStory;
use super::task::TaskStory;
use crate::desk::{OrderNumber, Phase, Plan, PlanEnd, PlanNumber, TaskNumber, Verdict};
use crate::signal::Signal;

/// Steps that a plan's span tells; those beyond are left out.
const STEPS_MAX: usize = 64;
/// Orders and transactions that are remembered of one plan; those beyond are not told.
const PARTS_MAX: usize = 512;

/// Whether the beginning was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// From the beginning.
    Whole,
    /// It was under way when this process began to listen.
    TakenUp,
}

/// What is known of a plan.
#[derive(Clone, Debug)]
pub(super) struct PlanStory {
    signal: Signal,
    opened_at: UnixMillis,
    heard: Heard,
    steps: Vec<(UnixMillis, Phase)>,
    pub(super) orders: BTreeMap<OrderNumber, OrderStory>,
    pub(super) tasks: BTreeMap<TaskNumber, TaskStory>,
    /// Since when the desk does not know it any more, although nobody told its end.
    pub(super) missing_since: Option<UnixMillis>,
}

impl PlanStory {
    pub(super) const fn new(signal: Signal, opened_at: UnixMillis) -> Self {
        Self {
            signal,
            opened_at,
            heard: Heard::Whole,
            steps: Vec::new(),
            orders: BTreeMap::new(),
            tasks: BTreeMap::new(),
            missing_since: None,
        }
    }
    /// Of a plan that was begun before anybody listened.
    pub(super) fn taken_up(plan: &Plan) -> Self {
        Self { heard: Heard::TakenUp, ..Self::new(plan.signal.clone(), plan.opened_at) }
    }
    /// Its beginning is told although it was taken up before: it was heard after all.
    pub(super) const fn heard_whole(&mut self) {
        self.heard = Heard::Whole;
    }
    pub(super) fn moved(&mut self, at: UnixMillis, phase: Phase) {
        if self.steps.len() < STEPS_MAX {
            self.steps.push((at, phase));
        }
    }
    pub(super) fn order(&mut self, number: OrderNumber, make: impl FnOnce() -> OrderStory) {
        if self.orders.len() < PARTS_MAX {
            self.orders.entry(number).or_insert_with(make);
        }
    }
    pub(super) fn task(&mut self, number: TaskNumber, make: impl FnOnce() -> TaskStory) {
        if self.tasks.len() < PARTS_MAX {
            self.tasks.entry(number).or_insert_with(make);
        }
    }
    pub(super) const fn signal(&self) -> &Signal {
        &self.signal
    }

    /// The plan with its parts; `end` is `None` where nobody told how it ended.
    pub(super) fn tell(
        &self,
        trace: TraceId,
        number: PlanNumber,
        end: Option<&PlanEnd>,
        at: UnixMillis,
    ) -> Vec<Span> {
        let span = self.whole(trace, number, end, at);
        let orders = self.orders.iter();
        let orders = orders.flat_map(|(order, story)| story.tell(trace, number, *order));
        let tasks = self.tasks.iter();
        let tasks = tasks.map(|(task, story)| story.tell(trace, SpanName::Plan(number), *task));
        std::iter::once(span).chain(orders).chain(tasks).collect()
    }

    fn whole(
        &self,
        trace: TraceId,
        number: PlanNumber,
        end: Option<&PlanEnd>,
        at: UnixMillis,
    ) -> Span {
        let (signal, certificate) = (&self.signal, self.signal.certificate);
        let names = child(trace, SpanName::Plan(number), SpanName::Opportunity);
        let span = Span::new(names, "plan", (self.opened_at, at))
            .with("dutchbook.plan", number.0)
            .with("dutchbook.signal.id", signal.id.as_str())
            .with("dutchbook.strategy", signal.strategy.as_str())
            .with("dutchbook.size_microshares", signal.size)
            .with("dutchbook.capital_microusd", signal.capital)
            .with("dutchbook.certificate.best_microusd", certificate.best)
            .with("dutchbook.certificate.leg_missing_microusd", certificate.leg_missing)
            .with("dutchbook.certificate.floor_microusd", certificate.floor)
            .with("dutchbook.orders", self.orders.len())
            .with("dutchbook.tasks", self.tasks.len())
            .with("dutchbook.taken_up", self.heard == Heard::TakenUp);
        let steps = self.steps.iter();
        let span = steps.fold(span, |span, (at, phase)| span.event(word(*phase), *at));
        let Some(end) = end else {
            return span.with("dutchbook.verdict", "unknown").failed("its end was not heard");
        };
        let left: Shares = end.left.values().copied().sum();
        let span = span
            .with("dutchbook.verdict", verdict(end.verdict))
            .with("dutchbook.pnl.cash_microusd", end.cash)
            .with("dutchbook.pnl.certain_microusd", certain(end))
            .with("dutchbook.kept_tokens", end.kept.len())
            .with("dutchbook.left_microshares", left)
            .event("settled", at);
        if end.verdict == Verdict::Unbalanced {
            return span.failed("shares are left that nobody took");
        }
        span
    }
}

/// Dollars that came in less those that went out, and a dollar for each complete set that is kept:
/// sets pay for sure, a leftover counts as nothing.
pub(super) fn certain(end: &PlanEnd) -> Usd {
    let sets = end.kept.values().min().map_or(Usd::ZERO, |sets| sets.at_one());
    end.cash.checked_add(sets).unwrap_or(end.cash)
}

pub(super) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Done => "done",
        Verdict::Nothing => "nothing",
        Verdict::Unbalanced => "unbalanced",
    }
}

const fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Before { .. } => "before_stage",
        Phase::Ordering { .. } => "ordering",
        Phase::Transacting { .. } => "transacting",
        Phase::Balancing { .. } => "balancing",
    }
}
