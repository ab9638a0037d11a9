//! What led to a decision, and what it led to.

use std::collections::{BTreeMap, BTreeSet};

use domain::{DurationMillis, UnixMillis};

use super::Past;
use crate::index::{Key, Row, RowKind};

/// So far before and after a decision the others are looked for.
const SPAN: DurationMillis = DurationMillis(900_000);
/// Decisions that are named on either side.
const LINKS_MAX: usize = 40;
/// Times that the stretch is gone over: each finds what hangs together by one name more, and from a
/// price to a fill there are four.
const ROUNDS: usize = 4;

/// Another decision that one hangs together with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its line.
    pub row: Row,
    /// The name that both carry.
    pub by: Key,
}

/// Names that hang together, and the decisions that carry them.
struct Chain<'a> {
    keys: BTreeSet<&'a Key>,
    found: BTreeMap<(UnixMillis, u64), (&'a Row, &'a Key)>,
}

impl<'a> Chain<'a> {
    fn of(row: &'a Row) -> Self {
        Self { keys: row.keys.iter().collect(), found: BTreeMap::new() }
    }
    /// The closest name that a decision shares: an order says more than an opportunity.
    fn meets(&self, row: &'a Row) -> Option<&'a Key> {
        row.keys.iter().filter(|key| self.keys.contains(key)).max()
    }
    /// Whether it was not there before.
    fn take(&mut self, row: &'a Row, by: &'a Key) -> bool {
        let place = (row.at, row.record);
        if self.found.len() >= LINKS_MAX || self.found.contains_key(&place) {
            return false;
        }
        self.keys.extend(&row.keys);
        self.found.insert(place, (row, by)).is_none()
    }
    fn links(self) -> Vec<Link> {
        let link = |(row, by): (&Row, &Key)| Link { row: row.clone(), by: by.clone() };
        self.found.into_values().map(link).collect()
    }
}

/// Whether one stands before another. Those of one moment stand by what comes first on the way from a
/// price to a fill: the desk may have answered a wish before whoever raised it has written it down.
fn is_before(one: &Row, other: &Row) -> bool {
    match one.kind.stage().cmp(&other.kind.stage()) {
        std::cmp::Ordering::Less => one.at <= other.at,
        std::cmp::Ordering::Equal => one.record < other.record,
        std::cmp::Ordering::Greater => false,
    }
}

impl Past<'_> {
    fn near(&self, of: &Row) -> Vec<&Row> {
        let (since, until) = (UnixMillis(of.at.0.saturating_sub(SPAN.0)), of.at.plus(SPAN));
        let may_be = |from: Option<UnixMillis>, to: Option<UnixMillis>| {
            from.is_some_and(|from| from <= until) && to.is_some_and(|to| to >= since)
        };
        let segments = self.segments.iter().map(|it| &it.index);
        let segments = segments.filter(|index| may_be(index.from, index.to));
        let rows = segments.flat_map(|index| &index.rows);
        rows.filter(|row| row.at >= since && row.at <= until && row.record != of.record).collect()
    }

    /// What led to it, the first cause first: of an opportunity how it was when it was last looked
    /// at, and how it began.
    pub(super) fn causes(&self, of: &Row) -> Vec<Link> {
        let near = self.near(of);
        let mut chain = Chain::of(of);
        let mut is_stated = false;
        for _ in 0..ROUNDS {
            let mut grown = false;
            for row in near.iter().rev().filter(|row| is_before(row, of)) {
                let Some(by) = chain.meets(row) else { continue };
                let is_cause = match row.kind {
                    // The desk and the strategies looked at the newest state.
                    RowKind::Changed => !std::mem::replace(&mut is_stated, true),
                    RowKind::Closed | RowKind::Passed | RowKind::Noted => false,
                    _ => true,
                };
                grown |= is_cause && chain.take(row, by);
            }
            if !grown {
                break;
            }
        }
        chain.links()
    }

    /// What it led to, in order: of what the detector found, what was done about it before it was
    /// found to be otherwise.
    pub(super) fn effects(&self, of: &Row) -> Vec<Link> {
        let near = self.near(of);
        let mut chain = Chain::of(of);
        let is_state = of.kind.stage() == 0;
        let other = near.iter().find(|row| {
            row.kind.stage() == 0 && row.record > of.record && chain.meets(row).is_some()
        });
        let until = if is_state { other.map_or(u64::MAX, |row| row.record) } else { 0 };
        for _ in 0..ROUNDS {
            let mut grown = false;
            for row in near.iter().filter(|row| is_before(of, row)) {
                let Some(by) = chain.meets(row) else { continue };
                // By the opportunity alone hangs together whatever anybody ever thought of it.
                let is_effect = !matches!(by, Key::Opportunity(_)) || row.record <= until;
                grown |= is_effect && chain.take(row, by);
            }
            if !grown {
                break;
            }
        }
        chain.links()
    }
}
