//! The environment names that people already use, secrets among them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use figment::value::Dict;
use polymarket::account::{KeySource, PasswordSource};

use crate::telemetry;

use super::{
    Mode, Sources,
    problem::Problem,
    secret::Secret,
    shape::{Shape, insert},
};

/// The address of the database, with its password.
const DATABASE_URL: &str = "DATABASE_URL";
/// The address of Redis, with its password.
const REDIS_URL: &str = "REDIS_URL";

/// Every name with the key that it stands for. The `DUTCHBOOK__…` name wins when both are set.
pub(super) const NAMES: [(&str, &str); 11] = [
    (DATABASE_URL, "store.url"),
    (REDIS_URL, "cluster.redis_url"),
    ("WS_SERVER_HOST", "web.ws_host"),
    ("WS_SERVER_PORT", "web.ws_port"),
    ("TRADE_NOTIONAL_THRESHOLD", "whales.trade_usd_min"),
    ("WHALE_TRADE_THRESHOLD", "whales.whale_usd_min"),
    ("IGNORE_PRICE_THRESHOLD", "whales.ignore_price"),
    ("USE_SWARM_MODE", "swarm.enabled"),
    ("TELEGRAM_CHAT_ID", "alerts.telegram.chat"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "traces.endpoint"),
    ("OTEL_SERVICE_NAME", "traces.service_name"),
];

/// The values of one variable.
pub(super) struct Taken {
    pub(super) origin: String,
    pub(super) values: Dict,
}

/// The variables among [`NAMES`] that are set.
pub(super) fn layer(
    sources: &Sources,
    mode: Mode,
    shape: &Shape,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Vec<Taken> {
    let mut taken = Vec::new();
    for (name, key) in NAMES {
        let (text, origin) = match (name, sources.variable(name)) {
            (_, Some(text)) => (text.to_owned(), format!("environment {name}")),
            // Those among them that are secrets, where they hold a password.
            (DATABASE_URL | REDIS_URL, None) => match secret(sources, name, problems) {
                Some((text, origin)) => (text.expose().to_owned(), origin),
                None => continue,
            },
            (_, None) => continue,
        };
        if key == "store.url" && mode == Mode::Demo {
            notes.push(format!(
                "{name} is set and left alone: the demo keeps its invented markets out of a real \
                 database. To use one all the same, set DUTCHBOOK__STORE__URL."
            ));
            continue;
        }
        match shape.read(key, &text) {
            Ok(value) => {
                let mut values = Dict::new();
                insert(&mut values, key, value);
                taken.push(Taken { origin, values });
            }
            Err(text) => problems.push(Problem::new(key, &origin, text)),
        }
    }
    taken
}

/// The variable of the key that signs orders.
const PRIVATE_KEY: &str = "DUTCHBOOK_PRIVATE_KEY";
/// The variable of the password of an encrypted key file.
const KEYSTORE_PASSWORD: &str = "DUTCHBOOK_KEYSTORE_PASSWORD";

/// Keys and passwords. None of them can be printed.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// The bearer token of the administrator, at least 32 characters. `DUTCHBOOK_TOKEN`.
    pub token: Option<Secret>,
    /// Where the key that signs orders is. It is read when it is needed, and not kept here.
    /// `DUTCHBOOK_PRIVATE_KEY`.
    pub private_key: Option<KeySource>,
    /// Where the password of the encrypted key file is. `DUTCHBOOK_KEYSTORE_PASSWORD`.
    pub keystore_password: Option<PasswordSource>,
    /// The venue's relayer, for every wallet but the key's own account. `RELAYER_API_KEY`.
    pub relayer_api_key: Option<Secret>,
    /// For language models. `OPENAI_API_KEY`.
    pub openai_api_key: Option<Secret>,
    /// For language models. `ANTHROPIC_API_KEY`.
    pub anthropic_api_key: Option<Secret>,
    /// For language models. `GOOGLE_API_KEY`.
    pub google_api_key: Option<Secret>,
    /// The bot that writes alerts into a chat. `TELEGRAM_BOT_TOKEN`.
    pub telegram_bot_token: Option<Secret>,
    /// Where alerts for Discord go. `DISCORD_WEBHOOK_URL`.
    pub discord_webhook_url: Option<Secret>,
    /// Where alerts for Slack go. `SLACK_WEBHOOK_URL`.
    pub slack_webhook_url: Option<Secret>,
    /// Where signed alerts go. `ALERT_WEBHOOK_URL`.
    pub alert_webhook_url: Option<Secret>,
    /// What they are signed with. `ALERT_WEBHOOK_SECRET`.
    pub alert_webhook_secret: Option<Secret>,
    /// What is fetched while all is well. `ALERT_WATCHMAN_URL`.
    pub alert_watchman_url: Option<Secret>,
    /// The password at the mail server. `SMTP_PASSWORD`.
    pub smtp_password: Option<Secret>,
    /// What the collector of traces wants to be told. `OTEL_EXPORTER_OTLP_HEADERS`.
    pub otlp_headers: Option<Secret>,
    /// For language models, by the variables that `swarm.members` names.
    model_keys: BTreeMap<String, Secret>,
}

impl Secrets {
    /// The key of a language model.
    #[must_use]
    pub fn model_key(&self, variable: &str) -> Option<&Secret> {
        match variable {
            "OPENAI_API_KEY" => self.openai_api_key.as_ref(),
            "ANTHROPIC_API_KEY" => self.anthropic_api_key.as_ref(),
            "GOOGLE_API_KEY" => self.google_api_key.as_ref(),
            other => self.model_keys.get(other),
        }
    }

