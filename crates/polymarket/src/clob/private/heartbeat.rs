//! The venue's dead-man switch. Pure: time is handed in.
//!
//! Once one beat has been accepted, ten seconds without another make the venue cancel every open
//! order of these API keys, and nothing disarms that. So nothing beats unless it is asked to, one
//! beat is out at a time, and one process holds a key.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::clob::private_wire::HeartbeatWire;
use crate::http::{Reply, VenueError};

/// Distance between two beats.
pub const BEAT_EVERY: Duration = Duration::from_secs(5);
/// Silence after which the venue cancels.
pub const SILENCE_MAX: Duration = Duration::from_secs(10);

/// What one beat says: the id that the venue gave last, nothing at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    id: String,
}

impl Beat {
    /// The body of the request.
    #[must_use]
    pub fn body(&self) -> Bytes {
        serde_json::json!({ "heartbeat_id": self.id }).to_string().into()
    }
}

/// What the venue made of a beat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BeatAnswer {
    /// It counts; this is the next id.
    Accepted {
        /// The next id.
        next: String,
    },
    /// It does not count: the venue expected this id.
    WrongId {
        /// The id to use.
        expected: String,
    },
    /// No answer, or one that names no id. It may have counted.
    Missed(VenueError),
}

/// What the owner is told after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pulse {
    /// All is well.
    Kept,
    /// Send again at once.
    Again,
    /// Not counted, but there is time.
    Late,
    /// The venue has cancelled, or soon will: look up what is left.
    Lapsed,
}

/// The state of the switch. Off, it never has anything to send.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat {
    running: Option<Running>,
}

#[derive(Clone, Debug)]
struct Running {
    id: String,
    /// When a beat last counted; nothing as long as the venue is not armed.
    counted_at: Option<Instant>,
    /// When the next one is due.
    due_at: Instant,
    /// When the beat that is out left.
    out_since: Option<Instant>,
    /// Wrong ids in a row.
    corrections: u32,
}

/// Wrong ids in a row that are answered at once; after that the usual distance is kept, so that
/// two processes with one key do not race each other.
const CORRECTIONS_MAX: u32 = 2;

impl Heartbeat {
    /// A switch that is not used.
    #[must_use]
    pub const fn off() -> Self {
        Self { running: None }
    }
    /// A switch that beats from `now` on.
    #[must_use]
    pub fn started(now: Instant) -> Self {
        let (id, counted_at, out_since) = (String::new(), None, None);
        Self { running: Some(Running { id, counted_at, due_at: now, out_since, corrections: 0 }) }
    }
    /// The beat to send now, if one is due and none is out. Whoever takes one sends it and hands
    /// the answer back.
    pub fn take_due(&mut self, now: Instant) -> Option<Beat> {
        let running = self.running.as_mut()?;
        if running.out_since.is_some() || now < running.due_at {
            return None;
        }
        running.out_since = Some(now);
        Some(Beat { id: running.id.clone() })
    }
    /// Takes the answer to the beat that is out.
    pub fn on_answer(&mut self, answer: BeatAnswer, now: Instant) -> Pulse {
        let Some(running) = self.running.as_mut() else { return Pulse::Kept };
        let left_at = running.out_since.take().unwrap_or(now);
        let lapsed = running.lapsed(left_at);
        match answer {
            BeatAnswer::Accepted { next } => {
                // The venue counted it at the earliest when it left.
                (running.id, running.counted_at) = (next, Some(left_at));
                (running.due_at, running.corrections) = (left_at + BEAT_EVERY, 0);
                if lapsed { Pulse::Lapsed } else { Pulse::Kept }
            }
            BeatAnswer::WrongId { expected } => {
                running.id = expected;
                running.corrections += 1;
                let at_once = running.corrections <= CORRECTIONS_MAX;
                running.due_at = if at_once { now } else { now + BEAT_EVERY };
                match (running.lapsed(now), at_once) {
                    (true, _) => Pulse::Lapsed,
                    (false, true) => Pulse::Again,
                    (false, false) => Pulse::Late,
                }
            }
            BeatAnswer::Missed(_) => {
                running.due_at = (left_at + BEAT_EVERY).max(now);
                if running.lapsed(now) { Pulse::Lapsed } else { Pulse::Late }
            }
        }
    }
}

