//! The settings: five layers, checked as a whole, then typed.
//!
//! `default.toml` → `<mode>.toml` → `local.toml` → environment → command line; later ones win. The
//! built-in `default.toml` holds every key, so whatever it does not hold is an error.

mod merge;
mod people;
mod problem;
mod reader;
mod secret;
mod sections;
mod shape;
mod show;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, env, fmt, path::PathBuf};

pub use people::Secrets;
pub use problem::{Problem, SettingsError};
pub use secret::Secret;
pub(crate) use sections::SIMULATED;
pub use sections::{
    Account, Alerts, Chain, Cluster, Collectors, DatabaseUrl, Detector, Execution, Feed, Filter,
    Filters, Heartbeat, Log, LogFormat, Mail, ModelSetting, Record, RetentionDays, Role,
    ScoreWeights, Sim, SimFaults, Store, Swarm, TlsFiles, Traces, Venue, Web, Whales,
};
pub use show::ShownSetting;

use engine::{risk::Limits, strategy::StrategiesSettings};

use merge::{Merged, ModeOrigin};
use reader::Reader;

/// What the service does with the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The simulated venue in the same process.
    Demo,
    /// The real venue's data; orders are matched here and none is placed.
    Paper,
    /// Real orders.
    Live,
}

impl Mode {
    /// Every mode with its name in the settings.
    const NAMES: [(&str, Self); 3] =
        [("demo", Self::Demo), ("paper", Self::Paper), ("live", Self::Live)];

    /// The mode of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(name, _)| *name == text).map(|(_, mode)| mode)
    }

    /// The name in the settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Paper => "paper",
            Self::Live => "live",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What the settings are wanted for, which decides about the mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// The demo, whatever the files say.
    Demo,
    /// The service; whether `--live` was given.
    Run(LiveSwitch),
    /// A look at the settings or a check, in the mode of the files or in this one.
    Inspect(Option<Mode>),
}

/// Whether `--live` was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveSwitch {
    /// It was.
    Given,
    /// It was not.
    Absent,
}

impl Request {
    const fn fixed_mode(self) -> Option<Mode> {
        match self {
            Self::Demo => Some(Mode::Demo),
            Self::Run(_) => None,
            Self::Inspect(mode) => mode,
        }
    }
}

/// A value given on the command line.
#[derive(Clone, Debug)]
pub struct Flag {
    /// The flag as the user knows it, `--port`; told as the origin.
    pub name: String,
    /// The key that it sets.
    pub key: String,
    /// The value as text.
    pub value: String,
}

/// Everything that settings are read from. Handed in, so that a test needs no environment of its own.
#[derive(Clone, Debug)]
pub struct Sources {
    /// What the settings are wanted for.
    pub request: Request,
    /// The folder of the files; `None` takes `./config` if it is there.
    pub config_dir: Option<PathBuf>,
    /// Variables by name.
    pub environment: BTreeMap<String, String>,
    /// From the command line, in order.
    pub flags: Vec<Flag>,
}

impl Sources {
    /// With this process's environment. Variables that are not UTF-8 are left out.
    #[must_use]
    pub fn of_process(request: Request, config_dir: Option<PathBuf>, flags: Vec<Flag>) -> Self {
        let environment = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { request, config_dir, environment, flags }
    }

    /// A variable that is set to something.
    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|text| !text.trim().is_empty())
    }
}

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the service does with the market.
    pub mode: Mode,
    /// The venue's addresses.
    pub venue: Venue,
    /// The live market sockets.
    pub feed: Feed,
    /// What is fetched over REST.
    pub collectors: Collectors,
    /// Which markets are looked at.
    pub filter: Filters,
    /// When a contradiction is an opportunity.
    pub detector: Detector,
    /// Whose money it is.
    pub account: Account,
    /// Transactions.
    pub chain: Chain,
    /// The limits that a fresh desk begins with.
    pub risk: Limits,
    /// How approved plans are carried out.
    pub execution: Execution,
    /// The strategies.
    pub strategies: StrategiesSettings,
    /// The database.
    pub store: Store,
    /// The web front.
    pub web: Web,
    /// The log.
    pub log: Log,
    /// The simulated venue.
    pub sim: Sim,
    /// Large trades.
    pub whales: Whales,
    /// What is written down so that it can be run again.
    pub record: Record,
    /// Which part of the work this process does.
    pub cluster: Cluster,
    /// The language models that are asked for forecasts.
    pub swarm: Swarm,
    /// Messages to people.
    pub alerts: Alerts,
    /// The stories of opportunities, told to a collector.
    pub traces: Traces,
    /// Keys and tokens.
    pub secrets: Secrets,
    /// What a user should know about these settings although nothing is wrong; log them at start.
    pub notes: Vec<String>,
    /// Every key with its value and origin, for showing.
    pub shown: Vec<ShownSetting>,
}