    /// Reads the keys that are not among those that everybody knows.
    pub(super) fn read_model_keys<'a>(
        &mut self,
        sources: &Sources,
        variables: impl Iterator<Item = &'a str>,
        problems: &mut Vec<Problem>,
    ) {
        const KNOWN: [&str; 3] = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"];
        for variable in variables.filter(|variable| !KNOWN.contains(variable)) {
            if let Some((key, _)) = secret(sources, variable, problems) {
                self.model_keys.insert(variable.to_owned(), key);
            }
        }
    }
}

/// A secret's name in `config show`, and where it was found.
pub(super) struct SecretRow {
    pub(super) key: &'static str,
    pub(super) origin: Option<String>,
}

/// The fewest characters of a token that cannot be guessed.
const TOKEN_LENGTH_MIN: usize = 32;

/// Reads every secret from its variable or from the file that `<NAME>_FILE` names.
pub(super) fn secrets(sources: &Sources, problems: &mut Vec<Problem>) -> (Secrets, Vec<SecretRow>) {
    let mut rows = Vec::new();
    let mut place = |key: &'static str, name: &str| {
        let found = place(sources, name);
        rows.push(SecretRow { key, origin: found.as_ref().map(Place::origin) });
        found
    };
    let private_key =
        place("secrets.private_key", PRIVATE_KEY).map(|place| match learnt(sources, place) {
            Place::Variable(name) => KeySource::Environment(name),
            Place::File { path, .. } => KeySource::File(path),
        });
    let password = place("secrets.keystore_password", KEYSTORE_PASSWORD);
    let keystore_password = password.map(|place| match learnt(sources, place) {
        Place::Variable(name) => PasswordSource::Environment(name),
        Place::File { path, .. } => PasswordSource::File(path),
    });
    let mut take = |key: &'static str, name: &str| {
        let found = secret(sources, name, problems);
        rows.push(SecretRow { key, origin: found.as_ref().map(|(_, origin)| origin.clone()) });
        found.map(|(secret, _)| secret)
    };
    let secrets = Secrets {
        token: take("secrets.token", "DUTCHBOOK_TOKEN"),
        private_key,
        keystore_password,
        relayer_api_key: take("secrets.relayer_api_key", "RELAYER_API_KEY"),
        openai_api_key: take("secrets.openai_api_key", "OPENAI_API_KEY"),
        anthropic_api_key: take("secrets.anthropic_api_key", "ANTHROPIC_API_KEY"),
        google_api_key: take("secrets.google_api_key", "GOOGLE_API_KEY"),
        telegram_bot_token: take("secrets.telegram_bot_token", "TELEGRAM_BOT_TOKEN"),
        discord_webhook_url: take("secrets.discord_webhook_url", "DISCORD_WEBHOOK_URL"),
        slack_webhook_url: take("secrets.slack_webhook_url", "SLACK_WEBHOOK_URL"),
        alert_webhook_url: take("secrets.alert_webhook_url", "ALERT_WEBHOOK_URL"),
        alert_webhook_secret: take("secrets.alert_webhook_secret", "ALERT_WEBHOOK_SECRET"),
        alert_watchman_url: take("secrets.alert_watchman_url", "ALERT_WATCHMAN_URL"),
        smtp_password: take("secrets.smtp_password", "SMTP_PASSWORD"),
        otlp_headers: take("secrets.otlp_headers", "OTEL_EXPORTER_OTLP_HEADERS"),
        model_keys: BTreeMap::new(),
    };
    if let Some(token) = &secrets.token {
        let length = token.expose().chars().count();
        if length < TOKEN_LENGTH_MIN {
            let text = format!(
                "has {length} characters; a token needs at least {TOKEN_LENGTH_MIN}, so that \
                 nobody guesses it. `openssl rand -hex 32` makes one."
            );
            problems.push(Problem::new("DUTCHBOOK_TOKEN", "environment", text));
        }
    }
    (secrets, rows)
}

/// A variable, or the file that another one names.
enum Place {
    Variable(String),
    File { variable: String, path: PathBuf },
}

impl Place {
    fn origin(&self) -> String {
        match self {
            Self::Variable(name) => format!("environment {name}"),
            Self::File { variable, .. } => format!("file of {variable}"),
        }
    }
}

/// Has the log hide what is there, without keeping it.
fn learnt(sources: &Sources, place: Place) -> Place {
    match &place {
        Place::Variable(name) => telemetry::learn(sources.variable(name).unwrap_or_default()),
        // What cannot be read is told by whoever needs it.
        Place::File { path, .. } => {
            telemetry::learn(&fs::read_to_string(path).unwrap_or_default());
        }
    }
    place
}

/// Where a secret is that only its user reads.
fn place(sources: &Sources, name: &str) -> Option<Place> {
    if sources.variable(name).is_some() {
        return Some(Place::Variable(name.to_owned()));
    }
    let variable = format!("{name}_FILE");
    let path = PathBuf::from(sources.variable(&variable)?);
    Some(Place::File { variable, path })
}

fn secret(sources: &Sources, name: &str, problems: &mut Vec<Problem>) -> Option<(Secret, String)> {
    if let Some(text) = sources.variable(name) {
        telemetry::learn(text);
        return Some((Secret::new(text), format!("environment {name}")));
    }
    let file_name = format!("{name}_FILE");
    let path = sources.variable(&file_name)?;
    match fs::read_to_string(Path::new(path)) {
        Ok(text) if !text.trim().is_empty() => {
            telemetry::learn(&text);
            Some((Secret::new(&text), format!("file of {file_name}")))
        }
        Ok(_) => {
            problems.push(Problem::new(&file_name, "environment", "names an empty file."));
            None
        }
        Err(error) => {
            let text = format!("names a file that cannot be read: {error}.");
            problems.push(Problem::new(&file_name, "environment", text));
            None
        }
    }
}
