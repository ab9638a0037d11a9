//! Who is there, as each says of itself.

use std::collections::HashMap;
use std::time::Duration;

use domain::UnixMillis;
use redis::pipe;
use serde::{Deserialize, Serialize};

use crate::connection::{Relay, moment};
use crate::error::RelayError;
use crate::script::script;

/// Whoever was not heard of for so long is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(600);
/// More are not told; nobody runs so many.
const MEMBERS_MAX: usize = 1_000;

/// What a process is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Decides, or stands by.
    Decide,
    /// Watches parts of the market.
    Feed,
    /// Serves people.
    Web,
}

/// What it does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Holds the lease to decide.
    Deciding,
    /// Waits for that lease.
    StandingBy,
    /// Watches the market.
    Watching,
    /// Serves people.
    Serving,
}

/// What a process says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name, its own among all.
    pub name: String,
    /// What it is there for.
    pub role: Role,
    /// What it does now.
    pub state: MemberState,
    /// The machine.
    pub host: String,
    /// The number of its process there.
    pub process: u32,
    /// Of the program.
    pub version: String,
    /// Where others reach it over HTTP.
    pub address: Option<String>,
    /// When it started, by its own clock.
    pub started_at: UnixMillis,
    /// The parts of the market feed that it holds.
    pub shards: Vec<u16>,
    /// Tokens that it watches.
    pub tokens: usize,
    /// Live sockets that it serves.
    pub clients: Option<usize>,
    /// Facts that the leader had said and that it had not repeated yet; `None` where it repeats nothing.
    pub behind_facts: Option<u64>,
    /// Since it last heard what the leader's live socket says, milliseconds by its own clock.
    pub leader_heard_ms_ago: Option<u64>,
}

/// A member, and when it was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it said last.
    pub member: Member,
    /// How long ago, by the clock of Redis.
    pub ago: Duration,
}

/// Everybody who was heard of lately, by name.
pub type Members = Vec<Seen>;

const ALIVE: &str = "local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[1])
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3])
for _, name in ipairs(old) do
  redis.call('HDEL', KEYS[1], name)
  redis.call('ZREM', KEYS[2], name)
end
return #old";

const GONE: &str = "redis.call('HDEL', KEYS[1], ARGV[1])
return redis.call('ZREM', KEYS[2], ARGV[1])";

impl Relay {
    /// Says that a member lives, and what it does.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn say_alive(&self, member: &Member) -> Result<(), RelayError> {
        let said = serde_json::to_string(member)
            .map_err(|_| RelayError::Unreadable { what: "a member" })?;
        let _forgotten: i64 = script(ALIVE, &[&self.keys().members(), &self.keys().heard()])
            .arg(&member.name)
            .arg(said)
            .arg(i64::try_from(FORGET_AFTER.as_millis()).unwrap_or(i64::MAX))
            .query_async(&mut self.connection())
            .await?;
        Ok(())
    }

    /// Says that a member goes, in order.
    ///
    /// # Errors
    /// Redis fails; it is forgotten by itself later.
    pub async fn say_goodbye(&self, name: &str) -> Result<(), RelayError> {
        let _known: i64 = script(GONE, &[&self.keys().members(), &self.keys().heard()])
            .arg(name)
            .query_async(&mut self.connection())
            .await?;
        Ok(())
    }

    /// Who was heard of within the last ten minutes. What cannot be read is left out: it is of
    /// another version.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn members(&self) -> Result<Members, RelayError> {
        type Answer = (HashMap<String, String>, HashMap<String, f64>, (i64, i64));
        let (said, heard, (seconds, micros)): Answer = pipe()
            .cmd("HGETALL")
            .arg(self.keys().members())
            .cmd("ZRANGE")
            .arg(self.keys().heard())
            .arg(0)
            .arg(MEMBERS_MAX)
            .arg("WITHSCORES")
            .cmd("TIME")
            .query_async(&mut self.connection())
            .await?;
        let now = moment(seconds, micros);
        let mut members: Members = said
            .into_iter()
            .filter_map(|(name, said)| {
                let member: Member = serde_json::from_str(&said).ok()?;
                // A score is a moment in milliseconds, which a double holds exactly.
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
                let at = UnixMillis(*heard.get(&name)? as i64);
                let ago = Duration::from_millis(u64::try_from(now.since(at).0).unwrap_or(0));
                Some(Seen { member, ago })
            })
            .collect();
        members.sort_by(|one, other| one.member.name.cmp(&other.member.name));
        Ok(members)
    }
}
