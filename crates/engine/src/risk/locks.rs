//! Places where nothing may be begun for a while.

use std::collections::BTreeMap;

use domain::{ConditionId, GroupId, UnixMillis};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::signal::{Signal, StrategyName};

/// Locks that may be set at once.
pub const LOCKS_MAX: usize = 1_000;
/// Characters of a reason that are kept.
const REASON_CHARS_MAX: usize = 200;

/// Names a lock for as long as it lasts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LockId(pub u64);

/// What a lock covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", content = "of", rename_all = "snake_case")]
pub enum LockScope {
    /// All trading.
    Everything,
    /// One strategy.
    Strategy(StrategyName),
    /// One market.
    Market(ConditionId),
    /// One group and its markets.
    Group(GroupId),
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// What it covers.
    pub scope: LockScope,
    /// Why, in words.
    pub reason: String,
    /// Since when.
    pub since: UnixMillis,
    /// From when on it no longer counts; `None`: until it is taken away.
    pub until: Option<UnixMillis>,
}

/// Why a lock could not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LockError {
    /// [`LOCKS_MAX`] are set. Lock everything instead, or take some away.
    #[error("{LOCKS_MAX} locks are set already")]
    TooMany,
}

/// The locks that are set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Locks {
    last: u64,
    set: BTreeMap<LockId, Lock>,
}

impl Locks {
    pub(super) fn add(&mut self, mut lock: Lock) -> Result<LockId, LockError> {
        if self.set.len() >= LOCKS_MAX {
            return Err(LockError::TooMany);
        }
        if let Some((end, _)) = lock.reason.char_indices().nth(REASON_CHARS_MAX) {
            lock.reason.truncate(end);
        }
        self.last += 1;
        let id = LockId(self.last);
        self.set.insert(id, lock);
        Ok(id)
    }
    pub(super) fn remove(&mut self, id: LockId) -> Option<Lock> {
        self.set.remove(&id)
    }
    pub(super) fn expire(&mut self, now: UnixMillis) -> Vec<(LockId, Lock)> {
        self.set.extract_if(.., |_, lock| !lock.counts(now)).collect()
    }
    pub(super) fn all(&self) -> impl Iterator<Item = (LockId, &Lock)> {
        self.set.iter().map(|(id, lock)| (*id, lock))
    }
    /// The first lock that covers the signal now.
    pub(super) fn covering(&self, signal: &Signal, now: UnixMillis) -> Option<&Lock> {
        self.set.values().find(|lock| lock.counts(now) && lock.scope.covers(signal))
    }
}

impl Lock {
    /// Whether it still counts.
    #[must_use]
    pub fn counts(&self, now: UnixMillis) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl LockScope {
    /// Whether anything of the signal lies within.
    #[must_use]
    pub fn covers(&self, signal: &Signal) -> bool {
        use crate::opportunity::Subject;
        match self {
            Self::Everything => true,
            Self::Strategy(name) => signal.strategy == *name,
            Self::Market(condition) => {
                signal.subject == Subject::Market(*condition)
                    || signal.exposure.iter().any(|market| market.condition == *condition)
                    || signal.orders().any(|order| order.market.condition == *condition)
            }
            Self::Group(group) => {
                signal.subject == Subject::Group(group.clone())
                    || signal.exposure.iter().any(|market| market.group.as_ref() == Some(group))
                    || signal.orders().any(|order| order.market.group.as_ref() == Some(group))
            }
        }
    }
}
