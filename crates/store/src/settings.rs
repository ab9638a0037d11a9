//! Where the database is, and how patient to be with it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::mysql::MySqlConnectOptions;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

/// Why an address of a database cannot be used. Never holds the address: it has a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlError {
    /// Neither of the two databases.
    #[error("a database address begins with sqlite:// or mysql://")]
    Scheme,
    /// No file, or no host.
    #[error(
        "the database address cannot be read; give sqlite://FILE or mysql://USER:PASSWORD@HOST/DATABASE"
    )]
    Malformed,
    /// A database that dies with the process.
    #[error("a database in memory would lose everything; give a file: sqlite://FILE")]
    InMemory,
    /// `mode=ro`.
    #[error("the database is written to: use mode=rwc (create it if missing) or mode=rw")]
    ReadOnly,
    /// Which of the server's databases?
    #[error("the address names no database: mysql://USER:PASSWORD@HOST/DATABASE")]
    NoDatabase,
}

/// The address of a database: `sqlite://FILE`, `sqlite://FILE?mode=rw` (never create it), or
/// `mysql://USER:PASSWORD@HOST:PORT/DATABASE?ssl-mode=…`. Prints without its password.
#[derive(Clone)]
pub struct DatabaseUrl(Target);

#[derive(Clone)]
pub(crate) enum Target {
    Sqlite { file: PathBuf, create: bool },
    Mysql { options: Box<MySqlConnectOptions> },
}

impl DatabaseUrl {
    /// A SQLite file, created if missing.
    #[must_use]
    pub fn sqlite_file(file: &Path) -> Self {
        Self(Target::Sqlite { file: file.to_owned(), create: true })
    }
    pub(crate) const fn target(&self) -> &Target {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return sqlite_target(rest.strip_prefix("//").unwrap_or(rest)).map(Self);
        }
        if !text.starts_with("mysql://") && !text.starts_with("mariadb://") {
            return Err(UrlError::Scheme);
        }
        let options: MySqlConnectOptions = text.parse().map_err(|_| UrlError::Malformed)?;
        if options.get_host().is_empty() {
            return Err(UrlError::Malformed);
        }
        if options.get_database().is_none_or(str::is_empty) {
            return Err(UrlError::NoDatabase);
        }
        Ok(Self(Target::Mysql { options: Box::new(options) }))
    }
}

fn sqlite_target(rest: &str) -> Result<Target, UrlError> {
    let (file, query) = rest.split_once('?').unwrap_or((rest, ""));
    if file == ":memory:" {
        return Err(UrlError::InMemory);
    }
    if file.is_empty() {
        return Err(UrlError::Malformed);
    }
    let mode = query.split('&').find_map(|pair| pair.strip_prefix("mode="));
    let create = match mode {
        None | Some("rwc") => true,
        Some("rw") => false,
        Some("memory") => return Err(UrlError::InMemory),
        Some("ro") => return Err(UrlError::ReadOnly),
        Some(_) => return Err(UrlError::Malformed),
    };
    Ok(Target::Sqlite { file: file.into(), create })
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Sqlite { file, .. } => write!(f, "sqlite://{}", file.display()),
            Target::Mysql { options } => write!(
                f,
                "mysql://{}:***@{}:{}/{}",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or_default()
            ),
        }
    }
}
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How to reach the database. Every wait has a limit.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Connections at most. SQLite has one writer at a time whatever this says.
    pub connections_max: u32,
    /// How long to wait for a free connection, and for the first one.
    pub acquire_timeout: Duration,
    /// How long one call may take in all: reading a page, writing one batch.
    pub call_timeout: Duration,
    /// SQLite only: how long a writer waits for another one.
    pub busy_timeout: Duration,
}

impl StoreSettings {
    /// The defaults: 4 connections, 2 s for a connection, 10 s for a call, 5 s for another writer.
    #[must_use]
    pub const fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            connections_max: 4,
            acquire_timeout: Duration::from_secs(2),
            call_timeout: Duration::from_secs(10),
            busy_timeout: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_prints_without_its_password() {
        let url: DatabaseUrl = "mysql://bot:s3cr%3Aet@db.example:3307/dutch".parse().unwrap();
        let settings = StoreSettings::new(url.clone());
        assert_eq!(url.to_string(), "mysql://bot:***@db.example:3307/dutch");
        assert!(!format!("{settings:?}{url:?}").contains("s3cr"));
    }

    #[test]
    fn an_address_that_cannot_be_used_says_why_without_repeating_it() {
        for (text, want) in [
            ("postgres://u:hunter2@h/d", UrlError::Scheme),
            ("", UrlError::Scheme),
            ("sqlite://", UrlError::Malformed),
            ("sqlite::memory:", UrlError::InMemory),
            ("sqlite://x.db?mode=memory", UrlError::InMemory),
            ("sqlite://x.db?mode=ro", UrlError::ReadOnly),
            ("sqlite://x.db?mode=hunter2", UrlError::Malformed),
            ("mysql://u:hunter2@h", UrlError::NoDatabase),
            ("mysql://u:hunter2@h:port/d", UrlError::Malformed),
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert_eq!(error, want, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_sqlite_file_is_created_unless_the_mode_says_otherwise() {
        for (text, want_file, want_create) in [
            ("sqlite://data/x.db", "data/x.db", true),
            ("sqlite:///var/x.db?mode=rwc", "/var/x.db", true),
            ("sqlite:x.db?mode=rw", "x.db", false),
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            let Target::Sqlite { file, create } = url.target() else { panic!("{text}") };
            assert_eq!((file.as_path(), *create), (Path::new(want_file), want_create), "{text}");
        }
    }
}
