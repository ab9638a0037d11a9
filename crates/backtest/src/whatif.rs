//! What would have been decided otherwise: two backtests of one tape, compared decision by decision.
//!
//! Both are played from the same steps with the same chance, so whatever differs follows from the
//! settings that differ. Two runs with the same settings have no difference at all.

use std::collections::BTreeMap;

use domain::{UnixMillis, Usd};
use serde::Serialize;

use crate::bounds::Bound;
use crate::machine::Judged;
use crate::report::Report;

/// Differences of one sort that are listed under a bound; all are counted.
pub const LISTED_MAX: usize = 1_000;

/// The difference under every bound, in the order of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhatIf {
    /// One a bound.
    pub bounds: Vec<BoundDiff>,
}

/// The difference under one bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoundDiff {
    /// Which.
    pub bound: Bound,
    /// What was left before, and is left now.
    pub net: Pair<Usd>,
    /// The most that equity was below its peak.
    pub drawdown_max: Pair<Usd>,
    /// Signals that were judged.
    pub judged: Pair<u64>,
    /// How many signals are raised that were not.
    pub added: u64,
    /// How many signals were raised that are not.
    pub removed: u64,
    /// How many are judged otherwise.
    pub turned: u64,
    /// All of these in the order of their moments, the first ones.
    pub decisions: Vec<Change>,
}

/// The same thing in both runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pair<T> {
    /// With the settings as they are.
    pub before: T,
    /// With what was changed.
    pub after: T,
}

/// A decision that is another one now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// When: of the decision that is there now, else of the one that was.
    pub at: UnixMillis,
    /// The wish, by strategy, opportunity and round.
    pub signal: String,
    /// `approved`, or the rule that refused; `None` where the wish was not raised.
    pub before: Option<&'static str>,
    /// The same with what was changed.
    pub after: Option<&'static str>,
}

impl WhatIf {
    /// Compares two reports of the same recordings.
    #[must_use]
    pub fn of(before: &Report, after: &Report) -> Self {
        let pairs = before.bounds.iter().zip(&after.bounds);
        let bounds = pairs.map(|(before, after)| {
            let changes = changes(&before.judged, &after.judged);
            let count = |is: fn(&Change) -> bool| changes.iter().filter(|it| is(it)).count() as u64;
            BoundDiff {
                bound: before.bound,
                net: Pair { before: before.net, after: after.net },
                drawdown_max: Pair { before: before.drawdown_max, after: after.drawdown_max },
                judged: Pair {
                    before: before.judged.len() as u64,
                    after: after.judged.len() as u64,
                },
                added: count(|it| it.before.is_none()),
                removed: count(|it| it.after.is_none()),
                turned: count(|it| it.before.is_some() && it.after.is_some()),
                decisions: changes.into_iter().take(LISTED_MAX).collect(),
            }
        });
        Self { bounds: bounds.collect() }
    }
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_same = |diff: &BoundDiff| {
            diff.decisions.is_empty()
                && diff.net.before == diff.net.after
                && diff.drawdown_max.before == diff.drawdown_max.after
        };
        self.bounds.iter().all(is_same)
    }
}

fn changes(before: &[Judged], after: &[Judged]) -> Vec<Change> {
    let by_signal = |judged: &[Judged]| -> BTreeMap<String, Judged> {
        judged.iter().map(|it| (it.signal.as_str().to_owned(), it.clone())).collect()
    };
    let (mut was, is) = (by_signal(before), by_signal(after));
    let mut changes = Vec::new();
    for (signal, now) in is {
        let then = was.remove(&signal);
        let (before, after) = (then.as_ref().map(Judged::word), Some(now.word()));
        if before != after {
            changes.push(Change { at: now.at, signal, before, after });
        }
    }
    changes.extend(was.into_iter().map(|(signal, then)| Change {
        at: then.at,
        signal,
        before: Some(then.word()),
        after: None,
    }));
    changes.sort_by(|a, b| (a.at, &a.signal).cmp(&(b.at, &b.signal)));
    changes
}
