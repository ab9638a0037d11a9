//! Work over several children: stop these, last first, each in its time; pause; start those, in
//! order, each after the one before is up.

use std::collections::BTreeSet;
use std::time::Duration;

use super::roster::Key;
use crate::supervision::exit::ExitReason;

/// What happens at the end of a plan.
#[derive(Debug)]
pub(super) enum Then {
    Nothing,
    BeReady,
    Exit(ExitReason),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaiting {
    Nothing,
    Exit(Key),
    Pause,
    Up(Key),
}

/// The next thing to do.
#[derive(Debug)]
pub(super) enum Step {
    /// Something is under way.
    Wait,
    Stop(Key),
    Pause(Duration),
    Start(Key),
    Done(Then),
}

#[derive(Debug)]
pub(super) struct Plan {
    /// Tells the timers of this plan from those of its predecessors.
    pub(super) number: u64,
    stop: BTreeSet<Key>,
    pause: Duration,
    start: BTreeSet<Key>,
    awaiting: Awaiting,
    then: Option<Then>,
}

impl Plan {
    fn new(stop: BTreeSet<Key>, pause: Duration, start: BTreeSet<Key>, then: Then) -> Self {
        Plan { number: 0, stop, pause, start, awaiting: Awaiting::Nothing, then: Some(then) }
    }

    /// The first start of a supervisor's children.
    pub(super) fn start(keys: impl IntoIterator<Item = Key>) -> Self {
        let start = keys.into_iter().collect();
        Plan::new(BTreeSet::new(), Duration::ZERO, start, Then::BeReady)
    }

    pub(super) fn restart(
        stop: impl IntoIterator<Item = Key>,
        pause: Duration,
        start: impl IntoIterator<Item = Key>,
    ) -> Self {
        let (stop, start) = (stop.into_iter().collect(), start.into_iter().collect());
        Plan::new(stop, pause, start, Then::Nothing)
    }

    /// One child, not to be started again.
    pub(super) fn stop_one(key: Key) -> Self {
        Plan::new(BTreeSet::from([key]), Duration::ZERO, BTreeSet::new(), Then::Nothing)
    }

    pub(super) fn exit(keys: impl IntoIterator<Item = Key>, reason: ExitReason) -> Self {
        let stop = keys.into_iter().collect();
        Plan::new(stop, Duration::ZERO, BTreeSet::new(), Then::Exit(reason))
    }

    /// Takes over what a predecessor has not finished, unless this plan ends in an exit.
    pub(super) fn absorb(&mut self, old: Plan) {
        if let Awaiting::Exit(key) = old.awaiting {
            // its stop has been asked for; asking twice would restart its time
            self.awaiting = Awaiting::Exit(key);
            self.stop.remove(&key);
        }
        if matches!(self.then, Some(Then::Exit(_))) {
            return;
        }
        self.start.retain(|key| !old.gives_up(*key));
        self.pause = self.pause.max(old.pause);
        self.stop.extend(old.stop);
        self.start.extend(old.start);
        if let Awaiting::Up(key) = old.awaiting
            && !self.stop.contains(&key)
        {
            self.awaiting = Awaiting::Up(key);
        }
    }

    /// Whether the child is stopped, or about to be, without being started again.
    pub(super) fn gives_up(&self, key: Key) -> bool {
        let stops = self.stop.contains(&key) || self.awaiting == Awaiting::Exit(key);
        stops && !self.start.contains(&key)
    }

    pub(super) fn will_stop(&self, key: Key) -> bool {
        self.stop.contains(&key)
    }

    pub(super) fn will_start(&self, key: Key) -> bool {
        self.start.contains(&key)
    }

    pub(super) fn also_start(&mut self, key: Key) {
        self.start.insert(key);
    }

    /// True if the plan was waiting for that.
    pub(super) fn note_up(&mut self, key: Key) -> bool {
        self.note(Awaiting::Up(key))
    }

    /// True if the plan was waiting for that.
    pub(super) fn note_exit(&mut self, key: Key) -> bool {
        self.note(Awaiting::Exit(key))
    }

