//! The service itself: its database, its web front, its log.

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use store::{StoreSettings, UrlError};

use super::super::{
    reader::Reader,
    secret::{Secret, has_password, without_password},
};
use crate::telemetry;

/// `[store]`: the database.
#[derive(Clone, Debug)]
pub struct Store {
    /// Where files are kept.
    pub data_dir: PathBuf,
    /// The database, with everything needed to connect.
    pub url: DatabaseUrl,
    /// Rows written together, 1 to 10,000.
    pub batch_rows: usize,
    /// The longest wait for more rows before writing, 1 ms to 10 s.
    pub batch_wait: Duration,
    /// Rows that may wait for the database, 100 to 10,000,000.
    pub queue_rows_max: usize,
    /// When rows are deleted.
    pub retention: RetentionDays,
}

/// `[store.retention_days]`: after how many days rows are deleted; `None` keeps them for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionDays {
    /// Prices.
    pub market_prices: Option<u32>,
    /// Opportunities that are closed.
    pub opportunities: Option<u32>,
    /// Large trades of others.
    pub trades: Option<u32>,
    /// Whales with their grades.
    pub whales: Option<u32>,
    /// Decisions, and the wishes that they are about.
    pub decisions: Option<u32>,
    /// Keys of requests; afterwards the same key is a new one.
    pub idempotency_keys: Option<u32>,
    /// What people were told.
    pub alerts: Option<u32>,
}

impl Store {
    /// How to connect.
    ///
    /// # Errors
    /// An address that is none, which [`Settings::load`](crate::settings::Settings::load) refuses.
    pub fn connection(&self) -> Result<StoreSettings, UrlError> {
        Ok(StoreSettings::new(self.url.expose().parse()?))
    }

    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let data_dir = PathBuf::from(reader.text("store.data_dir"));
        if data_dir.as_os_str().is_empty() {
            reader.refuse("store.data_dir", "is empty. Name a folder.");
        }
        let mut days = |key: &str| {
            let days = reader.whole::<u32>(key, 0..=36_500);
            (days > 0).then_some(days)
        };
        let retention = RetentionDays {
            market_prices: days("store.retention_days.market_prices"),
            opportunities: days("store.retention_days.opportunities"),
            trades: days("store.retention_days.trades"),
            whales: days("store.retention_days.whales"),
            decisions: days("store.retention_days.decisions"),
            idempotency_keys: days("store.retention_days.idempotency_keys"),
            alerts: days("store.retention_days.alerts"),
        };
        let store = Self {
            url: DatabaseUrl::read(reader, &data_dir),
            data_dir,
            batch_rows: reader.whole("store.batch_rows", 1..=10_000),
            batch_wait: reader.millis("store.batch_ms", 1..=10_000),
            queue_rows_max: reader.whole("store.queue_rows_max", 100..=10_000_000),
            retention,
        };
        if store.batch_rows > store.queue_rows_max {
            reader.refuse("store.batch_rows", "must not be more than store.queue_rows_max.");
        }
        store
    }
}

/// Where the database is. Prints without its password.
#[derive(Clone)]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    /// A SQLite file, made when it is not there.
    #[must_use]
    pub fn sqlite_file(path: &Path) -> Self {
        Self(Secret::new(&format!("sqlite://{}?mode=rwc", path.display())))
    }

    /// The whole address, password included.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The path of the file, if it is a SQLite file.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&Path> {
        let rest = self.expose().strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        let path = path.split('?').next().unwrap_or(path);
        (path != ":memory:").then(|| Path::new(path))
    }

    fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let text = reader.text("store.url");
        if text.is_empty() {
            return Self::sqlite_file(&data_dir.join("dutchbook.sqlite"));
        }
        if let Err(error) = text.parse::<store::DatabaseUrl>() {
            reader.refuse("store.url", format!("{error}."));
        }
        if has_password(&text) {
            telemetry::learn(&text);
        }
        Self(Secret::new(&text))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(self.expose()))
    }
}

/// `[web]`: the web page, the API and the live socket.
#[derive(Clone, Debug)]
pub struct Web {
    /// Where the page and the API listen.
    pub host: IpAddr,
    /// 0 takes any free port.
    pub port: u16,
    /// Where the live socket also answers at the root path.
    pub ws_host: IpAddr,
    /// 0 takes any free port.
    pub ws_port: u16,
    /// Live connections at one time, 1 to 10,000.
    pub clients_max: usize,
    /// How many requests a second one principal, or one unknown address, may send for good, 1 to
    /// 100,000; five times as many at once after a rest.
    pub requests_per_second_max: u32,
    /// The chain of certificates and its key, in PEM, where the service speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// The addresses whose word about who asks, and how, is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Names by which the service may be called, besides its own addresses.
    pub allowed_hosts: Vec<String>,
    /// A browser that reads nothing for so long is cut off, 1 s to 5 minutes.
    pub stall_max: Duration,
    /// Facts that wait in one browser's queue, 16 to 65,536.
    pub client_queue_max: usize,
    /// The longest wait for an orderly stop, 1 s to 1 minute.
    pub shutdown_max: Duration,
}

