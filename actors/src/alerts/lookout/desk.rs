//! What the desk wrote down.

use domain::TradeState;
use engine::alert::{Alert, AlertKind, Severity};
use engine::desk::{EndCause, Event, Origin, Recorded};
use engine::risk::{HaltCause, Lock, LockScope, StrategyActivity};

pub(super) fn alert(recorded: &Recorded) -> Option<Alert> {
    let told = told(&recorded.event)?;
    let topic = match told.news {
        News::Each => format!("{}:{}", told.topic, recorded.at.0),
        News::Repeating => told.topic,
    };
    Some(Alert {
        kind: told.kind,
        severity: told.severity,
        topic: topic.into(),
        at: recorded.at,
        market: None,
        size: None,
        title: told.title.into(),
        text: told.text.into(),
    })
}

/// Whether the same again soon is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// It is: between two halts somebody resumed.
    Each,
    /// It is not: a reason that refuses one order refuses the next ones.
    Repeating,
}

struct Told {
    kind: AlertKind,
    news: News,
    severity: Severity,
    topic: String,
    title: String,
    text: String,
}

fn told(event: &Event) -> Option<Told> {
    use AlertKind::{Reconciliation, Risk, Trade};
    use Severity::{Critical, Info, Warning};
    let say = |news, kind, severity, topic: &str, title: String, text: String| {
        Some(Told { kind, news, severity, topic: topic.to_owned(), title, text })
    };
    let told = |kind, severity, topic: &str, title, text| {
        say(News::Each, kind, severity, topic, title, text)
    };
    match event {
        Event::Halted { halt, .. } => {
            let (kind, severity) = match halt.cause {
                // Every start and every stop does this.
                HaltCause::Starting | HaltCause::Stopping => return None,
                HaltCause::Operator => (Risk, Warning),
                HaltCause::Reconciliation => (Reconciliation, Critical),
                HaltCause::DayLoss
                | HaltCause::Drawdown
                | HaltCause::ConsecutiveErrors
                | HaltCause::Overrun
                | HaltCause::Internal => (Risk, Critical),
            };
            let code = halt.cause.code();
            let text = format!(
                "{} ({code}). Resting orders are cancelled. It goes on when somebody resumes it.",
                halt.text
            );
            told(kind, severity, &format!("halted:{code}"), "Trading is halted".to_owned(), text)
        }
        Event::Resumed { by, .. } if !is_start(by) => {
            let text = format!("Resumed by {}.", by.0);
            told(Risk, Info, "resumed", "Trading goes on".to_owned(), text)
        }
        Event::Locked { lock, by } => {
            let title = format!("Locked: {}", scope(lock));
            let until = lock.until.map_or_else(
                || "until somebody takes the lock away".to_owned(),
                |until| format!("until {}", until.to_rfc3339()),
            );
            let text = format!("{}; {until}. Set by {}.", lock.reason, by.0);
            told(Risk, Warning, &format!("locked:{}", scope(lock)), title, text)
        }
        Event::Unlocked { lock, by } => {
            let text = format!("Taken away by {}.", by.0);
            told(
                Risk,
                Info,
                &format!("unlocked:{}", lock.0),
                format!("Lock {} is gone", lock.0),
                text,
            )
        }
        Event::LimitsSet { by, .. } if !is_start(by) => {
            let text = format!("Set by {}. The Risk page shows them.", by.0);
            told(Risk, Info, "limits", "The limits are others".to_owned(), text)
        }
        Event::StrategySet { strategy, state, by }
            if state.activity == StrategyActivity::Quarantined =>
        {
            let title = format!("Strategy {strategy} is in quarantine");
            let text = format!(
                "It failed too often and raises no signals until somebody resumes it. Set by {}.",
                by.0
            );
            told(AlertKind::Service, Critical, &format!("quarantine:{strategy}"), title, text)
        }
        Event::OrderEnded { order, cause, .. } => {
            let (code, why) = match cause {
                EndCause::Rejected { code, text } if !cause.is_venues_pause() => {
                    (code.as_str(), format!("The venue refused it: {text}"))
                }
                EndCause::NeverArrived => {
                    ("never_arrived", "The venue never heard of it.".to_owned())
                }
                EndCause::NotSigned { why } => ("not_signed", format!("Not signed: {why}")),
                _ => return None,
            };
            let (title, text) = ("An order failed".to_owned(), format!("Order {}. {why}", order.0));
            say(News::Repeating, Trade, Warning, &format!("order-ended:{code}"), title, text)
        }
        Event::TradeSeen { order, trade, state: TradeState::Failed, .. } => {
            let text = format!("Match {trade} of order {} was booked and is reversed.", order.0);
            let title = "A match failed to settle".to_owned();
            told(Trade, Critical, &format!("trade-failed:{trade}"), title, text)
        }
        Event::TaskFailed { task, why } => {
            let title = "A transaction failed".to_owned();
            let text = format!("Transaction {}: {why}", task.0);
            told(Trade, Warning, &format!("task-failed:{}", task.0), title, text)
        }
        Event::Accepted { why, by, .. } => {
            let text = format!("{why} Accepted by {}.", by.0);
            told(Reconciliation, Info, "accepted", "A difference was accepted".to_owned(), text)
        }
        _ => None,
    }
}

