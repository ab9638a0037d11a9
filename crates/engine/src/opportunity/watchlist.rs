//! Which opportunities are open, from their first sight to their end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{DurationMillis, UnixMillis};

use crate::funnel::Reason;

use super::{Examination, Opportunity, OpportunityId, OpportunityKind, Subject};

/// Why an opportunity ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseCause {
    /// The last look missed it, for this reason.
    Missed(Reason),
    /// Its subject is no longer looked at.
    Vanished,
    /// A book it rests on lost its trust.
    Distrusted,
    /// No look confirmed it for too long.
    Expired,
}

impl CloseCause {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missed(reason) => reason.code(),
            Self::Vanished => "vanished",
            Self::Distrusted => "distrusted",
            Self::Expired => "expired",
        }
    }
}

/// An open opportunity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its name, for as long as it lasts.
    pub id: OpportunityId,
    /// When the last look confirmed it.
    pub confirmed_at: UnixMillis,
    /// As it was first reported, or last changed.
    pub opportunity: Arc<Opportunity>,
}

/// What a look changed. Apply in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchlistEffect {
    /// It was not there before.
    Opened(Watched),
    /// Its legs, books or profit are others now. A look that finds the very same is silent.
    Updated(Watched),
    /// It is over.
    Closed {
        /// Which.
        id: OpportunityId,
        /// When.
        at: UnixMillis,
        /// Why.
        why: CloseCause,
    },
}

/// The open opportunities.
///
/// At the limit new ones are refused and counted; those that are open stay and are updated.
#[derive(Clone, Debug)]
pub struct Watchlist {
    open: BTreeMap<(Subject, OpportunityKind), Watched>,
    open_max: usize,
    refused: u64,
    /// Ids given out at the present millisecond or later; see [`OpportunityId::since`].
    taken: BTreeSet<OpportunityId>,
}

impl Watchlist {
    /// An empty list for at most `open_max` opportunities.
    #[must_use]
    pub const fn new(open_max: usize) -> Self {
        Self { open: BTreeMap::new(), open_max, refused: 0, taken: BTreeSet::new() }
    }
    /// Every open opportunity, by subject and kind.
    pub fn open(&self) -> impl ExactSizeIterator<Item = &Watched> {
        self.open.values()
    }
    /// How many were refused because the list was full.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// Takes in the look at `subject`: opens, updates and closes.
    pub fn observe(
        &mut self,
        subject: &Subject,
        examination: Examination,
        now: UnixMillis,
    ) -> Vec<WatchlistEffect> {
        let mut effects = Vec::new();
        for kind in OpportunityKind::ALL {
            if examination.found().iter().any(|found| found.kind == kind) {
                continue;
            }
            let why = examination.reason(kind).map_or(CloseCause::Vanished, CloseCause::Missed);
            effects.extend(self.close((subject.clone(), kind), why, now));
        }
        for opportunity in examination.into_found() {
            effects.extend(self.keep(opportunity, now));
        }
        effects
    }
    /// Closes everything of `subject`, because one of its books is no longer believed.
    pub fn distrust(&mut self, subject: &Subject, now: UnixMillis) -> Vec<WatchlistEffect> {
        self.close_subject(subject, CloseCause::Distrusted, now)
    }
    /// Closes everything of `subject`, because nobody looks at it any more.
    pub fn forget(&mut self, subject: &Subject, now: UnixMillis) -> Vec<WatchlistEffect> {
        self.close_subject(subject, CloseCause::Vanished, now)
    }
    /// Closes what no look has confirmed for longer than `age_max`. Whoever calls this looks again
    /// at open subjects whose books are quiet and trusted, sooner than `age_max`.
    pub fn expire(&mut self, now: UnixMillis, age_max: DurationMillis) -> Vec<WatchlistEffect> {
        let old = |watched: &Watched| now.since(watched.confirmed_at) > age_max;
        let keys: Vec<_> =
            self.open.iter().filter(|(_, w)| old(w)).map(|(key, _)| key.clone()).collect();
        keys.into_iter().filter_map(|key| self.close(key, CloseCause::Expired, now)).collect()
    }

    fn close_subject(
        &mut self,
        subject: &Subject,
        why: CloseCause,
        now: UnixMillis,
    ) -> Vec<WatchlistEffect> {
        let keys = OpportunityKind::ALL.into_iter().map(|kind| (subject.clone(), kind));
        keys.filter_map(|key| self.close(key, why, now)).collect()
    }
    fn close(
        &mut self,
        key: (Subject, OpportunityKind),
        why: CloseCause,
        now: UnixMillis,
    ) -> Option<WatchlistEffect> {
        let closed = self.open.remove(&key)?;
        Some(WatchlistEffect::Closed { id: closed.id, at: now, why })
    }
    fn keep(&mut self, opportunity: Opportunity, now: UnixMillis) -> Option<WatchlistEffect> {
        let key = (opportunity.subject.clone(), opportunity.kind);
        if let Some(watched) = self.open.get_mut(&key) {
            watched.confirmed_at = now;
            if watched.opportunity.is_same_offer(&opportunity) {
                return None;
            }
            watched.opportunity = Arc::new(opportunity);
            return Some(WatchlistEffect::Updated(watched.clone()));
        }
        if self.open.len() >= self.open_max {
            self.refused += 1;
            return None;
        }
        let id = self.new_id(&opportunity, now);
        let watched = Watched { id, confirmed_at: now, opportunity: Arc::new(opportunity) };
        self.open.insert(key, watched.clone());
        Some(WatchlistEffect::Opened(watched))
    }
    fn new_id(&mut self, opportunity: &Opportunity, now: UnixMillis) -> OpportunityId {
        self.taken.retain(|id| id.since >= now);
        let (kind, subject) = (opportunity.kind, opportunity.subject.clone());
        let mut id = OpportunityId { kind, subject, since: now };
        while !self.taken.insert(id.clone()) {
            id.since = id.since.plus(DurationMillis(1));
        }
        id
    }
}
