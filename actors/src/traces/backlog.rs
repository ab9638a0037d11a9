//! Spans that wait for the collector, and when which of them are sent.

use std::collections::VecDeque;

use domain::{DurationMillis, Span, UnixMillis};

/// Tries of one batch that the collector could not take.
const TRIES_MAX: u32 = 5;
/// Before the second try; doubled before each further one.
const WAIT_FIRST: DurationMillis = DurationMillis(1_000);
/// The longest wait of our own; the collector may want a longer one.
const WAIT_MAX: DurationMillis = DurationMillis(30_000);

/// How much waits, and how it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BacklogLimits {
    /// Spans that wait. At the limit the oldest is let go and counted.
    pub waiting_max: usize,
    /// Spans of one request.
    pub batch_max: usize,
    /// Between two requests, where fewer than a batch wait.
    pub pause: DurationMillis,
}

/// Spans since the beginning, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) sent: u64,
    pub(super) dropped: u64,
    pub(super) failed: u64,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same spans are sent again.
    Again,
    /// They are not.
    GivenUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Idle,
    Busy,
}

/// The backlog.
#[derive(Debug)]
pub(super) struct Backlog {
    limits: BacklogLimits,
    waiting: VecDeque<Span>,
    /// A batch that is sent again, with the tries so far.
    again: Option<(Vec<Span>, u32)>,
    /// Of the batch that is on its way.
    tries: u32,
    line: Line,
    /// Nothing is sent before.
    due_at: UnixMillis,
    /// Less than a batch is not sent before.
    pause_until: UnixMillis,
    counts: Counts,
}

impl Backlog {
    pub(super) const fn new(limits: BacklogLimits) -> Self {
        Self {
            limits,
            waiting: VecDeque::new(),
            again: None,
            tries: 0,
            line: Line::Idle,
            due_at: UnixMillis(0),
            pause_until: UnixMillis(0),
            counts: Counts { sent: 0, dropped: 0, failed: 0 },
        }
    }
    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }
    /// Spans that wait, those that are sent again included.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.again.as_ref().map_or(0, |(batch, _)| batch.len())
    }
    pub(super) fn is_flying(&self) -> bool {
        self.line == Line::Busy
    }

    /// Takes spans in; the oldest give way.
    pub(super) fn put(&mut self, spans: Vec<Span>) {
        self.waiting.extend(spans);
        while self.waiting.len() > self.limits.waiting_max {
            self.waiting.pop_front();
            self.counts.dropped += 1;
        }
    }

    /// The next batch, where one may be sent now. One at a time.
    pub(super) fn due(&mut self, now: UnixMillis) -> Option<Vec<Span>> {
        if self.line == Line::Busy || now < self.due_at {
            return None;
        }
        let is_worth_it = self.waiting.len() >= self.limits.batch_max || now >= self.pause_until;
        if self.again.is_none() && !is_worth_it {
            return None;
        }
        self.rest()
    }

    /// The next batch, whether it is time or not.
    pub(super) fn rest(&mut self) -> Option<Vec<Span>> {
        let batch = match self.again.take() {
            Some((batch, tries)) => {
                self.tries = tries;
                batch
            }
            None => {
                self.tries = 0;
                let some = self.waiting.len().min(self.limits.batch_max);
                self.waiting.drain(..some).collect()
            }
        };
        if batch.is_empty() {
            return None;
        }
        self.line = Line::Busy;
        Some(batch)
    }

    /// The collector took the batch, but for `refused` of its spans.
    pub(super) fn taken(&mut self, spans: u64, refused: u64, now: UnixMillis) {
        let refused = refused.min(spans);
        self.counts.sent += spans - refused;
        self.counts.failed += refused;
        self.landed(now);
    }

    /// The collector will never take the batch.
    pub(super) fn refused(&mut self, spans: u64, now: UnixMillis) -> Verdict {
        self.counts.failed += spans;
        self.landed(now);
        Verdict::GivenUp
    }

    /// The collector could not take the batch, and may want to be left alone for a while.
    pub(super) fn failed(
        &mut self,
        batch: Vec<Span>,
        wait: Option<DurationMillis>,
        now: UnixMillis,
    ) -> Verdict {
        self.landed(now);
        let tries = self.tries + 1;
        let doublings = self.tries.min(16);
        let own = DurationMillis((WAIT_FIRST.0 << doublings).min(WAIT_MAX.0));
        self.due_at = now.plus(own.max(wait.unwrap_or(own)));
        if tries >= TRIES_MAX {
            self.counts.failed += batch.len() as u64;
            // Whoever is away that long is not asked more often for the next batch.
            self.due_at = now.plus(WAIT_MAX.max(wait.unwrap_or(WAIT_MAX)));
            return Verdict::GivenUp;
        }
        self.again = Some((batch, tries));
        Verdict::Again
    }

    fn landed(&mut self, now: UnixMillis) {
        self.line = Line::Idle;
        self.pause_until = now.plus(self.limits.pause);
    }
}