impl Running {
    /// The venue's patience has run out, if it is armed.
    fn lapsed(&self, now: Instant) -> bool {
        self.counted_at.is_some_and(|at| now.saturating_duration_since(at) >= SILENCE_MAX)
    }
}

/// Reads the answer to a beat.
pub(super) fn read(reply: &Reply) -> BeatAnswer {
    let body = match reply.body.as_ref() {
        Ok(body) => body,
        Err(error) => return BeatAnswer::Missed(error.clone()),
    };
    let id = body.decode::<HeartbeatWire>("heartbeat").map(|wire| wire.heartbeat_id);
    match (reply.status, id) {
        (200..=299, Ok(id)) if id.get().is_some() => {
            BeatAnswer::Accepted { next: id.as_str().to_owned() }
        }
        (400, Ok(id)) if id.get().is_some() => {
            BeatAnswer::WrongId { expected: id.as_str().to_owned() }
        }
        (_, Err(error)) if reply.is_success() => BeatAnswer::Missed(error),
        _ => BeatAnswer::Missed(VenueError::Status {
            code: reply.status,
            excerpt: crate::http::Excerpt::of(body.bytes()),
            retry_after: reply.retry_after(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn accepted(next: &str) -> BeatAnswer {
        BeatAnswer::Accepted { next: next.to_owned() }
    }

    fn missed() -> BeatAnswer {
        BeatAnswer::Missed(VenueError::Timeout { after: BEAT_EVERY })
    }

    #[test]
    fn nothing_beats_unless_it_is_asked_to() {
        let now = Instant::now();
        let mut off = Heartbeat::off();
        assert_eq!(off.take_due(now + SECOND * 1_000), None);
        assert_eq!(Heartbeat::default().take_due(now), None);
    }

    #[test]
    fn one_beat_is_out_at_a_time_and_the_next_says_what_the_venue_gave() {
        let now = Instant::now();
        let mut heart = Heartbeat::started(now);
        assert_eq!(&*heart.take_due(now).unwrap().body(), br#"{"heartbeat_id":""}"#);
        assert_eq!(heart.take_due(now + SECOND * 9), None, "one is out");
        assert_eq!(heart.on_answer(accepted("a"), now + SECOND), Pulse::Kept);
        assert_eq!(heart.take_due(now + SECOND * 4), None);
        let next = heart.take_due(now + SECOND * 5).unwrap();
        assert_eq!(&*next.body(), br#"{"heartbeat_id":"a"}"#);
    }

    #[test]
    fn the_venues_id_is_adopted_at_once_but_two_owners_do_not_race() {
        let now = Instant::now();
        let mut heart = Heartbeat::started(now);
        for (round, want) in [Pulse::Again, Pulse::Again, Pulse::Late].into_iter().enumerate() {
            assert!(heart.take_due(now).is_some(), "round {round}");
            let wrong = BeatAnswer::WrongId { expected: "b".to_owned() };
            assert_eq!(heart.on_answer(wrong, now), want);
        }
        assert_eq!(heart.take_due(now + SECOND * 4), None);
        let next = heart.take_due(now + SECOND * 5).unwrap();
        assert_eq!(&*next.body(), br#"{"heartbeat_id":"b"}"#);
    }

    #[test]
    fn ten_seconds_without_a_beat_that_counts_are_told_and_only_once_it_is_armed() {
        let now = Instant::now();
        let mut heart = Heartbeat::started(now);
        let beat = |heart: &mut Heartbeat, at, answer| {
            assert!(heart.take_due(now + SECOND * at).is_some(), "at {at}");
            heart.on_answer(answer, now + SECOND * (at + 1))
        };
        assert_eq!(beat(&mut heart, 0, missed()), Pulse::Late);
        assert_eq!(beat(&mut heart, 30, missed()), Pulse::Late, "not armed: nothing to lose");
        assert_eq!(beat(&mut heart, 35, accepted("a")), Pulse::Kept);
        assert_eq!(beat(&mut heart, 40, missed()), Pulse::Late);
        assert_eq!(beat(&mut heart, 45, missed()), Pulse::Lapsed);
        assert_eq!(beat(&mut heart, 50, accepted("b")), Pulse::Lapsed, "too late to have helped");
        assert_eq!(beat(&mut heart, 55, accepted("c")), Pulse::Kept);
    }
}
