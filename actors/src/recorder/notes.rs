//! Where deciders say what they took in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::UnixMillis;
use parking_lot::Mutex;
use replay::{Note, Stepped};

/// Notes that wait to be written; a burst of frames is one note.
const WAITING_MAX: usize = 65_536;
/// Frames that wait to be written, bytes.
const WAITING_BYTES_MAX: u64 = 64 << 20;
/// Room that is kept for notes while few of them come.
const ROOM_KEPT: usize = 1_024;

/// What waits for the recorder, in the order in which it was said.
#[derive(Debug, Default)]
struct Waiting {
    steps: Vec<Stepped>,
    bytes: u64,
    left_out: Option<LeftOut>,
}

/// Notes that found no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// How many.
    pub(super) notes: u64,
    /// When the last of them was said.
    pub(super) at: UnixMillis,
}

#[derive(Debug)]
struct Line {
    on: AtomicBool,
    waiting: Mutex<Waiting>,
}

/// Says notes to the recorder, if there is one. Never waits for it, nor wakes it: a note is put where
/// the recorder looks several times a second. With too much waiting, notes are left out and counted
/// until the recorder has taken what waits; nobody who trades waits for a disk.
#[derive(Clone, Debug, Default)]
pub struct Notes(Option<Arc<Line>>);

impl Notes {
    /// To the recorder that is given a clone of it.
    #[must_use]
    pub fn kept() -> Self {
        Self(Some(Arc::new(Line { on: AtomicBool::new(true), waiting: Mutex::default() })))
    }
    /// Whether anybody writes anything down. Where nobody does nothing needs to be copied.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.line().is_some()
    }
    /// Says a note of this moment, which is made only where somebody writes it down. Say it before
    /// anybody is told what was decided.
    pub fn say(&self, at: UnixMillis, note: impl FnOnce() -> Note) {
        let Some(line) = self.line() else { return };
        let note = note();
        let bytes = bytes_of(&note);
        let mut waiting = line.waiting.lock();
        let fits = waiting.steps.len() < WAITING_MAX && waiting.bytes + bytes <= WAITING_BYTES_MAX;
        if fits && waiting.left_out.is_none() {
            waiting.bytes += bytes;
            waiting.steps.push(Stepped { at, note });
        } else {
            let notes = waiting.left_out.map_or(0, |left_out| left_out.notes) + 1;
            waiting.left_out = Some(LeftOut { notes, at });
        }
    }
    /// Takes what waits, in exchange for an empty list, and says what was left out behind it.
    pub(super) fn take(&self, into: &mut Vec<Stepped>) -> Option<LeftOut> {
        into.clear();
        into.shrink_to(ROOM_KEPT);
        let line = self.line()?;
        let mut waiting = line.waiting.lock();
        std::mem::swap(&mut waiting.steps, into);
        waiting.bytes = 0;
        waiting.left_out.take()
    }
    /// A recorder begins anew: what waited belongs to a session that is over, and what made the
    /// recorder give up is over too.
    pub(super) fn begin_again(&self) {
        if let Some(line) = &self.0 {
            line.clear();
            line.on.store(true, Ordering::Relaxed);
        }
    }
    pub(super) fn switch_off(&self) {
        if let Some(line) = &self.0 {
            line.on.store(false, Ordering::Relaxed);
            line.clear();
        }
    }
    fn line(&self) -> Option<&Line> {
        self.0.as_deref().filter(|line| line.on.load(Ordering::Relaxed))
    }
}

impl Line {
    fn clear(&self) {
        let waited = std::mem::take(&mut *self.waiting.lock());
        // Not under the lock: it may be much, and others trade.
        drop(waited);
    }
}

/// What a note keeps in memory, as far as it can be much.
fn bytes_of(note: &Note) -> u64 {
    match note {
        Note::Frames { frames, .. } => frames.iter().map(|frame| frame.len() as u64).sum(),
        Note::Heard { frame, .. } => frame.len() as u64,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use replay::Socket;

    use super::*;

    fn heard(bytes: usize) -> Note {
        Note::Heard { socket: Socket::Trades, frame: Bytes::from(vec![b'x'; bytes]) }
    }

    fn say(notes: &Notes, moments: impl IntoIterator<Item = i64>, bytes: usize) {
        for at in moments {
            notes.say(UnixMillis(at), || heard(bytes));
        }
    }

    fn taken(notes: &Notes) -> (Vec<i64>, Option<LeftOut>) {
        let mut steps = Vec::new();
        let left_out = notes.take(&mut steps);
        (steps.iter().map(|step| step.at.0).collect(), left_out)
    }

    #[test]
    fn notes_are_taken_once_and_in_the_order_in_which_they_were_said() {
        let notes = Notes::kept();
        say(&notes, 0..5, 1);
        assert_eq!(taken(&notes), ((0..5).collect(), None));
        say(&notes, 5..8, 1);
        assert_eq!(taken(&notes), ((5..8).collect(), None));
        assert_eq!(taken(&notes), (vec![], None));
    }

    #[test]
    fn what_finds_no_room_is_counted_until_what_waits_is_taken() {
        let many = i64::try_from(WAITING_MAX).unwrap();
        let notes = Notes::kept();
        say(&notes, 0..many + 3, 1);
        let left_out = Some(LeftOut { notes: 3, at: UnixMillis(many + 2) });
        assert_eq!(taken(&notes), ((0..many).collect(), left_out));
        say(&notes, [many + 3], 1);
        assert_eq!(taken(&notes), (vec![many + 3], None));
    }

    #[test]
    fn behind_frames_that_are_too_much_nothing_is_kept_that_would_seem_to_follow_them() {
        let half = usize::try_from(WAITING_BYTES_MAX / 2).unwrap();
        let notes = Notes::kept();
        say(&notes, 0..2, half);
        say(&notes, [2], 1);
        notes.say(UnixMillis(3), || Note::Confirmed);
        let left_out = Some(LeftOut { notes: 2, at: UnixMillis(3) });
        assert_eq!(taken(&notes), (vec![0, 1], left_out));
        say(&notes, 4..6, half);
        assert_eq!(taken(&notes), (vec![4, 5], None), "what was taken makes room");
    }

    #[test]
    fn a_recorder_that_gave_up_keeps_nothing_and_one_that_begins_again_begins_with_nothing() {
        let notes = Notes::kept();
        say(&notes, 0..2, 1);
        notes.switch_off();
        assert!(!notes.is_on());
        notes.say(UnixMillis(2), || unreachable!("nobody writes it down"));
        notes.begin_again();
        assert_eq!(taken(&notes), (vec![], None));
        say(&notes, [3], 1);
        notes.begin_again();
        say(&notes, [4], 1);
        assert_eq!(taken(&notes), (vec![4], None));
    }
}
