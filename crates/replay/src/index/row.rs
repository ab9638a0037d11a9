//! A decision in one line, with the names by which it is found.

use std::fmt;

use domain::{ConditionId, UnixMillis};
use engine::desk::{Event, OrderNumber, PlanNumber, PostAnswer, TaskNumber};
use engine::opportunity::{OpportunityId, Subject};
use engine::signal::SignalId;
use serde::{Deserialize, Serialize};

use crate::exhibit::{Act, Change, DeskExhibit, Exhibit, OpportunityShown, StrategyExhibit};
use crate::step::{Decision, Step};

/// Names and places of one row; more are left out.
const NAMES_MAX: usize = 32;
/// Characters of a row's text.
const TEXT_CHARS_MAX: usize = 200;

/// What a decision came to. Of several things in one step the first of these in the order of
/// [`RowKind::weight`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// The detector opened an opportunity.
    Opened,
    /// The detector changed one.
    Changed,
    /// The detector closed one.
    Closed,
    /// A strategy raised a wish.
    Raised,
    /// A strategy said why not.
    Passed,
    /// The desk approved a wish.
    Approved,
    /// The desk refused one.
    Refused,
    /// The desk decided about orders or transactions.
    Ordered,
    /// The desk saw a match of ours.
    Filled,
    /// Trading stopped.
    Halted,
    /// Trading went on.
    Resumed,
    /// Anything else that was written down.
    Noted,
}

impl RowKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Opened,
        Self::Changed,
        Self::Closed,
        Self::Raised,
        Self::Passed,
        Self::Approved,
        Self::Refused,
        Self::Ordered,
        Self::Filled,
        Self::Halted,
        Self::Resumed,
        Self::Noted,
    ];
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Changed => "changed",
            Self::Closed => "closed",
            Self::Raised => "raised",
            Self::Passed => "passed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Ordered => "ordered",
            Self::Filled => "filled",
            Self::Halted => "halted",
            Self::Resumed => "resumed",
            Self::Noted => "noted",
        }
    }
    /// By its name.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
    /// How far along the way from a price to a fill it is: a cause stands before its effect.
    #[must_use]
    pub const fn stage(self) -> u8 {
        match self {
            Self::Opened | Self::Changed | Self::Closed => 0,
            Self::Raised | Self::Passed => 1,
            Self::Approved | Self::Refused => 2,
            Self::Ordered => 3,
            Self::Filled => 4,
            Self::Halted | Self::Resumed | Self::Noted => 5,
        }
    }
    const fn weight(self) -> u8 {
        match self {
            Self::Halted => 0,
            Self::Resumed => 1,
            Self::Filled => 2,
            Self::Approved => 3,
            Self::Refused => 4,
            Self::Raised => 5,
            Self::Opened => 6,
            Self::Ordered => 7,
            Self::Passed => 8,
            Self::Changed => 9,
            Self::Closed => 10,
            Self::Noted => 11,
        }
    }
}

/// A name by which decisions hang together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// An opportunity.
    Opportunity(OpportunityId),
    /// A wish.
    Signal(SignalId),
    /// A plan.
    Plan(PlanNumber),
    /// An order.
    Order(OrderNumber),
    /// A transaction.
    Task(TaskNumber),
}

impl Key {
    /// A stable name of its kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Opportunity(_) => "opportunity",
            Self::Signal(_) => "signal",
            Self::Plan(_) => "plan",
            Self::Order(_) => "order",
            Self::Task(_) => "task",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opportunity(id) => fmt::Display::fmt(id, f),
            Self::Signal(id) => fmt::Display::fmt(id, f),
            Self::Plan(number) => fmt::Display::fmt(number, f),
            Self::Order(number) => fmt::Display::fmt(number, f),
            Self::Task(number) => fmt::Display::fmt(number, f),
        }
    }
}

/// A decision in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The record, counted over the session from 1.
    pub record: u64,
    /// When.
    pub at: UnixMillis,
    /// Who decided: `detector`, a strategy's name, `desk`.
    pub who: String,
    /// What it came to.
    pub kind: RowKind,
    /// In short.
    pub text: String,
    /// The names by which it hangs together with others.
    pub keys: Vec<Key>,
    /// Markets and groups that it is about.
    pub places: Vec<Subject>,
}

/// Whether a step can be a row, or says something else of its segment: most cannot, and are not read.
pub(super) fn may_matter(payload: &[u8]) -> bool {
    const STEPS: [&[u8]; 6] = [
        b"{\"looked\"",
        b"{\"expired\"",
        b"{\"sat\"",
        b"{\"dealt\"",
        b"{\"setup\"",
        b"{\"missing\"",
    ];
    STEPS.iter().any(|step| payload.starts_with(step))
}

impl Row {
    /// Of a step on which something was decided that says anything.
    pub(super) fn of(record: u64, at: UnixMillis, step: &Step) -> Option<Self> {
        let (who, decided) = decided(step)?;
        let mut seen = Seen::default();
        if let Some(what) = &decided.what {
            seen.exhibit(what);
        }
        if let Step::Dealt { input, .. } = step {
            seen.input(input);
        }
        let kind = seen.kinds.into_iter().min_by_key(|kind| kind.weight());
        let kind = kind.unwrap_or(RowKind::Noted);
        if kind == RowKind::Noted && decided.text.is_empty() {
            return None;
        }
        let text = decided.text.chars().take(TEXT_CHARS_MAX).collect();
        let (keys, places) = (seen.keys, seen.places);
        Some(Self { record, at, who: who.to_owned(), kind, text, keys, places })
    }
}