    /// True if the plan was waiting for that.
    pub(super) fn note_pause_over(&mut self) -> bool {
        self.pause = Duration::ZERO;
        self.note(Awaiting::Pause)
    }

    fn note(&mut self, event: Awaiting) -> bool {
        let expected = self.awaiting == event;
        if expected {
            self.awaiting = Awaiting::Nothing;
        }
        expected
    }

    /// A step that turns out to be unnecessary.
    pub(super) fn skip(&mut self) {
        self.awaiting = Awaiting::Nothing;
    }

    pub(super) fn next(&mut self) -> Step {
        if self.awaiting != Awaiting::Nothing {
            return Step::Wait;
        }
        if let Some(key) = self.stop.pop_last() {
            self.awaiting = Awaiting::Exit(key);
            return Step::Stop(key);
        }
        if !self.pause.is_zero() {
            self.awaiting = Awaiting::Pause;
            return Step::Pause(self.pause);
        }
        if let Some(key) = self.start.pop_first() {
            self.awaiting = Awaiting::Up(key);
            return Step::Start(key);
        }
        Step::Done(self.then.take().unwrap_or(Then::Nothing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(5);

    fn keys(numbers: &[u64]) -> Vec<Key> {
        numbers.iter().copied().map(Key).collect()
    }

    /// Runs a plan whose every step succeeds at once.
    fn trace(plan: &mut Plan) -> Vec<String> {
        let mut steps = Vec::new();
        loop {
            match plan.next() {
                Step::Wait => panic!("waits for {:?}", plan.awaiting),
                Step::Stop(key) => steps.push(format!("-{}", key.0)),
                Step::Start(key) => steps.push(format!("+{}", key.0)),
                Step::Pause(_) => {
                    steps.push("pause".to_owned());
                    assert!(plan.note_pause_over());
                }
                Step::Done(_) => return steps,
            }
            plan.skip();
        }
    }

    #[test]
    fn stops_go_backwards_and_starts_forwards() {
        let mut plan = Plan::restart(keys(&[2, 4, 3]), PAUSE, keys(&[4, 3, 2]));
        assert_eq!(trace(&mut plan), ["-4", "-3", "-2", "pause", "+2", "+3", "+4"]);
    }

    #[test]
    fn a_wider_group_takes_over_what_a_narrower_one_has_not_finished() {
        let mut narrow = Plan::restart(keys(&[3, 4]), PAUSE, keys(&[3, 4]));
        assert!(matches!(narrow.next(), Step::Stop(Key(4))));
        let mut wide = Plan::restart(keys(&[2, 3, 4]), Duration::ZERO, keys(&[2, 3, 4]));
        wide.absorb(narrow);
        assert!(matches!(wide.next(), Step::Wait), "4 has been told to stop already");
        assert!(wide.note_exit(Key(4)));
        assert_eq!(trace(&mut wide), ["-3", "-2", "pause", "+2", "+3", "+4"]);
    }

    #[test]
    fn a_group_restart_does_not_revive_a_child_that_is_being_stopped_for_good() {
        let mut stopping = Plan::stop_one(Key(3));
        assert!(matches!(stopping.next(), Step::Stop(Key(3))));
        let mut group = Plan::restart(keys(&[2, 3, 4]), Duration::ZERO, keys(&[2, 3, 4]));
        group.absorb(stopping);
        assert!(group.gives_up(Key(3)));
        assert!(group.note_exit(Key(3)));
        assert_eq!(trace(&mut group), ["-4", "-2", "+2", "+4"]);
    }

    #[test]
    fn an_exit_forgets_every_start() {
        let mut restart = Plan::restart(keys(&[2]), PAUSE, keys(&[2, 3]));
        assert!(matches!(restart.next(), Step::Stop(Key(2))));
        let mut exit = Plan::exit(keys(&[1, 2, 3]), ExitReason::Shutdown);
        exit.absorb(restart);
        assert!(exit.note_exit(Key(2)));
        assert_eq!(trace(&mut exit), ["-3", "-1"]);
    }
}
