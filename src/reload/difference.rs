//! What is different between two sets of settings, and what it takes to change it.

use std::collections::BTreeMap;

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
const LIVE: [&str; 3] = ["log.level", "risk.", "strategies."];

fn takes(key: &str) -> Takes {
    let is_live = |it: &str| key == it || (it.ends_with('.') && key.starts_with(it));
    if LIVE.into_iter().any(is_live) { Takes::Nothing } else { Takes::Restart }
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
        ];
        let found = changes(&settings(&[]), &settings(&set));
        let takes: Vec<_> = found.iter().map(|it| (it.key.as_str(), it.takes)).collect();
        let wanted = [
            ("log.level", Takes::Nothing),
            ("risk.order_usd_max", Takes::Nothing),
            ("store.batch_rows", Takes::Restart),
            ("strategies.mint_split.score_min", Takes::Nothing),
        ];
        assert_eq!(takes, wanted, "{found:#?}");
        assert_eq!(changes(&settings(&set), &settings(&set)), []);
    }
}