/// Who decided what on a step.
pub(crate) fn decided(step: &Step) -> Option<(&str, &Decision)> {
    match step {
        Step::Looked { decided, .. } | Step::Expired { decided } => {
            Some(("detector", decided.as_ref()?))
        }
        Step::Sat { strategy, decided, .. } => Some((strategy.as_str(), decided.as_ref()?)),
        Step::Dealt { decided, .. } => Some(("desk", decided.as_ref()?)),
        _ => None,
    }
}

#[derive(Default)]
struct Seen {
    kinds: Vec<RowKind>,
    keys: Vec<Key>,
    places: Vec<Subject>,
}

impl Seen {
    fn key(&mut self, key: Key) {
        if self.keys.len() < NAMES_MAX && !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }
    fn place(&mut self, place: Subject) {
        if self.places.len() < NAMES_MAX && !self.places.contains(&place) {
            self.places.push(place);
        }
    }
    fn market(&mut self, condition: ConditionId) {
        self.place(Subject::Market(condition));
    }
    fn opportunity(&mut self, id: &OpportunityId) {
        self.place(id.subject.clone());
        self.key(Key::Opportunity(id.clone()));
    }
    fn found(&mut self, of: &OpportunityShown) {
        self.opportunity(&of.id);
        of.legs.iter().for_each(|leg| self.market(leg.condition));
    }

    fn exhibit(&mut self, what: &Exhibit) {
        match what {
            Exhibit::Detector { changes } => {
                for change in changes {
                    self.change(change);
                }
            }
            Exhibit::Strategy(of) => self.strategy(of),
            Exhibit::Desk(of) => self.desk(of),
        }
    }
    fn change(&mut self, change: &Change) {
        match change {
            Change::Opened(of) => {
                self.kinds.push(RowKind::Opened);
                self.found(of);
            }
            Change::Changed(of) => {
                self.kinds.push(RowKind::Changed);
                self.found(of);
            }
            Change::Closed { id, .. } => {
                self.kinds.push(RowKind::Closed);
                self.opportunity(id);
            }
        }
    }
    fn strategy(&mut self, of: &StrategyExhibit) {
        of.opportunity.iter().for_each(|of| self.found(of));
        for act in &of.acts {
            match act {
                Act::Raised { signal, .. } => {
                    self.kinds.push(RowKind::Raised);
                    self.key(Key::Signal(signal.id.clone()));
                    signal.opportunity.iter().for_each(|id| self.opportunity(id));
                    self.place(signal.subject.clone());
                }
                Act::Passed(passed) => {
                    self.kinds.push(RowKind::Passed);
                    passed.of.opportunity().into_iter().for_each(|id| self.opportunity(id));
                }
            }
        }
    }
    fn desk(&mut self, of: &DeskExhibit) {
        for decision in &of.decisions {
            let is_approved = decision.plan.is_some();
            self.kinds.push(if is_approved { RowKind::Approved } else { RowKind::Refused });
            self.key(Key::Signal(decision.signal.clone()));
            decision.opportunity.iter().for_each(|id| self.opportunity(id));
            decision.plan.into_iter().for_each(|plan| self.key(Key::Plan(plan)));
        }
        for recorded in &of.events {
            self.event(&recorded.event);
        }
    }
    fn event(&mut self, event: &Event) {
        match event {
            Event::PlanOpened { plan, signal } => {
                self.key(Key::Plan(*plan));
                self.key(Key::Signal(signal.id.clone()));
                self.place(signal.subject.clone());
            }
            Event::PlanMoved { plan, .. } | Event::PlanClosed { plan, .. } => {
                self.key(Key::Plan(*plan));
            }
            Event::OrderIntended { order, plan, wish, .. } => {
                self.kinds.push(RowKind::Ordered);
                self.key(Key::Order(*order));
                self.key(Key::Plan(*plan));
                self.market(wish.market.condition);
            }
            Event::OrderStands { order, .. }
            | Event::CancelAsked { order }
            | Event::OrderEnded { order, .. } => {
                self.kinds.push(RowKind::Ordered);
                self.key(Key::Order(*order));
            }
            Event::TradeSeen { order, .. } => {
                self.kinds.push(RowKind::Filled);
                self.key(Key::Order(*order));
            }
            Event::TaskIntended { task, plan, .. } => {
                self.kinds.push(RowKind::Ordered);
                self.key(Key::Task(*task));
                plan.iter().for_each(|plan| self.key(Key::Plan(*plan)));
            }
            Event::TaskPrepared { task, .. }
            | Event::TaskMined { task, .. }
            | Event::TaskConfirmed { task }
            | Event::TaskFailed { task, .. } => self.key(Key::Task(*task)),
            Event::Halted { .. } => self.kinds.push(RowKind::Halted),
            Event::Resumed { .. } => self.kinds.push(RowKind::Resumed),
            Event::MarketResolved { condition, .. } => self.market(*condition),
            _ => {}
        }
    }
    fn input(&mut self, input: &engine::desk::Input) {
        use engine::desk::Input;
        match input {
            Input::Posted(order, PostAnswer::Rejected { .. } | PostAnswer::NotSent { .. }) => {
                self.kinds.push(RowKind::Refused);
                self.key(Key::Order(*order));
            }
            Input::Posted(order, _) | Input::CancelAnswered(order, _) | Input::NotFound(order) => {
                self.key(Key::Order(*order))
            }
            Input::Task(task, _) => self.key(Key::Task(*task)),
            _ => {}
        }
    }
}
