//! Lists of decisions.

use domain::{ConditionId, UnixMillis};
use engine::opportunity::Subject;

use super::Past;
use crate::index::{Row, RowKind};

/// Which way a list runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// The oldest first.
    #[default]
    Forward,
    /// The newest first.
    Back,
}

/// Which decisions.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// At this moment or later.
    pub from: Option<UnixMillis>,
    /// Before this moment.
    pub to: Option<UnixMillis>,
    /// Only of these: `detector`, a strategy's name, `desk`; empty for all.
    pub who: Vec<String>,
    /// Only of these kinds; empty for all.
    pub kinds: Vec<RowKind>,
    /// Only about this market or group.
    pub place: Option<Subject>,
    /// Only behind this record, in the way of the list.
    pub behind: Option<u64>,
    /// Which way.
    pub way: Way,
}

/// A page of decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// In the way of the list.
    pub rows: Vec<Row>,
    /// Where the next page goes on; `None` on the last.
    pub next: Option<u64>,
}

impl Filter {
    fn takes(&self, row: &Row) -> bool {
        self.from.is_none_or(|from| row.at >= from)
            && self.to.is_none_or(|to| row.at < to)
            && (self.who.is_empty() || self.who.contains(&row.who))
            && (self.kinds.is_empty() || self.kinds.contains(&row.kind))
            && self.place.as_ref().is_none_or(|place| row.places.contains(place))
            && self.behind.is_none_or(|behind| match self.way {
                Way::Forward => row.record > behind,
                Way::Back => row.record < behind,
            })
    }
    /// Whether a segment may hold one of them.
    fn may_be_in(&self, from: Option<UnixMillis>, to: Option<UnixMillis>) -> bool {
        let Some((first, last)) = from.zip(to) else { return false };
        self.from.is_none_or(|from| last >= from) && self.to.is_none_or(|to| first < to)
    }
}

impl Past<'_> {
    /// At most so many decisions.
    #[must_use]
    pub fn decisions(&self, filter: &Filter, limit: usize) -> Found {
        let segments = self.segments.iter().map(|it| &it.index);
        let near = segments.filter(|index| filter.may_be_in(index.from, index.to));
        let rows = near.flat_map(|index| &index.rows).filter(|row| filter.takes(row));
        let mut found: Vec<Row> = match filter.way {
            Way::Forward => rows.take(limit + 1).cloned().collect(),
            Way::Back => {
                let rows: Vec<_> = rows.collect();
                rows.into_iter().rev().take(limit + 1).cloned().collect()
            }
        };
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|row| row.record);
        Found { rows: found, next }
    }
}

/// What a text names: a market by its condition, or else a group.
#[must_use]
pub fn place_of(text: &str) -> Subject {
    let group = || Subject::Group(domain::GroupId(text.into()));
    ConditionId::parse(text).map_or_else(|_| group(), Subject::Market)
}
