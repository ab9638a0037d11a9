//! What systemd is told, where it started the service and wants to know (`Type=notify`): that every
//! part is up, and, with `WatchdogSec=`, again and again that the main thread turns.

use actors::supervision::{EventKind, RunningTree};
use sd_notify::NotifyState;

/// So often within the time that the service manager waits: one beat may be late.
const BEATS: u32 = 3;

/// Tells the service manager how this tree fares. Without one it tells nobody.
pub fn follow(running: &RunningTree) {
    let root = running.root.name().to_owned();
    running.tree.on_event(move |event| match event.kind {
        EventKind::Started if *event.who == *root => {
            tell(&[NotifyState::Ready]);
            tell(&[NotifyState::Status("every part is up")]);
        }
        _ => {}
    });
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    actix_rt::spawn(async move {
        let mut beat = actix_rt::time::interval(limit / BEATS);
        loop {
            beat.tick().await;
            tell(&[NotifyState::Watchdog]);
        }
    });
}

/// Tells the service manager that this process stands by and lives: it is as ready as it can be.
pub fn stand_by() {
    let state = [NotifyState::Ready, NotifyState::Status("standing by: another process decides")];
    tell(&state);
    if sd_notify::watchdog_enabled().is_some() {
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager hears nothing");
    }
}