/// Whether this is what every start does: it sets limits, compares, and goes on.
fn is_start(by: &Origin) -> bool {
    ["settings", "start", "paper"].contains(&by.0.as_str())
}

fn scope(lock: &Lock) -> String {
    match &lock.scope {
        LockScope::Everything => "everything".to_owned(),
        LockScope::Strategy(name) => format!("strategy {name}"),
        LockScope::Market(condition) => format!("market {condition}"),
        LockScope::Group(group) => format!("group {group}"),
    }
}

#[cfg(test)]
mod tests {
    use domain::UnixMillis;
    use engine::risk::Halt;

    use super::*;

    fn halted(cause: HaltCause) -> Option<Alert> {
        let at = UnixMillis(7);
        let halt = Halt { cause, text: "too much".to_owned(), at };
        alert(&Recorded { at, event: Event::Halted { halt, by: Origin("rule".to_owned()) } })
    }

    #[test]
    fn a_halt_by_a_rule_is_critical_one_by_a_person_a_warning_and_a_start_is_none() {
        let severity = |cause| halted(cause).map(|alert| alert.severity);
        assert_eq!(severity(HaltCause::DayLoss), Some(Severity::Critical));
        assert_eq!(severity(HaltCause::Operator), Some(Severity::Warning));
        assert_eq!((severity(HaltCause::Starting), severity(HaltCause::Stopping)), (None, None));
        let told = halted(HaltCause::Reconciliation).unwrap();
        assert_eq!(
            (told.kind, &*told.topic),
            (AlertKind::Reconciliation, "halted:reconciliation:7")
        );
        assert!(told.text.contains("too much") && told.at == UnixMillis(7));
    }

    #[test]
    fn an_order_that_found_nobody_is_no_alarm_and_a_refused_one_is() {
        let ended = |cause| {
            let order = engine::desk::OrderNumber(3);
            let event = Event::OrderEnded { order, cause, matched: domain::Shares::ZERO };
            alert(&Recorded { at: UnixMillis(1), event }).map(|alert| alert.topic.to_string())
        };
        assert_eq!(ended(EndCause::Unmatched), None);
        let text = || "no".to_owned();
        let paused = EndCause::Rejected { code: "not_sent".to_owned(), text: text() };
        assert_eq!(ended(paused), None);
        let refused = EndCause::Rejected { code: "bad_tick".to_owned(), text: text() };
        assert_eq!(ended(refused).as_deref(), Some("order-ended:bad_tick"));
    }
}