impl Settings {
    /// Reads, merges and checks every layer.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let Merged { mode, mode_origin, entries, mut problems, mut notes } = merge::merge(sources);
        let (mut secrets, secret_rows) = people::secrets(sources, &mut problems);
        let mut reader = Reader::new(&entries);
        let swarm = Swarm::read(&mut reader);
        secrets.read_model_keys(sources, swarm.key_variables(), &mut problems);
        check_mode(&mut reader, sources.request, mode, mode_origin);
        let web = Web::read(&mut reader);
        web.check_reach(&mut reader, secrets.token.as_ref());
        let settings = Self {
            mode,
            venue: Venue::read(&mut reader),
            feed: Feed::read(&mut reader),
            collectors: Collectors::read(&mut reader),
            filter: Filters::read(&mut reader),
            detector: Detector::read(&mut reader),
            account: Account::read(&mut reader),
            chain: Chain::read(&mut reader),
            risk: sections::limits(&mut reader),
            execution: Execution::read(&mut reader),
            strategies: sections::strategies(&mut reader),
            store: Store::read(&mut reader),
            web,
            log: Log::read(&mut reader),
            sim: Sim::read(&mut reader),
            whales: Whales::read(&mut reader),
            record: Record::read(&mut reader),
            cluster: Cluster::read(&mut reader),
            swarm,
            alerts: Alerts::read(&mut reader),
            traces: Traces::read(&mut reader, &secrets),
            secrets,
            notes: Vec::new(),
            shown: show::rows(&entries, &secret_rows),
        };
        settings.account.check_key(&mut reader, &settings.secrets);
        let (found, unread) = reader.finish();
        debug_assert!(unread.is_empty(), "keys that nothing reads: {unread:?}");
        problems.extend(found);
        notes.extend(strangers(sources));
        if problems.is_empty() {
            Ok(Self { notes, ..settings })
        } else {
            Err(SettingsError { problems })
        }
    }
}

/// Real orders take two switches.
fn check_mode(reader: &mut Reader<'_>, request: Request, mode: Mode, origin: ModeOrigin) {
    reader.choice("mode", &Mode::NAMES, Mode::Paper);
    let Request::Run(switch) = request else { return };
    let refusal = match (mode, switch, origin) {
        (Mode::Demo, ..) => "the demo has a command of its own: `dutchbook demo`.",
        (Mode::Live, LiveSwitch::Given, ModeOrigin::File) => return,
        (Mode::Live, ..) | (Mode::Paper, LiveSwitch::Given, _) => {
            "real orders take two switches: mode = \"live\" in config/local.toml and the flag \
             --live. Only one of them is there. For watching alone, use neither."
        }
        (Mode::Paper, LiveSwitch::Absent, _) => return,
    };
    reader.refuse("mode", refusal);
}

/// Variables that look like ours and are not: most likely misspelt.
fn strangers(sources: &Sources) -> Vec<String> {
    const OURS: [&str; 8] = [
        "DUTCHBOOK_CONFIG_DIR",
        "DUTCHBOOK_TOKEN",
        "DUTCHBOOK_TOKEN_FILE",
        "DUTCHBOOK_PRIVATE_KEY",
        "DUTCHBOOK_PRIVATE_KEY_FILE",
        "DUTCHBOOK_KEYSTORE_PASSWORD",
        "DUTCHBOOK_KEYSTORE_PASSWORD_FILE",
        "DUTCHBOOK_REQUIRE_ALL",
    ];
    let names = sources.environment.keys().filter(|name| {
        name.starts_with("DUTCHBOOK_")
            && !name.starts_with("DUTCHBOOK__")
            && !name.starts_with("DUTCHBOOK_TEST_")
            && !OURS.contains(&name.as_str())
    });
    names
        .map(|name| {
            format!(
                "{name} is set and nothing reads it. A setting is written with two underscores: \
                 DUTCHBOOK__WEB__PORT."
            )
        })
        .collect()
}
