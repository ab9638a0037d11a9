//! Which part of the work this process does.

use std::fmt;
use std::time::Duration;

use relay::{RelaySettings, RelayUrl, UrlError};

use super::super::reader::Reader;
use super::super::secret::{Secret, has_password, without_password};
use crate::telemetry;

/// So long may Redis take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
const NAMESPACE_CHARS_MAX: usize = 64;

/// What a process is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything; no other process shares its database.
    Alone,
    /// To decide, or to stand by: of those that share a database one decides at a time.
    Decide,
    /// To watch parts of the market, and to pass on what comes.
    Feed,
    /// To serve people: what it does not know itself, it asks of the process that decides.
    Web,
}

/// `[cluster]`: several processes that share the work.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// What this process is there for.
    pub role: Role,
    /// What others call it; empty for its host and number.
    pub name: String,
    /// So long after its last sign of life a process that decides is taken for gone, 2 s to 5 min.
    pub lease: Duration,
    /// The Redis through which the processes speak; `None` where there is none.
    pub redis: Option<RedisUrl>,
    /// Clusters of different names do not meet in one Redis.
    pub namespace: String,
    /// How others reach the web front of this process; empty for where it listens.
    pub address: String,
}

impl Cluster {
    /// What the others call this process.
    #[must_use]
    pub fn called(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        format!("{} ({})", Self::host(), std::process::id())
    }

    /// The name of this machine.
    #[must_use]
    pub fn host() -> String {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        name.trim().to_owned()
    }

    /// How to reach Redis; `None` where there is none.
    ///
    /// # Errors
    /// An address that is none, which [`Settings::load`](crate::settings::Settings::load) refuses.
    pub fn relay(&self) -> Result<Option<RelaySettings>, UrlError> {
        let Some(RedisUrl(url)) = &self.redis else { return Ok(None) };
        let url: RelayUrl = url.expose().parse()?;
        let namespace = self.namespace.clone();
        Ok(Some(RelaySettings { url, namespace, answer_within: ANSWER_WITHIN }))
    }

    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let roles = [
            ("alone", Role::Alone),
            ("decide", Role::Decide),
            ("feed", Role::Feed),
            ("web", Role::Web),
        ];
        let cluster = Self {
            role: reader.choice("cluster.role", &roles, Role::Alone),
            name: reader.text("cluster.name"),
            lease: reader.millis("cluster.lease_ms", 2_000..=300_000),
            redis: RedisUrl::read(reader),
            namespace: reader.text("cluster.namespace"),
            address: match reader.text("cluster.address").is_empty() {
                true => String::new(),
                false => reader.url("cluster.address", &["http", "https"]),
            },
        };
        if matches!(cluster.role, Role::Feed | Role::Web) && cluster.redis.is_none() {
            reader.refuse(
                "cluster.role",
                "needs Redis, through which the processes speak. Set cluster.redis_url or REDIS_URL.",
            );
        }
        let is_name = |name: &str| {
            name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
                && (1..=NAMESPACE_CHARS_MAX).contains(&name.len())
        };
        if !is_name(&cluster.namespace) {
            reader.refuse("cluster.namespace", "is 1 to 64 letters, digits, '-', '_' or '.'.");
        }
        cluster
    }
}

/// Where Redis is. Prints without its password.
#[derive(Clone)]
pub struct RedisUrl(Secret);

impl RedisUrl {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text("cluster.redis_url");
        if text.is_empty() {
            return None;
        }
        if let Err(error) = text.parse::<RelayUrl>() {
            reader.refuse("cluster.redis_url", format!("{error}."));
        }
        if has_password(&text) {
            telemetry::learn(&text);
        }
        Some(Self(Secret::new(&text)))
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(self.0.expose()))
    }
}
