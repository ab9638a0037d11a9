//! The layers of the settings, from the built-in defaults to the command line.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use engine::strategy::CATALOGUE;
use figment::{
    Figment, Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};

use super::{
    Mode, Sources,
    people::{self, Taken},
    problem::Problem,
    sections::EVERY_STRATEGY,
    shape::{Shape, flatten, insert},
};

/// Before the section and the key in the environment: `DUTCHBOOK__FEED__TOKENS_MAX`.
const ENVIRONMENT_PREFIX: &str = "DUTCHBOOK__";
/// The folder that is read when no other is named and this one is there.
const CONFIG_DIR: &str = "config";

/// A value and where it came from.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) value: Value,
    pub(super) origin: String,
}

/// All layers, merged.
pub(super) struct Merged {
    pub(super) mode: Mode,
    /// Live trading asks for a mode that was set in a file.
    pub(super) mode_origin: ModeOrigin,
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<String>,
}

/// Where the mode was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModeOrigin {
    File,
    Elsewhere,
}

struct Layer {
    origin: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// Reads and merges every layer that `sources` names.
pub(super) fn merge(sources: &Sources) -> Merged {
    let mut problems = Vec::new();
    let mut notes = Vec::new();
    let shape = Shape::of(&built_in("default.toml", DEFAULT, &mut problems))
        .with_each(EVERY_STRATEGY, CATALOGUE.iter().map(|entry| entry.name));
    let dir = config_dir(sources, &mut problems);

    let mut base = vec![Layer {
        origin: "built-in default.toml".to_owned(),
        values: built_in("default.toml", DEFAULT, &mut problems),
    }];
    base.extend(file(dir.as_deref(), "default.toml", &shape, &mut problems));
    let local = file(dir.as_deref(), "local.toml", &shape, &mut problems);
    let environment = environment(sources, &shape, &mut problems);
    let flags = flags(sources, &shape, &mut problems);

    let files = base.iter().chain(&local);
    let in_files = files.filter_map(stated_mode).next_back();
    let elsewhere = environment.iter().chain(&flags).filter_map(stated_mode).next_back();
    let mode_origin = if elsewhere.is_some() { ModeOrigin::Elsewhere } else { ModeOrigin::File };
    let mode = sources.request.fixed_mode().or(elsewhere).or(in_files).unwrap_or(Mode::Paper);

    let taken = people::layer(sources, mode, &shape, &mut problems, &mut notes);
    let people = taken.into_iter().map(|Taken { origin, values }| Layer { origin, values });
    let layers = base
        .into_iter()
        .chain(mode_file(dir.as_deref(), mode, &shape, &mut problems))
        .chain(local)
        .chain(people)
        .chain(environment)
        .chain(flags);
    let figment = layers.fold(Figment::new(), Figment::merge);
    let entries = entries(&figment, &shape);
    Merged { mode, mode_origin, entries, problems, notes }
}

const DEFAULT: &str = include_str!("../../config/default.toml");

const fn built_in_mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Demo => include_str!("../../config/demo.toml"),
        Mode::Paper => include_str!("../../config/paper.toml"),
        Mode::Live => include_str!("../../config/live.toml"),
    }
}

fn entries(figment: &Figment, shape: &Shape) -> BTreeMap<String, Entry> {
    shape
        .keys()
        .filter_map(|key| {
            let value = figment.find_value(key).ok()?;
            let origin = figment.get_metadata(value.tag()).map_or("", |source| &source.name);
            Some((key.to_owned(), Entry { origin: origin.to_owned(), value }))
        })
        .collect()
}

fn stated_mode(layer: &Layer) -> Option<Mode> {
    layer.values.get("mode").and_then(Value::as_str).and_then(Mode::parse)
}

