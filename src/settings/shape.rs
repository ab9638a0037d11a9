//! The shape of the settings: which keys there are and what kind of value each holds.
//!
//! The built-in `default.toml` holds every key, so it is the one list; nothing else names them.

use std::collections::BTreeMap;

use figment::value::{Dict, Value};

use super::problem::Problem;

/// Words that name a secret when a key ends in them.
const SECRET_WORDS: [&str; 6] =
    ["token", "api_key", "password", "secret", "private_key", "passphrase"];

/// Every key with its default value, as dotted paths.
#[derive(Clone, Debug)]
pub(super) struct Shape(BTreeMap<String, Value>);

impl Shape {
    /// The shape of a complete set of settings.
    pub(super) fn of(defaults: &Dict) -> Self {
        Self(flatten(defaults).into_iter().collect())
    }

    /// Whatever holds below `every` may be set for each of `names` on its own, and has no value
    /// until it is.
    pub(super) fn with_each<'a>(
        mut self,
        every: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Self {
        let section = every.trim_end_matches('.').trim_end_matches("every");
        let common = self
            .0
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix(every)?.to_owned(), value.clone())));
        let common: Vec<_> = common.collect();
        for name in names {
            let own = common.iter().map(|(last, value)| (format!("{section}{name}.{last}"), value));
            self.0.extend(own.map(|(key, value)| (key, value.clone())));
        }
        self
    }

    /// Every key.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Takes from `layer` what fits; the rest becomes problems.
    pub(super) fn accept(&self, origin: &str, layer: &Dict, problems: &mut Vec<Problem>) -> Dict {
        let mut accepted = Dict::new();
        for (key, value) in flatten(layer) {
            match self.check(&key, &value) {
                Ok(()) => insert(&mut accepted, &key, value),
                Err(text) => problems.push(Problem::new(&key, origin, text)),
            }
        }
        accepted
    }

    /// Reads `text` as the kind of value that `key` holds: lists are separated by commas.
    pub(super) fn read(&self, key: &str, text: &str) -> Result<Value, String> {
        match self.0.get(key) {
            None => Err(self.unknown(key)),
            Some(Value::Num(..)) => text
                .trim()
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| format!("`{text}` is not a whole number.")),
            Some(Value::Bool(..)) => parse_switch(text).map(Value::from),
            Some(Value::Array(..)) => Ok(Value::from(
                text.split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )),
            Some(_) => Ok(Value::from(text)),
        }
    }

    fn check(&self, key: &str, value: &Value) -> Result<(), String> {
        let Some(default) = self.0.get(key) else { return Err(self.unknown(key)) };
        let fits = match (default, value) {
            (Value::Num(..), Value::Num(_, number)) => {
                number.to_i128().is_some() || number.to_u128().is_some()
            }
            (Value::Array(..), Value::Array(_, items)) => {
                items.iter().all(|item| item.as_str().is_some())
            }
            (Value::String(..), Value::String(..)) | (Value::Bool(..), Value::Bool(..)) => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(format!("must be {}.", kind(default))) }
    }

    fn unknown(&self, key: &str) -> String {
        let last = key.rsplit('.').next().unwrap_or(key);
        if key.starts_with("secrets.") || SECRET_WORDS.iter().any(|word| last.ends_with(word)) {
            return "secrets do not stand in settings files or on the command line, where others \
                    can read them. Give it in the environment, or as a file that a variable \
                    ending in _FILE names; docs/configuration.md lists the names."
                .to_owned();
        }
        if self.0.keys().any(|known| known.starts_with(&format!("{key}."))) {
            return format!("this is a section, not a value. Write [{key}] and its keys below.");
        }
        match self.nearest(key) {
            Some(known) => format!("there is no such setting. Did you mean `{known}`?"),
            None => "there is no such setting. `dutchbook config show` lists them all.".to_owned(),
        }
    }

    /// The known key that is most like `key`: by its whole path, or by its last part alone.
    fn nearest(&self, key: &str) -> Option<&str> {
        let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
        self.keys()
            .map(|known| {
                let whole = strsim::normalized_damerau_levenshtein(key, known);
                let part = strsim::normalized_damerau_levenshtein(&last(key), &last(known));
                (whole.max(part - 0.05), known)
            })
            .filter(|(likeness, _)| *likeness > 0.6)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, known)| known)
    }
}

/// Yes or no, in the spellings that people use in an environment.
fn parse_switch(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false.")),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Num(..) => "a whole number, without quotes and without a point",
        Value::Bool(..) => "true or false, without quotes",
        Value::Array(..) => "a list of texts, as in [\"one\", \"two\"]",
        _ => "text in quotes, as in \"0.005\"",
    }
}

/// Every value with its dotted path.
pub(super) fn flatten(dict: &Dict) -> Vec<(String, Value)> {
    let mut leaves = Vec::new();
    for (name, value) in dict {
        match value {
            Value::Dict(_, inner) => leaves.extend(
                flatten(inner).into_iter().map(|(path, leaf)| (format!("{name}.{path}"), leaf)),
            ),
            leaf => leaves.push((name.clone(), leaf.clone())),
        }
    }
    leaves
}

/// Puts `value` at a dotted path.
pub(super) fn insert(dict: &mut Dict, path: &str, value: Value) {
    let Some((section, rest)) = path.split_once('.') else {
        dict.insert(path.to_owned(), value);
        return;
    };
    let entry = dict.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
    if let Value::Dict(_, inner) = entry {
        insert(inner, rest, value);
    }
}