/// Where a certificate and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those that vouch for it.
    pub certificate: PathBuf,
    /// Its key, readable by nobody else.
    pub key: PathBuf,
}

impl TlsFiles {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let certificate = PathBuf::from(reader.text("web.tls_certificate_file"));
        let key = PathBuf::from(reader.text("web.tls_key_file"));
        match (certificate.as_os_str().is_empty(), key.as_os_str().is_empty()) {
            (true, true) => return None,
            (false, true) => {
                reader.refuse("web.tls_key_file", "is missing beside its certificate.")
            }
            (true, false) => {
                reader.refuse("web.tls_certificate_file", "is missing beside its key.");
            }
            (false, false) => {}
        }
        Some(Self { certificate, key })
    }
}

fn proxies(reader: &mut Reader<'_>) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for text in reader.list("web.trusted_proxies") {
        match text.parse::<IpAddr>() {
            Ok(address) => found.push(address.to_canonical()),
            Err(_) => reader.refuse(
                "web.trusted_proxies",
                format!("`{text}` is not an IP address. Name each proxy by its own."),
            ),
        }
    }
    found
}

impl Web {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let web = Self {
            host: reader.ip("web.host"),
            port: reader.whole("web.port", 0..=u16::MAX),
            ws_host: reader.ip("web.ws_host"),
            ws_port: reader.whole("web.ws_port", 0..=u16::MAX),
            clients_max: reader.whole("web.clients_max", 1..=10_000),
            requests_per_second_max: reader.whole("web.requests_per_second_max", 1..=100_000),
            tls: TlsFiles::read(reader),
            trusted_proxies: proxies(reader),
            allowed_hosts: reader.list("web.allowed_hosts"),
            stall_max: reader.millis("web.stall_ms", 1_000..=300_000),
            client_queue_max: reader.whole("web.client_queue_max", 16..=65_536),
            shutdown_max: reader.millis("web.shutdown_ms", 1_000..=60_000),
        };
        if web.port != 0 && web.port == web.ws_port {
            reader.refuse("web.ws_port", "must be another port than web.port.");
        }
        web
    }

    /// Refuses to be reachable from other machines without a token.
    pub(in super::super) fn check_reach(&self, reader: &mut Reader<'_>, token: Option<&Secret>) {
        for (key, host) in [("web.host", self.host), ("web.ws_host", self.ws_host)] {
            if !host.is_loopback() && token.is_none() {
                reader.refuse(
                    key,
                    format!(
                        "{host} can be reached from other machines, and without DUTCHBOOK_TOKEN \
                         anybody there could use this service. Set DUTCHBOOK_TOKEN to 32 or more \
                         characters that nobody can guess (`openssl rand -hex 32` makes some), or \
                         listen on 127.0.0.1."
                    ),
                );
            }
            if !host.is_loopback() && self.tls.is_none() && self.trusted_proxies.is_empty() {
                reader.refuse(
                    key,
                    format!(
                        "{host} can be reached from other machines, and without TLS everybody on \
                         the way could read tokens and cookies. Give a certificate \
                         (web.tls_certificate_file, web.tls_key_file), or name the proxy that \
                         speaks TLS in front of this (web.trusted_proxies), or listen on 127.0.0.1."
                    ),
                );
            }
        }
    }
}

/// `[log]`: what is told on standard error.
#[derive(Clone, Debug)]
pub struct Log {
    /// A level, or levels by module: `info,polymarket=debug`.
    pub level: String,
    /// For people or for programs.
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl Log {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let level = reader.text("log.level");
        if !is_level(&level) {
            let text = format!(
                "`{level}` is not a level. Give error, warn, info, debug or trace, or one by \
                 module: info,polymarket=debug."
            );
            reader.refuse("log.level", text);
        }
        let words = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        Self { level, format: reader.choice("log.format", &words, LogFormat::Text) }
    }
}

/// Whether `text` is a level or a list of levels by module. A lone word that is no level would be
/// taken for a module's name by the log itself, and silence everything else.
fn is_level(text: &str) -> bool {
    text.split(',').all(|part| {
        let level = part.split_once('=').map_or(part, |(_, level)| level);
        level.trim().parse::<tracing_subscriber::filter::LevelFilter>().is_ok()
    })
}
