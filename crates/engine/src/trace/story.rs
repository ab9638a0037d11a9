//! One opportunity, from its first sight to the end of what it led to.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Span, SpanText, TraceId, UnixMillis, Usd};

use super::opportunity::{decide, examine, figures, frame, pass, place};
use super::plan::{PlanStory, certain, verdict};
use super::{FrameTimes, SpanName, trace_of};
use crate::desk::{DecisionMade, PlanEnd, PlanNumber, Verdict};
use crate::opportunity::{OpportunityId, OpportunityRecord};
use crate::signal::SignalId;
use crate::strategy::Passed;

/// Changes of one opportunity that are told with frame and examination; the others are counted.
const CHANGES_TOLD_MAX: u32 = 4;
/// Decisions about one opportunity, and reasons why nothing was wished, that are told.
const DECISIONS_MAX: usize = 16;

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It was seen.
    Seen,
    /// A strategy looked at it and wished nothing.
    Passed,
    /// It was wished for, and refused.
    Refused,
    /// It was approved.
    Traded,
}

impl Standing {
    const fn code(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Passed => "passed",
            Self::Refused => "refused",
            Self::Traded => "traded",
        }
    }
}

/// What became of its plans that are over.
#[derive(Clone, Copy, Debug, Default)]
struct Results {
    plans: u64,
    cash: Usd,
    certain: Usd,
    worst: Option<Verdict>,
    last_at: Option<UnixMillis>,
}

/// An opportunity and what it led to.
#[derive(Clone, Debug)]
pub(super) struct Story {
    id: OpportunityId,
    pub(super) trace: TraceId,
    pub(super) began_at: UnixMillis,
    pub(super) standing: Standing,
    title: Option<SpanText>,
    last: Option<Arc<OpportunityRecord>>,
    changes: u32,
    decisions: Vec<Arc<DecisionMade>>,
    decided: usize,
    closed: Option<(UnixMillis, &'static str)>,
    pub(super) plans: BTreeMap<PlanNumber, PlanStory>,
    results: Results,
    /// Spans that are told only if it is traded, or chosen.
    held: Vec<Span>,
    /// When something was last heard of it.
    pub(super) heard_at: UnixMillis,
}

impl Story {
    pub(super) fn new(id: OpportunityId, now: UnixMillis) -> Self {
        Self {
            trace: trace_of(&id),
            began_at: id.since,
            id,
            standing: Standing::Seen,
            title: None,
            last: None,
            changes: 0,
            decisions: Vec::new(),
            decided: 0,
            closed: None,
            plans: BTreeMap::new(),
            results: Results::default(),
            held: Vec::new(),
            heard_at: now,
        }
    }

    /// It opened, changed or closed. The same again changes nothing.
    pub(super) fn saw(
        &mut self,
        record: &Arc<OpportunityRecord>,
        times: Option<&FrameTimes>,
        title: Option<&str>,
    ) {
        if self.last.as_ref().is_some_and(|last| last.revision >= record.revision) {
            return;
        }
        if self.title.is_none() {
            self.title = title.map(SpanText::new);
        }
        self.last = Some(Arc::clone(record));
        if let Some((at, why)) = record.closed {
            self.closed = Some((at, why.code()));
            return;
        }
        self.changes += 1;
        if self.changes > CHANGES_TOLD_MAX {
            return;
        }
        if let Some(times) = times {
            self.began_at = self.began_at.min(times.received_at);
            self.held.push(frame(self.trace, record, times));
        }
        self.held.push(examine(self.trace, record, times));
    }

    /// Why a strategy wished nothing.
    pub(super) fn passed(&mut self, passed: &Passed) {
        if self.decided < DECISIONS_MAX {
            self.decided += 1;
            self.standing = self.standing.max(Standing::Passed);
            self.results.last_at = self.results.last_at.max(Some(passed.at));
            self.held.push(pass(self.trace, passed));
        }
    }