#[cfg(test)]
mod tests {
    use domain::{SpanId, TraceId};

    use super::*;

    const LIMITS: BacklogLimits =
        BacklogLimits { waiting_max: 10, batch_max: 4, pause: DurationMillis(2_000) };

    fn spans(ids: std::ops::Range<u8>) -> Vec<Span> {
        let moment = (UnixMillis(0), UnixMillis(0));
        ids.map(|id| Span::new((TraceId([0; 16]), SpanId([id; 8]), None), "step", moment)).collect()
    }

    fn ids(batch: Option<Vec<Span>>) -> Vec<u8> {
        batch.unwrap_or_default().iter().map(|span| span.id.0[0]).collect()
    }

    #[test]
    fn a_full_batch_goes_at_once_and_less_waits_for_the_pause() {
        let mut backlog = Backlog::new(LIMITS);
        backlog.put(spans(0..6));
        assert_eq!(ids(backlog.due(UnixMillis(10_000))), [0, 1, 2, 3]);
        assert!(backlog.due(UnixMillis(10_000)).is_none(), "one at a time");
        backlog.taken(4, 1, UnixMillis(10_100));
        assert!(backlog.due(UnixMillis(12_099)).is_none());
        assert_eq!(ids(backlog.due(UnixMillis(12_100))), [4, 5]);
        assert_eq!(backlog.counts(), Counts { sent: 3, dropped: 0, failed: 1 });
    }

    #[test]
    fn at_the_limit_the_oldest_are_let_go_and_counted() {
        let mut backlog = Backlog::new(LIMITS);
        backlog.put(spans(0..14));
        assert_eq!((backlog.len(), backlog.counts().dropped), (10, 4));
        assert_eq!(ids(backlog.due(UnixMillis(0))), [4, 5, 6, 7]);
    }

    #[test]
    fn a_batch_that_could_not_be_taken_is_sent_again_later_and_later_and_then_given_up() {
        let mut backlog = Backlog::new(LIMITS);
        backlog.put(spans(0..2));
        let mut now = UnixMillis(5_000);
        let mut waits = Vec::new();
        loop {
            let batch = backlog.due(now).unwrap();
            assert_eq!(batch.len(), 2);
            let verdict = backlog.failed(batch, None, now);
            let since = now;
            if verdict == Verdict::GivenUp {
                break;
            }
            while backlog.again.is_some() && now < backlog.due_at {
                assert_eq!(backlog.due(now), None);
                now = now.plus(DurationMillis(500));
            }
            waits.push(now.since(since).0);
        }
        assert_eq!(waits, [1_000, 2_000, 4_000, 8_000]);
        assert_eq!(backlog.counts(), Counts { sent: 0, dropped: 0, failed: 2 });
        backlog.put(spans(2..9));
        assert_eq!(backlog.due(now.plus(DurationMillis(29_999))), None, "it is left alone");
        assert_eq!(ids(backlog.due(now.plus(DurationMillis(30_000)))), [2, 3, 4, 5]);
    }

    #[test]
    fn a_collector_that_wants_to_be_left_alone_is() {
        let mut backlog = Backlog::new(LIMITS);
        backlog.put(spans(0..4));
        let batch = backlog.due(UnixMillis(0)).unwrap();
        backlog.failed(batch, Some(DurationMillis(7_000)), UnixMillis(0));
        assert_eq!(backlog.due(UnixMillis(6_999)), None);
        assert_eq!(ids(backlog.due(UnixMillis(7_000))), [0, 1, 2, 3]);
    }

    #[test]
    fn what_is_refused_for_good_is_never_sent_again() {
        let mut backlog = Backlog::new(LIMITS);
        backlog.put(spans(0..4));
        let batch = backlog.due(UnixMillis(0)).unwrap();
        assert_eq!(backlog.refused(batch.len() as u64, UnixMillis(0)), Verdict::GivenUp);
        assert_eq!((backlog.len(), backlog.counts().failed), (0, 4));
    }
}
