//! Whose fees are asked for singly: those that the list does not state, and now and then again those
//! that were asked for before, because the venue changes them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ConditionId, DurationMillis, FeeSchedule, UnixMillis};

/// Fees asked for in one run.
const ASKED_MAX: usize = 40;
/// A fee that was asked for is asked for again after so long.
const AGE_MAX: DurationMillis = DurationMillis(3_600_000);

/// What the list left open, and when it was last asked for.
#[derive(Debug, Default)]
pub(super) struct FeeWishes {
    unstated: BTreeSet<ConditionId>,
    asked: BTreeMap<ConditionId, UnixMillis>,
}

impl FeeWishes {
    /// What the newest list states no fee of.
    pub(super) fn set_unstated(&mut self, unstated: BTreeSet<ConditionId>) {
        self.unstated = unstated;
    }

    /// Whom to ask for now: first those of whom nothing is known, then those asked longest ago.
    pub(super) fn take(
        &mut self,
        watched: &BTreeMap<ConditionId, FeeSchedule>,
        now: UnixMillis,
    ) -> Vec<ConditionId> {
        self.asked.retain(|condition, _| watched.contains_key(condition));
        let mut wanted: Vec<_> = watched
            .iter()
            .filter_map(|(condition, fee)| {
                let asked = self.asked.get(condition).copied();
                let is_known = *fee != FeeSchedule::Unknown;
                let is_old = self.unstated.contains(condition)
                    && asked.is_none_or(|at| now.since(at) >= AGE_MAX);
                (!is_known || is_old).then_some((is_known, asked, *condition))
            })
            .collect();
        wanted.sort_unstable();
        wanted.truncate(ASKED_MAX);
        let wanted: Vec<_> = wanted.into_iter().map(|(_, _, condition)| condition).collect();
        self.asked.extend(wanted.iter().map(|condition| (*condition, now)));
        wanted
    }
}

#[cfg(test)]
mod tests {
    use domain::FeeTerms;

    use super::*;

    fn market(number: u8) -> ConditionId {
        ConditionId::from_bytes([number; 32])
    }

    #[test]
    fn a_fee_that_was_asked_for_is_asked_for_again_after_an_hour_and_a_stated_one_never() {
        let free = FeeSchedule::Known(FeeTerms::FREE);
        let mut watched: BTreeMap<_, _> =
            [(market(1), FeeSchedule::Unknown), (market(2), free)].into();
        let mut wishes = FeeWishes::default();
        let at = |minutes: i64| UnixMillis(minutes * 60_000);
        assert_eq!(wishes.take(&watched, at(0)), [market(1)]);
        watched.insert(market(1), free);
        wishes.set_unstated([market(1)].into());
        assert_eq!(wishes.take(&watched, at(1)), []);
        assert_eq!(wishes.take(&watched, at(60)), [market(1)]);
        assert_eq!(wishes.take(&watched, at(61)), []);
        // Kept from an earlier run, so never asked for in this one.
        watched.insert(market(3), free);
        wishes.set_unstated([market(1), market(3)].into());
        assert_eq!(wishes.take(&watched, at(62)), [market(3)]);
        watched.insert(market(4), FeeSchedule::Unknown);
        assert_eq!(wishes.take(&watched, at(130)), [market(4), market(1), market(3)]);
    }

    #[test]
    fn only_so_many_are_asked_for_at_once() {
        let watched = (0..100).map(|number| (market(number), FeeSchedule::Unknown)).collect();
        let mut wishes = FeeWishes::default();
        assert_eq!(wishes.take(&watched, UnixMillis(0)).len(), ASKED_MAX);
    }
}
