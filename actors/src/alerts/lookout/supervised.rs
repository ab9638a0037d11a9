//! What happens in the supervision tree.

use domain::UnixMillis;
use engine::alert::{Alert, AlertKind, Severity};

use crate::supervision::{Event, EventKind};

pub(super) fn alert(event: &Event) -> Option<Alert> {
    let who = &event.who;
    let (severity, topic, title, text) = match &event.kind {
        EventKind::Exited { reason, .. } if reason.is_abnormal() => (
            Severity::Warning,
            "ended",
            format!("{who} broke down"),
            format!("{reason}. Its supervisor starts it again."),
        ),
        EventKind::IntensityExceeded { restarts, within_ms } => (
            Severity::Critical,
            "gave-up",
            format!("{who} gave up"),
            format!("{restarts} restarts within {} s did not help.", within_ms / 1_000),
        ),
        EventKind::Stuck { what, for_ms } => (
            Severity::Warning,
            "stuck",
            format!("{who} is stuck"),
            format!("It has been {what} for {} s, and is ended.", for_ms / 1_000),
        ),
        EventKind::Abandoned { reason, .. } => (
            Severity::Critical,
            "abandoned",
            format!("A thread of {who} was given up"),
            format!("{reason}. If this goes on, restart the process."),
        ),
        EventKind::OrphanPanic { message, location } => (
            Severity::Warning,
            "orphan",
            "Something outside every actor panicked".to_owned(),
            format!("{message} at {location}."),
        ),
        EventKind::ThreadFrozen { for_ms } => (
            Severity::Critical,
            "frozen",
            format!("The thread of {who} is frozen"),
            format!("For {} s. The process ends, for whoever watches over it.", for_ms / 1_000),
        ),
        EventKind::Started
        | EventKind::Exited { .. }
        | EventKind::RestartScheduled { .. }
        | EventKind::GroupRestart { .. }
        | EventKind::AbandonedEnded
        | EventKind::DropPanicked { .. }
        | EventKind::TreeEnded { .. } => return None,
    };
    Some(Alert {
        kind: AlertKind::Service,
        severity,
        topic: format!("{topic}:{who}").into(),
        at: UnixMillis(i64::try_from(event.at_unix_ms).unwrap_or(i64::MAX)),
        market: None,
        size: None,
        title: title.into(),
        text: text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervision::{ExitReason, KillCause};

    fn ended(reason: ExitReason) -> Option<Alert> {
        let kind = EventKind::Exited { reason, purged: 0 };
        alert(&Event { at_unix_ms: 5, who: "books".into(), incarnation: 1, kind })
    }

    #[test]
    fn a_break_down_is_told_and_an_orderly_end_is_not() {
        assert_eq!(ended(ExitReason::Shutdown), None);
        let alert = ended(ExitReason::Killed(KillCause::Requested)).unwrap();
        assert_eq!((&*alert.title, &*alert.topic), ("books broke down", "ended:books"));
        assert!(alert.text.contains("on request"), "{}", alert.text);
    }
}
