//! What is different between two sets of settings, and what it takes to change it.

use std::collections::BTreeMap;

use engine::alert::ChannelName;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::settings::Settings;

/// What a change takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// Nothing more: it is in force at once.
    Nothing,
    /// A restart of the service.
    Restart,
}

/// One setting that is no longer what it was.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// Its name.
    #[schema(example = "risk.order_usd_max")]
    pub key: String,
    /// What is in force; passwords in addresses are stars.
    #[schema(value_type = Object)]
    pub before: Value,
    /// What the files say.
    #[schema(value_type = Object)]
    pub after: Value,
    /// What it takes.
    pub takes: Takes,
}

/// What can change while the service runs: sections by their beginning, single settings whole.
const LIVE: [&str; 10] = [
    "log.level",
    "risk.",
    "strategies.",
    "alerts.opportunity_usd_min",
    "alerts.forecast_move_min",
    "alerts.lasts_ms_min",
    "alerts.stuck_after_s",
    "alerts.repeat_after_s",
    "alerts.quiet_hours",
    "alerts.utc_offset_min",
];
/// What a channel of alerts is told; how it is reached is read at a start.
const LIVE_OF_CHANNEL: [&str; 5] = ["kinds", "severity_min", "usd_min", "words", "per_minute_max"];

fn takes(key: &str) -> Takes {
    let is_live = |it: &str| key == it || (it.ends_with('.') && key.starts_with(it));
    if LIVE.into_iter().any(is_live) || is_rule_of_channel(key) {
        Takes::Nothing
    } else {
        Takes::Restart
    }
}

fn is_rule_of_channel(key: &str) -> bool {
    let mut parts = key.split('.');
    let (section, channel) = (parts.next(), parts.next());
    let (field, beyond) = (parts.next(), parts.next());
    section == Some("alerts")
        && channel.is_some_and(|channel| ChannelName::parse(channel).is_some())
        && field.is_some_and(|field| LIVE_OF_CHANNEL.contains(&field))
        && beyond.is_none()
}

/// Every setting that differs, by name. What one of them does not state, such as a value for a single
/// strategy, is null there.
pub(super) fn changes(now: &Settings, wanted: &Settings) -> Vec<Change> {
    let of = |settings: &Settings| -> BTreeMap<String, Value> {
        settings.shown.iter().map(|it| (it.key.clone(), it.value.clone())).collect()
    };
    let (now, mut wanted) = (of(now), of(wanted));
    let mut both: BTreeMap<String, (Value, Value)> = BTreeMap::new();
    for (key, before) in now {
        let after = wanted.remove(&key).unwrap_or_default();
        both.insert(key, (before, after));
    }
    both.extend(wanted.into_iter().map(|(key, after)| (key, (Value::Null, after))));
    let differs = both.into_iter().filter(|(_, (before, after))| before != after);
    differs
        .map(|(key, (before, after))| Change { takes: takes(&key), key, before, after })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Flag, Mode, Request, Sources};

    fn settings(flags: &[(&str, &str)]) -> Settings {
        let flag = |(key, value): &(&str, &str)| Flag {
            name: "--set".to_owned(),
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        let request = Request::Inspect(Some(Mode::Paper));
        let flags = flags.iter().map(flag).collect();
        let folder = tempfile::tempdir().unwrap();
        let config_dir = Some(folder.path().to_owned());
        Settings::load(&Sources { request, config_dir, environment: Default::default(), flags })
            .unwrap()
    }

    #[test]
    fn every_difference_is_named_with_what_it_takes() {
        let set = [
            ("risk.order_usd_max", "77"),
            ("strategies.mint_split.score_min", "5"),
            ("log.level", "warn"),
            ("store.batch_rows", "7"),
            ("alerts.quiet_hours", "22:00-07:00"),
            ("alerts.telegram.severity_min", "critical"),
            ("alerts.telegram.chat", "-100"),
        ];
        let found = changes(&settings(&[]), &settings(&set));
        let takes: Vec<_> = found.iter().map(|it| (it.key.as_str(), it.takes)).collect();
        let wanted = [
            ("alerts.quiet_hours", Takes::Nothing),
            ("alerts.telegram.chat", Takes::Restart),
            ("alerts.telegram.severity_min", Takes::Nothing),
            ("log.level", Takes::Nothing),
            ("risk.order_usd_max", Takes::Nothing),
            ("store.batch_rows", Takes::Restart),
            ("strategies.mint_split.score_min", Takes::Nothing),
        ];
        assert_eq!(takes, wanted, "{found:#?}");
        assert_eq!(changes(&settings(&set), &settings(&set)), []);
    }
}
