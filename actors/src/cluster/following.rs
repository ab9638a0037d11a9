//! What is to be done with each frame of the leader: decided from its numbers alone.

use relay::LiveEntry;

/// What was heard so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Following {
    fence: u64,
    run: Option<u64>,
    place: u64,
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
    /// Heard before, or of a leader that was followed.
    Old,
}

impl Following {
    /// Takes an entry in.
    pub(super) fn hear(&mut self, entry: &LiveEntry) -> Heard {
        let place = entry.frame.place;
        if entry.fence < self.fence {
            return Heard::Old;
        }
        self.fence = entry.fence;
        if self.run != Some(entry.run) {
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
    }
}
