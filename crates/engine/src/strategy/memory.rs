//! Where a strategy raised signals lately, and what came of them.

use std::collections::BTreeMap;

use domain::{DurationMillis, Shares, UnixMillis, Usd};

use super::situation::{Manner, Situation};
use crate::opportunity::{Opportunity, OpportunityId, Subject};
use crate::risk::{Gate, Rule};
use crate::signal::SignalId;

/// Places remembered; of those that are answered the one that was raised longest ago is forgotten
/// first.
const PLACES_MAX: usize = 1_000;
/// A signal without an answer for so long has none to come: whoever decides was away.
const ANSWER_WAIT: DurationMillis = DurationMillis(5_000);
/// However much an opportunity changes, a refused place rests so long.
const REST_MIN: DurationMillis = DurationMillis(1_000);
/// A change of the profit or the size by more than one tenth is another offer.
const CHANGE_DIVISOR: i128 = 10;

/// What was decided about a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is carried out.
    Approved,
    /// A gate refused it.
    Refused(Rule),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Raised {
    opportunity: OpportunityId,
    signal: SignalId,
    round: u32,
    at: UnixMillis,
    net: Usd,
    size: Shares,
    answer: Option<(Answer, UnixMillis)>,
}

/// The last signal of each place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory(BTreeMap<Subject, Raised>);

impl Memory {
    /// Whether the place may be traded again.
    pub(super) fn rested(&self, situation: &Situation<'_>, cool_down: DurationMillis) -> Gate {
        if let Some(plan) = situation.under_way {
            return Gate::refused(Rule::CoolDown, format!("plan {plan} is under way"), "over");
        }
        let Some(raised) = self.0.get(&situation.id.subject) else {
            return Gate::passed(Rule::CoolDown, "not traded before", "rested");
        };
        let since = situation.now.since(raised.at).0;
        match raised.answer {
            None if since < ANSWER_WAIT.0 => {
                let found = format!("{} waits for its decision", raised.signal);
                Gate::refused(Rule::CoolDown, found, "decided")
            }
            Some((Answer::Refused(rule), at)) if situation.manner == Manner::ByItself => {
                let rested = situation.now.since(at).0;
                let wait = if raised.differs_from(situation.opportunity) {
                    REST_MIN
                } else {
                    rest_after(rule).max(cool_down)
                };
                Gate::millis_at_least(Rule::CoolDown, rested, wait.0)
            }
            _ => Gate::millis_at_least(Rule::CoolDown, since, cool_down.0),
        }
    }
    /// Which signal of this opportunity the next one is, from 1.
    pub(super) fn round(&self, id: &OpportunityId) -> u32 {
        let last = self.0.get(&id.subject).filter(|raised| raised.opportunity == *id);
        last.map_or(1, |raised| raised.round.saturating_add(1))
    }
    pub(super) fn note(&mut self, situation: &Situation<'_>, signal: &SignalId) {
        let (id, opportunity) = (situation.id, situation.opportunity);
        let raised = Raised {
            opportunity: id.clone(),
            signal: signal.clone(),
            round: self.round(id),
            at: situation.now,
            net: opportunity.net,
            size: opportunity.size,
            answer: None,
        };
        self.0.insert(id.subject.clone(), raised);
        if self.0.len() > PLACES_MAX {
            let oldest = self.0.iter().min_by_key(|(_, it)| (it.answer.is_none(), it.at));
            if let Some(subject) = oldest.map(|(subject, _)| subject.clone()) {
                self.0.remove(&subject);
            }
        }
    }
    /// What was decided; of a signal that is not the last one of its place nothing is kept.
    pub(super) fn learn(
        &mut self,
        subject: &Subject,
        signal: &SignalId,
        answer: Answer,
        at: UnixMillis,
    ) {
        if let Some(raised) = self.0.get_mut(subject).filter(|raised| raised.signal == *signal) {
            raised.answer = Some((answer, at));
        }
    }
}

impl Raised {
    fn differs_from(&self, now: &Opportunity) -> bool {
        let moved = |before: i64, after: i64| {
            let (before, after) = (i128::from(before), i128::from(after));
            (after - before).abs() * CHANGE_DIVISOR > before.abs()
        };
        moved(self.net.micros(), now.net.micros()) || moved(self.size.micros(), now.size.micros())
    }
}

/// How long a refused place rests where the offer stays the same: as long as what refused it takes
/// to change.
const fn rest_after(rule: Rule) -> DurationMillis {
    DurationMillis(match rule {
        // Of this very signal, or of the last second.
        Rule::Duplicate | Rule::Expired | Rule::FeedAge => 1_000,
        // Other trades have to end first.
        Rule::OpenPlans | Rule::OpenOrders | Rule::TradesPerMinute => 10_000,
        Rule::MarketUsd
        | Rule::GroupUsd
        | Rule::TotalUsd
        | Rule::StrategyBudget
        | Rule::NotEnoughCash
        | Rule::Halted
        | Rule::NotReconciled
        | Rule::Locked
        | Rule::StrategyPaused
        | Rule::Quarantined
        | Rule::ConsecutiveErrors
        | Rule::DayLoss
        | Rule::Drawdown => 30_000,
        // Of the offer itself: it must become another one.
        _ => 60_000,
    })
}
