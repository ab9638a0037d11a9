//! What is made of what a feed of another process says, and of its silence.

use bytes::Bytes;
use domain::{DurationMillis, UnixMillis};
use engine::books::StaleCause;
use relay::{FeedEntry, FeedNews, FeedReport, HeardEntry, LossCause};

use crate::messages::ConnectionId;

/// A feed that said nothing for so long, not even that it lives, is taken for gone.
const SILENCE_MS_MAX: i64 = 2_000;
/// What took so long from the venue's socket to here is worth nothing.
const LATE_MS_MAX: u64 = 2_000;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Pass on frames.
    Frames { connection: ConnectionId, frames: Vec<Bytes>, received_at: UnixMillis, missing: u64 },
    /// Nobody vouches for the books any more.
    Lost { connection: ConnectionId, cause: StaleCause },
    /// Have all books stated again: what is heard from now on has no beginning.
    AskAgain,
    /// Show how the feed stands.
    Show(FeedReport),
}

/// A connection of the feed's process to the venue, as it is named here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    remote: u64,
    local: ConnectionId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hears {
    /// Nothing, or too late.
    Nothing,
    /// In order, in time.
    Well,
}

/// One shard's feed.
#[derive(Clone, Debug)]
pub(super) struct Hearing {
    epoch: u64,
    /// Of the last entry.
    number: u64,
    line: Option<Line>,
    /// Connections up to this one are gone, as the feed said.
    remote_gone: u64,
    hears: Hears,
    heard_at: UnixMillis,
    received_at: UnixMillis,
}

impl Hearing {
    pub(super) const fn new(now: UnixMillis) -> Self {
        Self {
            epoch: 0,
            number: 0,
            line: None,
            remote_gone: 0,
            hears: Hears::Nothing,
            heard_at: now,
            received_at: UnixMillis(0),
        }
    }

    pub(super) fn is_heard(&self) -> bool {
        self.hears == Hears::Well
    }

    /// One entry. `fresh` names connections, each later than all before.
    pub(super) fn heard(
        &mut self,
        HeardEntry { entry, lay_ms }: HeardEntry,
        now: UnixMillis,
        fresh: &mut impl FnMut() -> ConnectionId,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        let FeedEntry { epoch, first, number, news } = entry;
        if epoch < self.epoch || (epoch == self.epoch && number <= self.number) {
            return effects;
        }
        let is_next = epoch == self.epoch && first == self.number + 1;
        if !is_next {
            // Another holder, or entries that were not seen: among them may have been anything.
            self.lose(StaleCause::Disconnected, &mut effects, fresh);
        }
        if epoch > self.epoch {
            self.remote_gone = 0;
        }
        (self.epoch, self.number) = (epoch, number);
        let age_ms = match &news {
            FeedNews::Frames { age_ms, .. } => lay_ms.saturating_add(*age_ms),
            FeedNews::Lost { .. } | FeedNews::Report(_) => lay_ms,
        };
        if age_ms > LATE_MS_MAX {
            self.lose(StaleCause::Silent, &mut effects, fresh);
            self.follow(&news);
            return effects;
        }
        self.heard_at = now;
        if self.hears == Hears::Nothing {
            self.hears = Hears::Well;
            effects.push(Effect::AskAgain);
        }
        self.take(news, age_ms, now, &mut effects, fresh);
        effects
    }

    /// Time passes.
    pub(super) fn tick(
        &mut self,
        now: UnixMillis,
        fresh: &mut impl FnMut() -> ConnectionId,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.hears == Hears::Well && now.since(self.heard_at).0 > SILENCE_MS_MAX {
            self.lose(StaleCause::Silent, &mut effects, fresh);
        }
        effects
    }

    fn lose(
        &mut self,
        cause: StaleCause,
        effects: &mut Vec<Effect>,
        fresh: &mut impl FnMut() -> ConnectionId,
    ) {
        if self.hears == Hears::Nothing {
            return;
        }
        self.hears = Hears::Nothing;
        let connection = self.line.take().map_or_else(fresh, |line| line.local);
        effects.push(Effect::Lost { connection, cause });
    }

    /// What an entry that comes too late still says of the feed's connections.
    fn follow(&mut self, news: &FeedNews) {
        if let FeedNews::Lost { connection, .. } = news {
            self.remote_gone = self.remote_gone.max(*connection);
        }
    }

