//! The recorder.

use std::time::Duration;

use actors::clock::Clock;
use actors::recorder::{Notes, Recorder, RecorderSettings, StopRecording};
use actors::supervision::{Backoff, ChildSpec, Life, Placement, Shutdown};

use crate::settings::Settings;

/// The recorder, where something is recorded, and where the deciders say their notes.
pub(super) fn plant(settings: &Settings, clock: &Clock) -> (Option<ChildSpec>, Notes) {
    if !settings.record.enabled {
        return (None, Notes::default());
    }
    let record = &settings.record;
    let recorder = RecorderSettings {
        folder: record.folder(&settings.store.data_dir),
        archive_bytes_max: record.archive_bytes_max,
        segment_bytes: record.segment_bytes,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mode: settings.mode.to_string(),
    };
    let notes = Notes::kept();
    let (said, clock) = (notes.clone(), clock.clone());
    let child = ChildSpec::actor("recorder", move |_, life: &Life<Recorder>| {
        Recorder::new(life.clone(), recorder.clone(), clock.clone(), said.clone())
    });
    let child = child
        .placement(Placement::Dedicated)
        .liveness(Duration::from_secs(2), Duration::from_secs(30))
        .backoff(Backoff::exponential(Duration::from_secs(1), Duration::from_secs(60)))
        .shutdown(Shutdown::Drain(Duration::from_secs(5)))
        .stop_with(|recorder| {
            if let Err(error) = recorder.tell(StopRecording) {
                tracing::warn!(%error, "the recorder could not be asked to finish");
            }
        });
    (Some(child.build().0), notes)
}
