//! A circuit breaker: after too many failures in a row nothing is sent for a while, then one
//! request tries. Pure; whoever keeps one hands in the time.

use domain::{DurationMillis, UnixMillis};

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row that open it, from 1. Default 5.
    pub failures_max: u32,
    /// How long it stays open at first; twice as long after each trial that fails. Default 1 s.
    pub pause: DurationMillis,
    /// The longest it stays open. Default 30 s.
    pub pause_max: DurationMillis,
    /// A trial that says nothing for so long does not hold up the next one. Default 30 s.
    pub trial_max: DurationMillis,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            failures_max: 5,
            pause: DurationMillis(1_000),
            pause_max: DurationMillis(30_000),
            trial_max: DurationMillis(30_000),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Everything goes.
    Closed { failures: u32 },
    /// Nothing goes.
    Open { until: UnixMillis, pause: DurationMillis },
    /// One request is on its way.
    HalfOpen { since: UnixMillis, pause: DurationMillis },
}

/// The breaker of one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    settings: BreakerSettings,
    state: State,
}

/// Too much failed: nothing is sent before this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tripped {
    /// When the next request may try.
    pub until: UnixMillis,
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub const fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { failures: 0 } }
    }
    /// Asks to send a request. Whoever is let through tells the end: [`Self::succeeded`],
    /// [`Self::failed`] or [`Self::abstained`].
    ///
    /// # Errors
    /// [`Tripped`].
    pub fn admit(&mut self, now: UnixMillis) -> Result<(), Tripped> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, .. } if now < until => Err(Tripped { until }),
            State::HalfOpen { since, .. } if now < since.plus(self.settings.trial_max) => {
                Err(Tripped { until: since.plus(self.settings.trial_max) })
            }
            State::Open { pause, .. } | State::HalfOpen { pause, .. } => {
                self.state = State::HalfOpen { since: now, pause };
                Ok(())
            }
        }
    }
    /// The endpoint answered, kindly or not.
    pub const fn succeeded(&mut self) {
        self.state = State::Closed { failures: 0 };
    }
    /// The endpoint did not answer, or with nonsense.
    pub fn failed(&mut self, now: UnixMillis) {
        let BreakerSettings { failures_max, pause, pause_max, .. } = self.settings;
        self.state = match self.state {
            State::Closed { failures } if failures + 1 < failures_max => {
                State::Closed { failures: failures + 1 }
            }
            State::Closed { .. } => State::Open { until: now.plus(pause), pause },
            State::HalfOpen { pause, .. } => {
                let pause = DurationMillis(pause.0.saturating_mul(2).min(pause_max.0));
                State::Open { until: now.plus(pause), pause }
            }
            // A request from before it opened.
            open @ State::Open { .. } => open,
        };
    }
    /// The request never reached the endpoint, so nothing is learned.
    pub const fn abstained(&mut self, now: UnixMillis) {
        if let State::HalfOpen { pause, .. } = self.state {
            self.state = State::Open { until: now, pause };
        }
    }
    /// Whether requests are held back.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed { .. })
    }
    /// Until when nothing is let through, as far as is known now.
    #[must_use]
    pub fn open_until(&self, now: UnixMillis) -> Option<UnixMillis> {
        let until = match self.state {
            State::Closed { .. } => return None,
            State::Open { until, .. } => until,
            State::HalfOpen { since, .. } => since.plus(self.settings.trial_max),
        };
        (now < until).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: BreakerSettings = BreakerSettings {
        failures_max: 3,
        pause: DurationMillis(1_000),
        pause_max: DurationMillis(3_000),
        trial_max: DurationMillis(10_000),
    };

    fn at(millis: i64) -> UnixMillis {
        UnixMillis(millis)
    }
    fn tripped() -> Breaker {
        let mut breaker = Breaker::new(SETTINGS);
        (0..3).for_each(|_| breaker.failed(at(0)));
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_in_between_does_not_let_them_add_up() {
        let mut breaker = Breaker::new(SETTINGS);
        breaker.failed(at(0));
        breaker.failed(at(0));
        breaker.succeeded();
        breaker.failed(at(0));
        breaker.failed(at(0));
        assert_eq!(breaker.admit(at(0)), Ok(()));
        breaker.failed(at(0));
        assert_eq!(breaker.admit(at(999)), Err(Tripped { until: at(1_000) }));
    }

    #[test]
    fn after_the_pause_one_request_tries_and_its_end_decides() {
        let mut breaker = tripped();
        assert_eq!(breaker.admit(at(1_000)), Ok(()));
        assert!(breaker.admit(at(1_001)).is_err(), "one at a time");
        breaker.failed(at(1_500));
        assert_eq!(breaker.admit(at(3_499)), Err(Tripped { until: at(3_500) }), "twice as long");
        assert_eq!(breaker.admit(at(3_500)), Ok(()));
        breaker.failed(at(3_500));
        assert_eq!(
            breaker.admit(at(6_499)),
            Err(Tripped { until: at(6_500) }),
            "no longer than that"
        );
        assert_eq!(breaker.admit(at(6_500)), Ok(()));
        breaker.succeeded();
        assert!(!breaker.is_open());
        assert_eq!(breaker.admit(at(6_501)), Ok(()));
    }

    #[test]
    fn a_trial_that_is_never_heard_of_again_or_never_left_does_not_block_for_ever() {
        let mut breaker = tripped();
        assert_eq!(breaker.admit(at(1_000)), Ok(()));
        assert!(breaker.admit(at(10_999)).is_err());
        assert_eq!(breaker.admit(at(11_000)), Ok(()));
        breaker.abstained(at(11_001));
        assert_eq!(breaker.admit(at(11_001)), Ok(()));
    }

    #[test]
    fn a_late_failure_does_not_prolong_what_is_open() {
        let mut breaker = tripped();
        breaker.failed(at(900));
        assert_eq!(breaker.admit(at(1_000)), Ok(()));
    }
}
