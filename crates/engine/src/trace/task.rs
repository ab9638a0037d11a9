//! One transaction, from the moment it is decided to its last confirmation.

use domain::{Span, SpanKind, TraceId, UnixMillis};

use super::SpanName;
use super::opportunity::child;
use crate::desk::{TaskNumber, TaskTrack};
use crate::opportunity::ChainActionKind;
use crate::signal::ChainTask;

/// Moments that are told of one transaction: a chain may forget a block again and again.
const MOMENTS_MAX: usize = 16;

/// What is known of a transaction.
#[derive(Clone, Debug)]
pub(super) struct TaskStory {
    task: ChainTask,
    intended_at: UnixMillis,
    reference: Option<String>,
    moments: Vec<(UnixMillis, &'static str)>,
    end: Option<TaskEnd>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub(super) enum TaskEnd {
    /// What it promised has happened.
    Confirmed(UnixMillis),
    /// It never happens.
    Failed(UnixMillis, String),
}

impl TaskStory {
    pub(super) const fn new(task: ChainTask, intended_at: UnixMillis) -> Self {
        Self { task, intended_at, reference: None, moments: Vec::new(), end: None }
    }
    /// Of a transaction that was begun before anybody listened.
    pub(super) fn taken_up(track: &TaskTrack) -> Self {
        let reference = track.reference.clone();
        Self { reference, ..Self::new(track.task.clone(), track.created_at) }
    }
    pub(super) fn moment(&mut self, at: UnixMillis, name: &'static str) {
        if self.moments.len() < MOMENTS_MAX {
            self.moments.push((at, name));
        }
    }
    pub(super) fn prepared(&mut self, at: UnixMillis, reference: &str) {
        self.moment(at, "signed");
        self.reference = Some(reference.to_owned());
    }
    pub(super) fn ended(&mut self, end: TaskEnd) {
        self.end = Some(end);
    }

    /// The transaction, as a part of `parent`.
    pub(super) fn tell(&self, trace: TraceId, parent: SpanName<'_>, number: TaskNumber) -> Span {
        let last_at = self.moments.iter().map(|(at, _)| *at).max().unwrap_or(self.intended_at);
        let (ended_at, outcome) = match &self.end {
            Some(TaskEnd::Confirmed(at)) => (*at, "confirmed"),
            Some(TaskEnd::Failed(at, _)) => (*at, "failed"),
            None => (last_at, "open"),
        };
        let names = child(trace, SpanName::Transact(number), parent);
        let conditions = self.task.markets.iter().map(|market| market.condition.to_string());
        let span = Span::new(names, "transact", (self.intended_at, ended_at))
            .of_kind(SpanKind::Client)
            .with("dutchbook.task", number.0)
            .with("dutchbook.action", action(self.task.kind))
            .with("dutchbook.markets", domain::SpanValue::texts(conditions))
            .with("dutchbook.amount_microshares", self.task.amount)
            .with("dutchbook.chain_cost_microusd", self.task.cost)
            .with_some("dutchbook.reference", self.reference.as_deref())
            .with("dutchbook.outcome", outcome)
            .event("decided", self.intended_at);
        let span = self.moments.iter().fold(span, |span, (at, name)| span.event(name, *at));
        match &self.end {
            Some(TaskEnd::Confirmed(at)) => span.event("confirmed", *at),
            Some(TaskEnd::Failed(at, why)) => span.event("failed", *at).failed(why),
            None => span,
        }
    }
}

const fn action(kind: ChainActionKind) -> &'static str {
    match kind {
        ChainActionKind::Split => "split",
        ChainActionKind::Merge => "merge",
        ChainActionKind::Convert => "convert",
        ChainActionKind::Redeem => "redeem",
        ChainActionKind::Transfer => "transfer",
    }
}
