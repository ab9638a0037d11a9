//! Where deciders say what they took in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use actix::Message;
use domain::UnixMillis;
use replay::{Note, Stepped};

use crate::supervision::{Class, Handle, Msg};

/// Frames that wait to be written, bytes; with more waiting, notes are left out.
const WAITING_BYTES_MAX: u64 = 64 << 20;

/// A note on its way. At the limit it is left out and counted: nobody who trades waits for a disk.
#[derive(Debug)]
pub struct Noted {
    /// Notes that were left out before this one.
    pub missing: u64,
    /// The note.
    pub stepped: Stepped,
    bytes: u64,
}
impl Message for Noted {
    type Result = ();
}
impl Msg for Noted {
    const CLASS: Class = Class::Normal;
}

#[derive(Debug)]
struct Line {
    to: Handle<Noted>,
    on: AtomicBool,
    missing: AtomicU64,
    waiting_bytes: AtomicU64,
}

impl Line {
    fn give_back(&self, bytes: u64) {
        let less = |waiting: u64| Some(waiting.saturating_sub(bytes));
        let _always = self.waiting_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// Says notes to the recorder, if there is one. Never waits.
#[derive(Clone, Debug, Default)]
pub struct Notes(Option<Arc<Line>>);

impl Notes {
    /// To that recorder.
    #[must_use]
    pub fn to(recorder: Handle<Noted>) -> Self {
        let (on, missing) = (AtomicBool::new(true), AtomicU64::new(0));
        Self(Some(Arc::new(Line { to: recorder, on, missing, waiting_bytes: AtomicU64::new(0) })))
    }
    /// Whether anybody writes anything down. Where nobody does nothing needs to be copied.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.as_ref().is_some_and(|line| line.on.load(Ordering::Relaxed))
    }
    /// Says a note of this moment, which is made only where somebody writes it down. Say it before
    /// anybody is told what was decided.
    pub fn say(&self, at: UnixMillis, note: impl FnOnce() -> Note) {
        let Some(line) = self.0.as_ref().filter(|line| line.on.load(Ordering::Relaxed)) else {
            return;
        };
        let note = note();
        let bytes = bytes_of(&note);
        let waiting = line.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        let missing = line.missing.swap(0, Ordering::Relaxed);
        let noted = Noted { missing, stepped: Stepped { at, note }, bytes };
        if waiting + bytes > WAITING_BYTES_MAX || line.to.tell(noted).is_err() {
            line.give_back(bytes);
            line.missing.fetch_add(missing + 1, Ordering::Relaxed);
        }
    }
    /// A recorder begins: whatever waited for an earlier one is gone, and so is what made it give up.
    pub(super) fn begin(&self) {
        if let Some(line) = &self.0 {
            line.waiting_bytes.store(0, Ordering::Relaxed);
            line.on.store(true, Ordering::Relaxed);
        }
    }
    pub(super) fn taken(&self, noted: &Noted) {
        if let Some(line) = &self.0 {
            line.give_back(noted.bytes);
        }
    }
    pub(super) fn switch_off(&self) {
        if let Some(line) = &self.0 {
            line.on.store(false, Ordering::Relaxed);
        }
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
