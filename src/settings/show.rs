//! The settings as a table: every key, its value, where it came from. Secrets stay hidden.

use std::collections::BTreeMap;

use figment::value::Value;
use serde::Serialize;

use super::{merge::Entry, people::SecretRow, secret::without_password};

/// One line of `dutchbook config show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownSetting {
    /// The dotted path.
    pub key: String,
    /// The value as JSON; passwords in addresses are stars, secrets say only whether they are set.
    pub value: serde_json::Value,
    /// A file, a variable, a flag, or the built-in default.
    pub origin: String,
}

pub(super) fn rows(entries: &BTreeMap<String, Entry>, secrets: &[SecretRow]) -> Vec<ShownSetting> {
    let plain = entries.iter().map(|(key, entry)| ShownSetting {
        key: key.clone(),
        value: json(&entry.value),
        origin: entry.origin.clone(),
    });
    let hidden = secrets.iter().map(|row| ShownSetting {
        key: row.key.to_owned(),
        value: if row.origin.is_some() { "(set, hidden)" } else { "(not set)" }.into(),
        origin: row.origin.clone().unwrap_or_default(),
    });
    plain.chain(hidden).collect()
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::String(_, text) => without_password(text).into(),
        Value::Bool(_, switch) => (*switch).into(),
        Value::Num(_, number) => number.to_i128().and_then(|n| i64::try_from(n).ok()).map_or_else(
            || number.to_u128().and_then(|n| u64::try_from(n).ok()).into(),
            Into::into,
        ),
        Value::Array(_, items) => items.iter().map(json).collect(),
        Value::Char(..) | Value::Dict(..) | Value::Empty(..) => serde_json::Value::Null,
    }
}
