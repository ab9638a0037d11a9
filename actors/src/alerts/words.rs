//! Alerts as rows and as messages.

use domain::{UnixMillis, Usd};
use engine::alert::{Alert, AlertKind, Backlog, ChannelName, Severity};
use notifiers::{Field, Message};
use store::{AlertRow, Word, WordError};

/// The row that an alert is kept in.
///
/// # Errors
/// The name of its kind or severity is no word, which a test rules out.
pub fn row_of(alert: &Alert) -> Result<AlertRow, WordError> {
    Ok(AlertRow {
        id: id_of(alert),
        at: alert.at,
        kind: Word::new(alert.kind.as_str())?,
        severity: Word::new(alert.severity.as_str())?,
        topic: alert.topic.to_string(),
        condition: alert.market.as_ref().map(|market| market.condition),
        market: alert.market.as_ref().map(|market| market.title.to_string()),
        size: alert.size,
        title: alert.title.to_string(),
        text: alert.text.to_string(),
    })
}

/// The topic in letters that a key may have, and the moment.
fn id_of(alert: &Alert) -> String {
    const TOPIC_CHARS_MAX: usize = 150;
    let letters = alert.topic.chars().take(TOPIC_CHARS_MAX);
    let topic: String = letters.map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect();
    format!("{topic}@{}", alert.at.0)
}

/// The message that tells a row.
#[must_use]
pub fn message(row: &AlertRow, link: Option<&str>) -> Message {
    let mut fields = Vec::new();
    let mut add = |name, value: Option<String>| {
        fields.extend(value.map(|value| Field { name, value }));
    };
    add("market", row.market.clone());
    add("size_usd", row.size.map(|size: Usd| size.to_string()));
    Message {
        id: row.id.clone(),
        kind: known(&row.kind, &AlertKind::ALL.map(AlertKind::as_str)),
        severity: known(&row.severity, &Severity::ALL.map(Severity::as_str)),
        at_ms: row.at.0,
        at: row.at.to_rfc3339(),
        title: row.title.clone(),
        text: row.text.clone(),
        fields,
        link: link.map(str::to_owned),
    }
}

/// One of our words; a row of a later version may hold another.
fn known(word: &Word, words: &[&'static str]) -> &'static str {
    words.iter().find(|known| **known == word.as_str()).copied().unwrap_or("other")
}

/// What is told of alerts that were held back.
pub(super) fn about_backlog(backlog: Backlog, now: UnixMillis) -> Alert {
    let Backlog { count, since } = backlog;
    Alert {
        kind: AlertKind::Service,
        severity: Severity::Info,
        topic: "held-back".into(),
        at: now,
        market: None,
        size: None,
        title: format!("{count} more alerts since {}", since.to_rfc3339()).into(),
        text: "There were more than this channel is told in a minute. The page lists them all."
            .into(),
    }
}

/// The message that somebody asked for.
///
/// # Errors
/// As [`row_of`].
pub(super) fn test_row(
    id: String,
    channel: ChannelName,
    now: UnixMillis,
) -> Result<AlertRow, WordError> {
    let row = row_of(&Alert {
        kind: AlertKind::Test,
        severity: Severity::Info,
        topic: "test".into(),
        at: now,
        market: None,
        size: None,
        title: format!("A test of the channel {channel}").into(),
        text: "Somebody asked for it, to see whether messages arrive. Nothing is wrong.".into(),
    })?;
    Ok(AlertRow { id, ..row })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_word() {
        for name in AlertKind::ALL.map(AlertKind::as_str) {
            assert!(Word::new(name).is_ok(), "{name}");
        }
        for name in Severity::ALL.map(Severity::as_str) {
            assert!(Word::new(name).is_ok(), "{name}");
        }
        for name in ChannelName::ALL.map(ChannelName::as_str) {
            assert!(Word::new(name).is_ok(), "{name}");
        }
    }
}
