//! What the feeds are to watch. The process that decides says it, fenced as everything of it.

use domain::TokenId;
use redis::cmd;
use sha2::{Digest, Sha256};

use crate::connection::Relay;
use crate::error::RelayError;
use crate::script::script;

const UNREADABLE: RelayError = RelayError::Unreadable { what: "the plan of the feeds" };
/// A plan of more bytes is none: some 100,000 tokens have eight million.
const BYTES_MAX: usize = 32 << 20;

/// The tokens of each shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    shards: Vec<Vec<TokenId>>,
    version: String,
}

impl Plan {
    /// Of the tokens of each shard.
    #[must_use]
    pub fn new(shards: Vec<Vec<TokenId>>) -> Self {
        let version = version_of(&text(&shards));
        Self { shards, version }
    }
    /// The tokens of each shard.
    #[must_use]
    pub fn shards(&self) -> &[Vec<TokenId>] {
        &self.shards
    }
    /// The same for equal plans, and another for others.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// One line a shard, its tokens with commas between them.
fn text(shards: &[Vec<TokenId>]) -> String {
    let line = |tokens: &Vec<TokenId>| {
        tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    shards.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn parse(text: &str) -> Option<Vec<Vec<TokenId>>> {
    let line = |line: &str| {
        line.split(',').filter(|token| !token.is_empty()).map(|token| token.parse().ok()).collect()
    };
    text.split('\n').map(line).collect()
}

fn version_of(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

const PUBLISH: &str = "local now = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0')
if now > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'version', ARGV[2], 'shards', ARGV[3])
return 1";

impl Relay {
    /// Says what the feeds are to watch, unless it is said already.
    ///
    /// # Errors
    /// [`RelayError::Superseded`] where a process with a larger fence has said it; or Redis fails.
    pub async fn publish_plan(&self, plan: &Plan, fence: u64) -> Result<(), RelayError> {
        let key = self.keys().plan();
        let known: (Option<String>, Option<u64>) = cmd("HMGET")
            .arg(&key)
            .arg(&["version", "fence"])
            .query_async(&mut self.connection())
            .await?;
        if known == (Some(plan.version.clone()), Some(fence)) {
            return Ok(());
        }
        let said: i64 = script(PUBLISH, &[&key])
            .arg(fence)
            .arg(&plan.version)
            .arg(text(&plan.shards))
            .query_async(&mut self.connection())
            .await?;
        if said == 1 { Ok(()) } else { Err(RelayError::Superseded) }
    }

    /// What the feeds are to watch, where it is another than `known`; `None` where it is the same,
    /// or nobody has said it.
    ///
    /// # Errors
    /// Redis fails, or what lies there is no plan.
    pub async fn plan_after(&self, known: &str) -> Result<Option<Plan>, RelayError> {
        let key = self.keys().plan();
        let version: Option<String> =
            cmd("HGET").arg(&key).arg("version").query_async(&mut self.connection()).await?;
        if version.is_none_or(|version| version == known) {
            return Ok(None);
        }
        let shards: Option<String> =
            cmd("HGET").arg(&key).arg("shards").query_async(&mut self.connection()).await?;
        let Some(shards) = shards else { return Ok(None) };
        if shards.len() > BYTES_MAX {
            return Err(UNREADABLE);
        }
        Ok(Some(Plan::new(parse(&shards).ok_or(UNREADABLE)?)))
    }
}
