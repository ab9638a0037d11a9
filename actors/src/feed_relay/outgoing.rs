//! What waits to be passed on, and its numbers.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use domain::UnixMillis;
use relay::{FeedEntry, FeedNews, HeldShard};

/// More does not wait: what does not fit is left out, and its number too, so that who reads knows.
const BYTES_MAX: usize = 16 << 20;
const ENTRIES_MAX: usize = 4_096;
/// Passed on at one time, of all shards.
const ENTRIES_PER_TURN: usize = 256;
/// In one entry.
const FRAMES_MAX: usize = 256;
/// What waited for so long is worth nothing.
const AGE_MS_MAX: i64 = 2_000;

struct Waiting {
    shard: u16,
    number: u64,
    news: FeedNews,
    came_at: UnixMillis,
    bytes: usize,
}

/// What waits, oldest first.
#[derive(Default)]
pub(super) struct Outgoing {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// The epoch and the last number of each shard that is held.
    numbers: BTreeMap<u16, (u64, u64)>,
}

impl Outgoing {
    /// Other shards are held than before: what waits for those that are not, or not by the same
    /// right, is dropped.
    pub(super) fn hold(&mut self, held: &BTreeMap<u16, HeldShard>) {
        let epoch = |shard: &u16| held.get(shard).map(HeldShard::epoch);
        let before = std::mem::take(&mut self.numbers);
        self.numbers = held
            .iter()
            .map(|(shard, now)| match before.get(shard) {
                Some(known) if known.0 == now.epoch() => (*shard, *known),
                _ => (*shard, (now.epoch(), 0)),
            })
            .collect();
        let is_same = |waiting: &Waiting| {
            epoch(&waiting.shard) == before.get(&waiting.shard).map(|(epoch, _)| *epoch)
        };
        let bytes = &mut self.bytes;
        self.waiting.retain(|waiting| {
            let keep = is_same(waiting);
            if !keep {
                *bytes -= waiting.bytes;
            }
            keep
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes what a held shard's feed says; what is said of others goes nowhere.
    pub(super) fn add(&mut self, shard: u16, news: FeedNews, came_at: UnixMillis) {
        let Some((_, last)) = self.numbers.get_mut(&shard) else { return };
        *last += 1;
        let number = *last;
        let bytes = match &news {
            FeedNews::Frames { frames, .. } => frames.iter().map(Bytes::len).sum(),
            FeedNews::Lost { .. } | FeedNews::Report(_) => 64,
        };
        if self.waiting.len() >= ENTRIES_MAX || self.bytes + bytes > BYTES_MAX {
            return;
        }
        self.bytes += bytes;
        self.waiting.push_back(Waiting { shard, number, news, came_at, bytes });
    }

    /// The next entries, by shard, in order.
    pub(super) fn take(&mut self, now: UnixMillis) -> BTreeMap<u16, Vec<FeedEntry>> {
        let mut turn: BTreeMap<u16, Vec<FeedEntry>> = BTreeMap::new();
        for _ in 0..ENTRIES_PER_TURN {
            let Some(Waiting { shard, number, mut news, came_at, bytes }) =
                self.waiting.pop_front()
            else {
                break;
            };
            self.bytes -= bytes;
            let waited_ms = now.since(came_at).0;
            let Some((epoch, _)) = self.numbers.get(&shard) else { continue };
            if waited_ms > AGE_MS_MAX {
                continue;
            }
            if let FeedNews::Frames { age_ms, .. } = &mut news {
                *age_ms = u64::try_from(waited_ms).unwrap_or(0);
            }
            let entries = turn.entry(shard).or_default();
            let entry = FeedEntry { epoch: *epoch, first: number, number, news };
            if let Some(entry) = joined(entries.last_mut(), entry) {
                entries.push(entry);
            }
        }
        turn
    }

    /// Nothing that waits can be passed on: it is left out, and its numbers too.
    pub(super) fn drop_all(&mut self) {
        self.waiting.clear();
        self.bytes = 0;
    }
}

/// Puts frames to those that wait before them, where they go on with them: an entry costs Redis more
/// than a frame does. What does not fit there comes back.
fn joined(before: Option<&mut FeedEntry>, entry: FeedEntry) -> Option<FeedEntry> {
    let Some(before) = before else { return Some(entry) };
    let is_next = before.number + 1 == entry.first;
    match (&mut before.news, entry.news) {
        (
            FeedNews::Frames { connection, age_ms, frames, .. },
            FeedNews::Frames { connection: other, missing: 0, age_ms: age, frames: more },
        ) if is_next && *connection == other && frames.len() + more.len() <= FRAMES_MAX => {
            frames.extend(more);
            *age_ms = age.max(*age_ms);
            before.number = entry.number;
            None
        }
        (_, news) => Some(FeedEntry { news, ..entry }),
    }
}

#[cfg(test)]
mod tests {
    use domain::DurationMillis;
    use relay::Relay;
    use relay::testing::TestRedis;

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000);

    fn frames(bytes: usize) -> FeedNews {
        let frames = vec![Bytes::from(vec![b'x'; bytes])];
        FeedNews::Frames { connection: 1, missing: 0, age_ms: 0, frames }
    }

    fn numbers(turn: &BTreeMap<u16, Vec<FeedEntry>>, shard: u16) -> Vec<u64> {
        turn.get(&shard).into_iter().flatten().map(|entry| entry.number).collect()
    }

    #[test]
    fn frames_that_wait_go_together_and_nothing_else_does() {
        let entry = |first, connection, missing| {
            let frames = vec![Bytes::from_static(b"x")];
            let news = FeedNews::Frames { connection, missing, age_ms: first, frames };
            FeedEntry { epoch: 1, first, number: first, news }
        };
        let mut before = entry(4, 1, 0);
        assert_eq!(joined(Some(&mut before), entry(5, 1, 0)), None);
        let FeedNews::Frames { frames, age_ms, .. } = &before.news else { panic!("frames") };
        assert_eq!((before.first, before.number, frames.len(), *age_ms), (4, 5, 2, 5));
        for other in [entry(6, 2, 0), entry(6, 1, 3), entry(7, 1, 0)] {
            assert_eq!(joined(Some(&mut before), other.clone()), Some(other));
        }
        let gone = FeedNews::Lost { connection: 1, cause: relay::LossCause::Silent };
        let gone = FeedEntry { epoch: 1, first: 6, number: 6, news: gone };
        assert_eq!(joined(Some(&mut before), gone.clone()), Some(gone.clone()));
        let mut gone = gone;
        assert_eq!(joined(Some(&mut gone), entry(7, 1, 0)), Some(entry(7, 1, 0)));
    }

    async fn held(relay: &Relay, shard: u16) -> HeldShard {
        let long = std::time::Duration::from_secs(60);
        relay.take_shard(shard, "a", long).await.unwrap().unwrap()
    }

    #[actix_rt::test]
    async fn what_does_not_fit_or_waits_too_long_is_left_out_and_its_number_shows_it() {
        let Some(server) = TestRedis::start() else { return };
        let relay = Relay::connect(&server.settings()).await.unwrap();
        let mut outgoing = Outgoing::default();
        outgoing.add(1, frames(1), NOW);
        assert!(outgoing.is_empty(), "nothing is held");
        let first = held(&relay, 1).await;
        outgoing.hold(&BTreeMap::from([(1, first.clone())]));

        outgoing.add(1, frames(BYTES_MAX), NOW);
        outgoing.add(1, frames(1), NOW);
        assert_eq!(numbers(&outgoing.take(NOW), 1), [1]);
        outgoing.add(1, frames(1), NOW);
        outgoing.add(1, frames(1), NOW.plus(DurationMillis(AGE_MS_MAX)));
        let turn = outgoing.take(NOW.plus(DurationMillis(AGE_MS_MAX + 1)));
        assert_eq!(numbers(&turn, 1), [4]);

        outgoing.add(1, frames(1), NOW);
        relay.give_back_shard(&first).await.unwrap();
        let again = held(&relay, 1).await;
        outgoing.hold(&BTreeMap::from([(1, again.clone())]));
        assert!(outgoing.is_empty(), "it was said by the right of before");
        outgoing.add(1, frames(1), NOW);
        let turn = outgoing.take(NOW);
        assert_eq!((numbers(&turn, 1), turn[&1][0].epoch), (vec![1], again.epoch()));
    }
}
