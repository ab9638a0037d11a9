//! Writes down what the deciders take in, so that it can be run again.
//!
//! Deciders say their [`Note`]s through [`Notes`], which never waits: what finds no room is counted,
//! and the session says that so much is missing. This actor takes the notes several times a second and
//! turns them into records of a session, on a thread of its own: to wake it for each would cost whoever
//! says them more than the notes do. A disk that fails ends the recording and nothing else.

mod notes;

use std::path::PathBuf;
use std::time::Duration;

use actix::prelude::*;
use replay::{Beginning, Note, Scribe, Setup, Stepped};
use sessions::{Appended, Archive, Record, Sealable, SessionError, SessionLimits, SessionWriter};

use notes::LeftOut;
pub use notes::Notes;

use crate::clock::Clock;
use crate::supervision::Life;

/// How often notes are taken.
const TAKE_INTERVAL: Duration = Duration::from_millis(50);
/// How often what waits in memory is given to the system: at most so much is lost in a crash.
const FLUSH_INTERVAL: Duration = Duration::from_millis(500);
/// How often the archive is held to its limit.
const PRUNE_INTERVAL: Duration = Duration::from_secs(60);

/// How it is recorded.
#[derive(Clone, Debug)]
pub struct RecorderSettings {
    /// Where sessions are kept, one folder each.
    pub folder: PathBuf,
    /// All sessions together, bytes; the oldest go first.
    pub archive_bytes_max: u64,
    /// One segment, bytes before it is compressed.
    pub segment_bytes: u64,
    /// The program's version.
    pub version: String,
    /// What it trades with.
    pub mode: String,
}

/// Write what waits, then stop.
#[derive(Clone, Copy, Debug)]
pub struct StopRecording;
impl Message for StopRecording {
    type Result = ();
}
impl crate::supervision::Msg for StopRecording {
    const CLASS: crate::supervision::Class = crate::supervision::Class::Control;
}

/// The recorder.
pub struct Recorder {
    life: Life<Self>,
    settings: RecorderSettings,
    clock: Clock,
    notes: Notes,
    scribe: Scribe,
    writer: Option<SessionWriter>,
    taken: Vec<Stepped>,
    records: Vec<Record>,
}

impl Recorder {
    /// Nothing is written yet.
    #[must_use]
    pub fn new(life: Life<Self>, settings: RecorderSettings, clock: Clock, notes: Notes) -> Self {
        let (scribe, taken, records) = (Scribe::default(), Vec::new(), Vec::new());
        Self { life, settings, clock, notes, scribe, writer: None, taken, records }
    }

    fn begin(&mut self) -> Result<(), SessionError> {
        let archive = Archive::new(&self.settings.folder);
        let folder = archive.begin(self.clock.now(), &self.settings.mode)?;
        let limits = SessionLimits {
            segment_bytes: self.settings.segment_bytes,
            ..SessionLimits::default()
        };
        tracing::info!(session = %folder.display(), "recording");
        self.writer = Some(SessionWriter::create(&folder, limits)?);
        seal(archive.abandoned(self.clock.now())?);
        let beginning = match self.life.incarnation() {
            1 => Beginning::WithTheProgram,
            _ => Beginning::Later,
        };
        let RecorderSettings { version, mode, .. } = self.settings.clone();
        let note = Note::Setup(Setup { version, mode, beginning });
        self.write(Stepped { at: self.clock.now(), note });
        Ok(())
    }

    fn write(&mut self, stepped: Stepped) {
        let Some(writer) = &mut self.writer else { return };
        if let Err(error) = self.scribe.write(stepped, &mut self.records) {
            tracing::error!(%error, "a step cannot be written down");
            // The session is not whole without it.
            let missing = Stepped { at: self.clock.now(), note: Note::Missing(1) };
            let _same_as_before = self.scribe.write(missing, &mut self.records);
        }
        let mut failed = None;
        for record in self.records.drain(..) {
            match writer.append(&record) {
                Ok(Appended::Roomy) => {}
                Ok(Appended::Full(segment)) => seal(vec![segment]),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        if let Some(error) = failed {
            self.give_up(&error);
        }
    }

    /// Writes down what was said since the last time.
    fn take(&mut self) {
        let mut taken = std::mem::take(&mut self.taken);
        let left_out = self.notes.take(&mut taken);
        for stepped in taken.drain(..) {
            self.write(stepped);
        }
        self.taken = taken;
        if let Some(LeftOut { notes, at }) = left_out {
            tracing::warn!(
                notes,
                "more was decided than can be recorded: the session is not whole"
            );
            self.write(Stepped { at, note: Note::Missing(notes) });
        }
    }

    fn flush(&mut self) {
        self.take();
        if let Some(Err(error)) = self.writer.as_mut().map(SessionWriter::flush) {
            self.give_up(&error);
        }
    }

    fn prune(&self) {
        let archive = Archive::new(&self.settings.folder);
        match archive.prune(self.settings.archive_bytes_max, self.clock.now()) {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "the oldest segments of sessions were deleted"),
            Err(error) => tracing::warn!(%error, "old sessions cannot be deleted"),
        }
    }

    /// Recording ends; everything else goes on.
    fn give_up(&mut self, error: &SessionError) {
        tracing::error!(%error, "recording ends: what happens from now on cannot be run again");
        self.life.set_degraded(Some(format!("recording ended: {error}")));
        self.writer = None;
        self.records.clear();
        self.notes.switch_off();
    }
}

/// Compresses full segments where nobody waits for it, one after the other: whoever trades needs
/// the other cores.
fn seal(segments: Vec<Sealable>) {
    actix_rt::task::spawn_blocking(move || {
        for segment in segments {
            if let Err(error) = replay::seal(segment) {
                tracing::warn!(%error, "a segment is not sealed; it is read as it is");
            }
        }
    });
}

impl Actor for Recorder {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        if self.life.incarnation() > 1 {
            self.notes.begin_again();
        }
        if let Err(error) = self.begin() {
            return self.give_up(&error);
        }
        ctx.run_interval(TAKE_INTERVAL, |actor, _| actor.take());
        ctx.run_interval(FLUSH_INTERVAL, |actor, _| actor.flush());
        ctx.run_interval(PRUNE_INTERVAL, |actor, _| actor.prune());
    }
}

impl Handler<StopRecording> for Recorder {
    type Result = ();
    fn handle(&mut self, _: StopRecording, ctx: &mut Self::Context) {
        self.take();
        // It is sealed when the next recorder begins: that takes long, and whoever stops is waiting.
        if let Some(Err(error)) = self.writer.take().map(SessionWriter::close) {
            tracing::warn!(%error, "the end of the session is not written");
        }
        ctx.stop();
    }
}
