//! An open opportunity and what was last said of it.

use std::sync::Arc;

use crate::opportunity::OpportunityRecord;
use crate::risk::{Gate, Review, Rule};
use domain::{DurationMillis, UnixMillis};

/// A reason is told once it has lasted so long, or at the end: most are over at once.
const SETTLED: DurationMillis = DurationMillis(500);

#[derive(Debug)]
struct Reason {
    rule: Rule,
    since: UnixMillis,
    at: UnixMillis,
    gates: Vec<Gate>,
}

/// Whether this opportunity led to a signal, whose decision says more than any reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Raised {
    Never,
    Before,
}

/// Whether a reason is another one than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Novelty {
    Same(Rule),
    New(Rule),
    None,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) record: Arc<OpportunityRecord>,
    reason: Option<Reason>,
    told: Option<Rule>,
    raised: Raised,
}

impl Open {
    pub(super) const fn new(record: Arc<OpportunityRecord>) -> Self {
        Self { record, reason: None, told: None, raised: Raised::Never }
    }
    /// A signal was raised.
    pub(super) fn raised(&mut self) {
        self.raised = Raised::Before;
        self.reason = None;
    }
    /// It was looked at, and nothing was raised.
    pub(super) fn judged(&mut self, review: Review, now: UnixMillis) -> Novelty {
        let Some(rule) = review.refusal().map(|gate| gate.rule) else { return Novelty::None };
        let before = self.reason.as_ref().filter(|reason| reason.rule == rule);
        let since = before.map(|reason| reason.since);
        let novelty = since.map_or(Novelty::New(rule), |_| Novelty::Same(rule));
        let since = since.unwrap_or(now);
        self.reason = Some(Reason { rule, since, at: now, gates: review.gates });
        novelty
    }
    /// The reason that is to be told now: another one than the last that was told, and one that has
    /// lasted.
    pub(super) fn news(&mut self, now: UnixMillis) -> Option<(UnixMillis, Vec<Gate>)> {
        let reason = self.reason.as_ref()?;
        let is_rest = reason.rule == Rule::CoolDown && self.raised == Raised::Before;
        if self.told == Some(reason.rule) || is_rest || now.since(reason.since) < SETTLED {
            return None;
        }
        self.told = Some(reason.rule);
        Some((reason.at, reason.gates.clone()))
    }
    /// It is over: the reason, if none was ever told and no signal was raised.
    pub(super) fn last_word(self) -> Option<(UnixMillis, Vec<Gate>)> {
        let is_answered = self.told.is_some() || self.raised == Raised::Before;
        let reason = self.reason.filter(|_| !is_answered)?;
        Some((reason.at, reason.gates))
    }
}
