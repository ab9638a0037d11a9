//! What became durable, counted since the program started, and how long each step of it took.

use std::collections::BTreeMap;

use domain::{TradeState, UnixMillis};
use engine::desk::{DecisionMade, EndCause, Event, OrderNumber, Recorded, Verdict};
use engine::risk::Rule;
use parking_lot::Mutex;

use crate::latency::Latency;

/// Orders whose first answer is waited for; beyond it the oldest is no longer timed.
const UNANSWERED_MAX: usize = 10_000;

/// How an order ended, without the venue's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderOutcome {
    /// Nothing is left of it.
    Filled,
    /// The rest was cancelled.
    Cancelled,
    /// The venue refused it.
    Rejected,
    /// It found nobody.
    Unmatched,
    /// The venue never heard of it.
    NeverArrived,
    /// It could not be signed.
    NotSigned,
}

impl OrderOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [
        Self::Filled,
        Self::Cancelled,
        Self::Rejected,
        Self::Unmatched,
        Self::NeverArrived,
        Self::NotSigned,
    ];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Unmatched => "unmatched",
            Self::NeverArrived => "never_arrived",
            Self::NotSigned => "not_signed",
        }
    }
}

impl From<&EndCause> for OrderOutcome {
    fn from(cause: &EndCause) -> Self {
        match cause {
            EndCause::Filled => Self::Filled,
            EndCause::Cancelled => Self::Cancelled,
            EndCause::Rejected { .. } => Self::Rejected,
            EndCause::Unmatched => Self::Unmatched,
            EndCause::NeverArrived => Self::NeverArrived,
            EndCause::NotSigned { .. } => Self::NotSigned,
        }
    }
}

/// Counts since the program started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TallyCounts {
    /// Wishes that were approved.
    pub approved: u64,
    /// Wishes that were refused, by the first gate that did.
    pub refused: BTreeMap<Rule, u64>,
    /// Orders decided and signed.
    pub orders_intended: u64,
    /// Orders that ended.
    pub orders: BTreeMap<OrderOutcome, u64>,
    /// Matches that settled for good.
    pub fills_confirmed: u64,
    /// Matches that never happened although the venue had told them.
    pub fills_failed: u64,
    /// Plans that ended with something traded and nothing left over.
    pub plans_done: u64,
    /// Plans that ended with nothing traded.
    pub plans_nothing: u64,
    /// Plans that left shares behind.
    pub plans_unbalanced: u64,
    /// Halts.
    pub halts: u64,
}

/// The counts and the times of the steps. One writer, the keeper; many readers.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Mutex<TallyCounts>,
    unanswered: Mutex<BTreeMap<OrderNumber, UnixMillis>>,
    /// From the moment at which the feed last vouched for the oldest book to the wish.
    pub wish: Latency,
    /// From the wish to the decision.
    pub decide: Latency,
    /// From the decision to its being durable.
    pub keep: Latency,
    /// From the decision about an order to the venue's first word of it.
    pub answer: Latency,
    /// From a match, by the venue's clock, to its being final.
    pub settle: Latency,
}

impl Tally {
    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> TallyCounts {
        self.counts.lock().clone()
    }
    /// Counts a decision.
    pub(super) fn decided(&self, decision: &DecisionMade) {
        let mut counts = self.counts.lock();
        match decision.gates.iter().find(|gate| gate.is_refused()) {
            Some(gate) => *counts.refused.entry(gate.rule).or_default() += 1,
            None => counts.approved += 1,
        }
    }
    /// Counts what is durable since `now`.
    pub(super) fn kept(&self, events: &[Recorded], now: UnixMillis) {
        for recorded in events {
            self.keep.record(recorded.at, now);
            self.count(recorded);
        }
    }