fn config_dir(sources: &Sources, problems: &mut Vec<Problem>) -> Option<PathBuf> {
    let named = sources.config_dir.clone();
    if let Some(dir) = named.as_ref().filter(|dir| !dir.is_dir()) {
        let text = format!("there is no folder `{}`. Make it, or name another.", dir.display());
        problems.push(Problem::new("--config-dir", "", text));
    }
    named.or_else(|| Some(PathBuf::from(CONFIG_DIR))).filter(|dir| dir.is_dir())
}

fn built_in(name: &str, text: &str, problems: &mut Vec<Problem>) -> Dict {
    parse(&format!("built-in {name}"), text, problems)
}

fn parse(origin: &str, text: &str, problems: &mut Vec<Problem>) -> Dict {
    Toml::from_str::<Dict>(text).unwrap_or_else(|error| {
        // The message quotes the line, which might hold a password: only its place is told.
        let place = error.to_string().lines().next().unwrap_or_default().trim().to_owned();
        problems.push(Problem::new(origin, "", format!("this is not TOML: {place}.")));
        Dict::new()
    })
}

/// The file of the mode: the folder's own takes the place of the built-in one.
fn mode_file(
    dir: Option<&Path>,
    mode: Mode,
    shape: &Shape,
    problems: &mut Vec<Problem>,
) -> Option<Layer> {
    let name = format!("{mode}.toml");
    file(dir, &name, shape, problems).or_else(|| {
        let origin = format!("built-in {name}");
        let values = parse(&origin, built_in_mode(mode), problems);
        Some(Layer { values: shape.accept(&origin, &values, problems), origin })
    })
}

fn file(
    dir: Option<&Path>,
    name: &str,
    shape: &Shape,
    problems: &mut Vec<Problem>,
) -> Option<Layer> {
    let path = dir?.join(name);
    let origin = path.display().to_string();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            problems.push(Problem::new(&origin, "", format!("cannot be read: {error}.")));
            return None;
        }
    };
    let values = parse(&origin, &text, problems);
    let mut accepted = shape.accept(&origin, &values, problems);
    refuse_passwords(&origin, &mut accepted, problems);
    Some(Layer { origin, values: accepted })
}

/// An address with a password in it is a secret, and secrets do not stand in files.
fn refuse_passwords(origin: &str, values: &mut Dict, problems: &mut Vec<Problem>) {
    for (key, value) in flatten(values) {
        if value.as_str().is_some_and(super::secret::has_password) {
            let text = format!(
                "has a password in it, and secrets do not stand in files. Give it in the \
                 environment as {}.",
                environment_name(&key)
            );
            problems.push(Problem::new(&key, origin, text));
            insert(values, &key, Value::from(""));
        }
    }
}

/// How a key is called in the environment.
pub(super) fn environment_name(key: &str) -> String {
    format!("{ENVIRONMENT_PREFIX}{}", key.replace('.', "__").to_uppercase())
}

fn environment(sources: &Sources, shape: &Shape, problems: &mut Vec<Problem>) -> Vec<Layer> {
    let named = sources.environment.iter().filter_map(|(name, text)| {
        let path = name.strip_prefix(ENVIRONMENT_PREFIX)?;
        Some((path.to_lowercase().replace("__", "."), format!("environment {name}"), text))
    });
    named.filter_map(|(key, origin, text)| one(&key, origin, text, shape, problems)).collect()
}

fn flags(sources: &Sources, shape: &Shape, problems: &mut Vec<Problem>) -> Vec<Layer> {
    let flags = sources.flags.iter();
    flags
        .filter_map(|flag| one(&flag.key, flag.name.clone(), &flag.value, shape, problems))
        .collect()
}

fn one(
    key: &str,
    origin: String,
    text: &str,
    shape: &Shape,
    problems: &mut Vec<Problem>,
) -> Option<Layer> {
    match shape.read(key, text) {
        Ok(value) => {
            let mut values = Dict::new();
            insert(&mut values, key, value);
            Some(Layer { origin, values })
        }
        Err(text) => {
            problems.push(Problem::new(key, &origin, text));
            None
        }
    }
}
