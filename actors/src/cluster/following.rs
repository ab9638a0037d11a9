//! What is to be done with each frame of the leader: decided from its numbers alone.

use std::collections::VecDeque;

use relay::LiveEntry;

/// Runs that are over and are known again.
const PAST_MAX: usize = 8;

/// What was heard so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Following {
    run: Option<u64>,
    place: u64,
    /// Runs before it, the newest last. Nothing of them is appended any more; it may be read again.
    past: VecDeque<u64>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The one that comes next.
    Next,
    /// New, and some before it were lost.
    AfterGap,
    /// The first of another run.
    OtherRun,
    /// Heard before, or of a run that is over.
    Old,
}

impl Following {
    /// Takes an entry in.
    pub(super) fn hear(&mut self, entry: &LiveEntry) -> Heard {
        let place = entry.frame.place;
        if self.past.contains(&entry.run) {
            return Heard::Old;
        }
        if self.run != Some(entry.run) {
            self.past.extend(self.run);
            if self.past.len() > PAST_MAX {
                self.past.pop_front();
            }
            (self.run, self.place) = (Some(entry.run), place);
            return Heard::OtherRun;
        }
        match place.cmp(&(self.place + 1)) {
            std::cmp::Ordering::Less => Heard::Old,
            std::cmp::Ordering::Equal => {
                self.place = place;
                Heard::Next
            }
            std::cmp::Ordering::Greater => {
                self.place = place;
                Heard::AfterGap
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use relay::LiveFrame;

    use super::*;

    fn hear(following: &mut Following, fence: u64, run: u64, place: u64) -> Heard {
        let kind = "order".to_owned();
        let frame = LiveFrame { place, fact: 0, kind, key: None, text: "".into() };
        following.hear(&LiveEntry { fence, run, frame })
    }

    #[test]
    fn what_comes_twice_is_old_and_what_is_missing_is_noticed() {
        let mut following = Following::default();
        let heard: Vec<_> =
            [7, 8, 8, 7, 9, 12, 13].map(|place| hear(&mut following, 1, 5, place)).into();
        use Heard::{AfterGap, Next, Old, OtherRun};
        assert_eq!(heard, [OtherRun, Next, Old, Old, Next, AfterGap, Next]);
    }

    #[test]
    fn another_run_begins_and_the_one_before_it_is_heard_no_more() {
        let mut following = Following::default();
        hear(&mut following, 1, 5, 100);
        assert_eq!(hear(&mut following, 2, 6, 1), Heard::OtherRun);
        assert_eq!(hear(&mut following, 1, 5, 101), Heard::Old);
        assert_eq!(hear(&mut following, 2, 6, 2), Heard::Next);
        // A database that was restored begins with smaller fences.
        assert_eq!(hear(&mut following, 1, 7, 1), Heard::OtherRun);
        for run in 8..100 {
            assert_eq!(hear(&mut following, 1, run, 1), Heard::OtherRun);
        }
        assert!(following.past.len() <= PAST_MAX);
    }
}