    fn count(&self, Recorded { at, event }: &Recorded) {
        let mut counts = self.counts.lock();
        match event {
            Event::PlanOpened { signal, .. } => {
                self.decide.record(signal.raised_at, *at);
                if let Some(vouched_at) = signal.books_vouched_at {
                    self.wish.record(vouched_at, signal.raised_at);
                }
            }
            Event::PlanClosed { end, .. } => match end.verdict {
                Verdict::Done => counts.plans_done += 1,
                Verdict::Nothing => counts.plans_nothing += 1,
                Verdict::Unbalanced => counts.plans_unbalanced += 1,
            },
            Event::OrderIntended { order, .. } => {
                counts.orders_intended += 1;
                self.sent(*order, *at);
            }
            Event::OrderStands { order, .. } => self.answered(*order, *at),
            Event::OrderEnded { order, cause, .. } => {
                self.answered(*order, *at);
                *counts.orders.entry(OrderOutcome::from(cause)).or_default() += 1;
            }
            Event::TradeSeen { order, state, matched_at, .. } => {
                self.answered(*order, *at);
                match state {
                    TradeState::Confirmed => {
                        counts.fills_confirmed += 1;
                        self.settle.record(*matched_at, *at);
                    }
                    TradeState::Failed => counts.fills_failed += 1,
                    TradeState::Matched | TradeState::Mined | TradeState::Retrying => {}
                }
            }
            Event::Halted { .. } => counts.halts += 1,
            _ => {}
        }
    }

    fn sent(&self, order: OrderNumber, at: UnixMillis) {
        let mut unanswered = self.unanswered.lock();
        if unanswered.len() >= UNANSWERED_MAX {
            unanswered.pop_first();
        }
        unanswered.insert(order, at);
    }

    fn answered(&self, order: OrderNumber, at: UnixMillis) {
        if let Some(sent_at) = self.unanswered.lock().remove(&order) {
            self.answer.record(sent_at, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Shares;
    use engine::desk::Origin;
    use engine::risk::{Halt, HaltCause};

    use super::*;

    fn at(millis: i64, event: Event) -> Recorded {
        Recorded { at: UnixMillis(millis), event }
    }

    fn ended(order: u64, cause: EndCause) -> Event {
        Event::OrderEnded { order: OrderNumber(order), cause, matched: Shares::ZERO }
    }

    #[test]
    fn an_order_is_counted_once_where_it_ended_and_timed_to_its_first_answer() {
        let tally = Tally::default();
        tally.sent(OrderNumber(1), UnixMillis(1_000));
        let stands =
            Event::OrderStands { order: OrderNumber(1), delayed: false, matched: Shares::ZERO };
        let events = [at(1_040, stands), at(9_000, ended(1, EndCause::Cancelled))];
        tally.kept(&events, UnixMillis(9_002));
        let answer = tally.answer.read();
        assert_eq!((answer.count, answer.sum_ms), (1, 40), "the second word is no first answer");
        assert_eq!(tally.counts().orders, BTreeMap::from([(OrderOutcome::Cancelled, 1)]));
        assert_eq!(tally.keep.read().count, 2);
    }

    #[test]
    fn every_cause_of_an_end_has_an_outcome_of_its_own_name() {
        let tally = Tally::default();
        let rejected = EndCause::Rejected { code: "x".into(), text: "y".into() };
        let causes = [
            EndCause::Filled,
            EndCause::Cancelled,
            rejected,
            EndCause::Unmatched,
            EndCause::NeverArrived,
            EndCause::NotSigned { why: "z".into() },
        ];
        let events: Vec<_> = causes.into_iter().map(|cause| at(0, ended(7, cause))).collect();
        tally.kept(&events, UnixMillis(0));
        let orders = tally.counts().orders;
        assert_eq!(orders, OrderOutcome::ALL.map(|outcome| (outcome, 1)).into());
        let names: std::collections::BTreeSet<_> =
            OrderOutcome::ALL.into_iter().map(OrderOutcome::code).collect();
        assert_eq!(names.len(), OrderOutcome::ALL.len());
    }

    #[test]
    fn orders_that_nobody_answers_are_forgotten_at_the_bound() {
        let tally = Tally::default();
        for number in 0..UNANSWERED_MAX as u64 + 5 {
            tally.sent(OrderNumber(number), UnixMillis(0));
        }
        assert_eq!(tally.unanswered.lock().len(), UNANSWERED_MAX);
        tally.answered(OrderNumber(0), UnixMillis(5));
        assert_eq!(tally.answer.read().count, 0, "the oldest is not timed any more");
    }

    #[test]
    fn a_halt_is_counted() {
        let tally = Tally::default();
        let halt = Halt { cause: HaltCause::DayLoss, text: "x".into(), at: UnixMillis(1) };
        tally.kept(&[at(1, Event::Halted { halt, by: Origin("x".into()) })], UnixMillis(1));
        assert_eq!(tally.counts().halts, 1);
    }
}