    /// What was decided about a wish. An approval is told with the plan, which says since when.
    pub(super) fn decided(&mut self, made: &Arc<DecisionMade>) {
        if self.decided >= DECISIONS_MAX {
            return;
        }
        self.decided += 1;
        self.results.last_at = self.results.last_at.max(Some(made.at));
        if made.plan.is_some() {
            self.decisions.push(Arc::clone(made));
        } else {
            self.standing = self.standing.max(Standing::Refused);
            self.held.push(decide(self.trace, made, None));
        }
    }

    /// An approved wish begins to be carried out.
    pub(super) fn opened(&mut self, number: PlanNumber, plan: PlanStory) {
        self.standing = Standing::Traded;
        let (signal, raised_at) = (plan.signal().id.clone(), plan.signal().raised_at);
        self.tell_approval(&signal, Some(raised_at));
        self.plans.insert(number, plan);
    }

    fn tell_approval(&mut self, signal: &SignalId, raised_at: Option<UnixMillis>) {
        if let Some(at) = self.decisions.iter().position(|made| made.signal == *signal) {
            let made = self.decisions.remove(at);
            self.held.push(decide(self.trace, &made, raised_at));
        }
    }

    /// A plan is over; `end` is `None` where nobody told how.
    pub(super) fn over(&mut self, number: PlanNumber, end: Option<&PlanEnd>, at: UnixMillis) {
        let Some(plan) = self.plans.remove(&number) else { return };
        self.held.extend(plan.tell(self.trace, number, end, at));
        let results = &mut self.results;
        results.plans += 1;
        results.last_at = results.last_at.max(Some(at));
        let Some(end) = end else { return };
        results.cash += end.cash;
        results.certain += certain(end);
        results.worst = match (results.worst, end.verdict) {
            (Some(Verdict::Unbalanced), _) | (_, Verdict::Unbalanced) => Some(Verdict::Unbalanced),
            (Some(Verdict::Done), _) | (_, Verdict::Done) => Some(Verdict::Done),
            _ => Some(Verdict::Nothing),
        };
    }

    /// What is known for good by now.
    pub(super) fn take_held(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.held)
    }
    pub(super) const fn is_closed(&self) -> bool {
        self.closed.is_some()
    }
    /// Nobody will say any more how the opportunity itself ended.
    pub(super) fn lost_sight(&mut self, at: UnixMillis) {
        self.closed.get_or_insert((at, "lost_sight"));
    }

    /// The whole life, and whatever was held back.
    pub(super) fn finish(mut self) -> Vec<Span> {
        for made in std::mem::take(&mut self.decisions) {
            self.held.push(decide(self.trace, &made, None));
        }
        let mut spans = self.take_held();
        spans.push(self.whole());
        spans
    }

    fn whole(&self) -> Span {
        let closed_at = self.closed.map(|(at, _)| at);
        let seen_at = self.last.as_ref().map(|last| last.seen_at);
        let ended_at = closed_at.or(seen_at).max(self.results.last_at).unwrap_or(self.began_at);
        let names = (self.trace, SpanName::Opportunity.within(self.trace), None);
        let span = Span::new(names, "opportunity", (self.began_at, ended_at))
            .with("dutchbook.opportunity.id", &self.id.to_string())
            .with("dutchbook.kind", self.id.kind.code())
            .with("dutchbook.standing", self.standing.code())
            .with_some("dutchbook.title", self.title.clone())
            .with("dutchbook.changes", self.changes)
            .with_some("dutchbook.closed_because", self.closed.map(|(_, why)| why));
        let span = place(span, &self.id.subject).event("found", self.id.since);
        let span = closed_at.into_iter().fold(span, |span, at| span.event("closed", at));
        let span = self.last.iter().fold(span, |span, last| figures(span, &last.opportunity));
        if self.results.plans == 0 {
            return span;
        }
        let span = span
            .with("dutchbook.plans", self.results.plans)
            .with("dutchbook.pnl.cash_microusd", self.results.cash)
            .with("dutchbook.pnl.certain_microusd", self.results.certain)
            .with_some("dutchbook.verdict", self.results.worst.map(verdict));
        match self.results.worst {
            Some(Verdict::Unbalanced) => span.failed("shares are left that nobody took"),
            Some(_) => span,
            None => span.failed("its end was not heard"),
        }
    }
}