    fn take(
        &mut self,
        news: FeedNews,
        age_ms: u64,
        now: UnixMillis,
        effects: &mut Vec<Effect>,
        fresh: &mut impl FnMut() -> ConnectionId,
    ) {
        match news {
            FeedNews::Report(report) => effects.push(Effect::Show(report)),
            FeedNews::Lost { connection, cause } => {
                self.remote_gone = self.remote_gone.max(connection);
                if let Some(line) = self.line.take_if(|line| line.remote <= connection) {
                    let cause = match cause {
                        LossCause::Disconnected => StaleCause::Disconnected,
                        LossCause::Silent => StaleCause::Silent,
                    };
                    effects.push(Effect::Lost { connection: line.local, cause });
                }
            }
            FeedNews::Frames { connection, missing, frames, .. } => {
                if connection <= self.remote_gone
                    || self.line.is_some_and(|line| connection < line.remote)
                {
                    return;
                }
                let line = match self.line {
                    Some(line) if line.remote == connection => line,
                    _ => Line { remote: connection, local: fresh() },
                };
                self.line = Some(line);
                let age = DurationMillis(-i64::try_from(age_ms).unwrap_or(i64::MAX));
                let received_at = now.plus(age).max(self.received_at).min(now);
                self.received_at = received_at;
                let connection = line.local;
                effects.push(Effect::Frames { connection, frames, received_at, missing });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_000_000);

    struct Bench {
        hearing: Hearing,
        names: u64,
        now: UnixMillis,
    }

    impl Bench {
        fn new() -> Self {
            Self { hearing: Hearing::new(START), names: 0, now: START }
        }
        fn at(&mut self, after_ms: i64) -> &mut Self {
            self.now = START.plus(DurationMillis(after_ms));
            self
        }
        fn hear(&mut self, epoch: u64, number: u64, news: FeedNews, lay_ms: u64) -> Vec<Effect> {
            let entry = FeedEntry { epoch, first: number, number, news };
            let names = &mut self.names;
            let mut fresh = || {
                *names += 1;
                ConnectionId(*names)
            };
            self.hearing.heard(HeardEntry { entry, lay_ms }, self.now, &mut fresh)
        }
        fn tick(&mut self) -> Vec<Effect> {
            let names = &mut self.names;
            let mut fresh = || {
                *names += 1;
                ConnectionId(*names)
            };
            self.hearing.tick(self.now, &mut fresh)
        }
    }

    fn frames(connection: u64) -> FeedNews {
        FeedNews::Frames { connection, missing: 0, age_ms: 5, frames: vec![Bytes::from("x")] }
    }

    fn passed(connection: u64, received_at: UnixMillis) -> Effect {
        let connection = ConnectionId(connection);
        Effect::Frames { connection, frames: vec![Bytes::from("x")], received_at, missing: 0 }
    }

    fn lost(connection: u64, cause: StaleCause) -> Effect {
        Effect::Lost { connection: ConnectionId(connection), cause }
    }

    fn ago(bench: &Bench, ms: i64) -> UnixMillis {
        bench.now.plus(DurationMillis(-ms))
    }

    #[test]
    fn what_comes_in_order_is_passed_on_with_the_moment_at_which_it_came() {
        let mut bench = Bench::new();
        let first = bench.hear(1, 7, frames(3), 10);
        assert_eq!(first, [Effect::AskAgain, passed(1, ago(&bench, 15))]);
        bench.at(100);
        assert_eq!(bench.hear(1, 8, frames(3), 0), [passed(1, ago(&bench, 5))]);
        assert_eq!(bench.hear(1, 8, frames(3), 0), [], "told twice");
        assert_eq!(bench.hear(1, 9, frames(4), 0), [passed(2, ago(&bench, 5))], "replaced");
        assert_eq!(bench.hear(1, 10, frames(3), 0), [], "of the connection before");
    }

    #[test]
    fn an_entry_that_was_not_seen_costs_the_trust_in_all_books() {
        let mut bench = Bench::new();
        bench.hear(1, 1, frames(3), 0);
        let again = bench.hear(1, 3, frames(3), 0);
        let want = [lost(1, StaleCause::Disconnected), Effect::AskAgain, passed(2, ago(&bench, 5))];
        assert_eq!(again, want);
    }

    #[test]
    fn another_holder_is_believed_from_its_first_word_and_the_one_before_never_again() {
        let mut bench = Bench::new();
        bench.hear(4, 1, frames(9), 0);
        let next = bench.hear(5, 1, frames(1), 0);
        let want = [lost(1, StaleCause::Disconnected), Effect::AskAgain, passed(2, ago(&bench, 5))];
        assert_eq!(next, want);
        assert_eq!(bench.hear(4, 2, frames(9), 0), []);
    }

    #[test]
    fn silence_and_lateness_cost_the_trust_once_and_the_next_word_in_time_asks_for_all() {
        let mut bench = Bench::new();
        bench.hear(1, 1, frames(1), 0);
        assert_eq!(bench.at(2_000).tick(), []);
        assert_eq!(bench.at(2_001).tick(), [lost(1, StaleCause::Silent)]);
        assert_eq!(bench.at(3_000).tick(), []);
        assert_eq!(bench.hear(1, 2, frames(1), 1_996), [], "it lay too long");
        let back = bench.hear(1, 3, frames(1), 0);
        assert_eq!(back, [Effect::AskAgain, passed(2, ago(&bench, 5))]);
        assert_eq!(bench.hear(1, 4, frames(1), 1_996), [lost(2, StaleCause::Silent)]);
    }

    #[test]
    fn a_connection_that_the_feed_lost_is_lost_here_too_and_its_frames_are_worth_nothing() {
        let mut bench = Bench::new();
        bench.hear(1, 1, frames(3), 0);
        let gone = FeedNews::Lost { connection: 3, cause: LossCause::Silent };
        assert_eq!(bench.hear(1, 2, gone.clone(), 0), [lost(1, StaleCause::Silent)]);
        assert_eq!(bench.hear(1, 3, gone, 0), []);
        assert_eq!(bench.hear(1, 4, frames(3), 0), []);
        assert_eq!(bench.hear(1, 5, frames(4), 0), [passed(2, ago(&bench, 5))]);
    }

    #[test]
    fn the_moment_at_which_frames_came_never_goes_back_and_is_never_to_come() {
        let mut bench = Bench::new();
        bench.hear(1, 1, frames(1), 0);
        let first = ago(&bench, 5);
        assert_eq!(bench.hear(1, 2, frames(1), 900), [passed(1, first)]);
    }
}
