//! Which process leads: the one that holds the lease to decide. Here it is only told where it is.

use std::time::Duration;

use redis::cmd;
use serde::{Deserialize, Serialize};

use crate::connection::Relay;
use crate::error::RelayError;
use crate::script::script;

/// The process that decides, and where it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// Its name.
    pub name: String,
    /// The fence of its lease: larger than that of every leader before.
    pub fence: u64,
    /// Tells the numbers of its facts from those of another run.
    pub run: u64,
    /// `http://HOST:PORT` or `https://…`, as other processes reach it.
    pub address: String,
    /// `demo`, `paper` or `live`.
    pub mode: String,
    /// The number of its last fact when it said so; 0 of one that does not tell.
    #[serde(default)]
    pub last_fact: u64,
}

/// A leader that was deposed, and does not know it, must not lead others astray.
const LEAD: &str = "local now = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0')
if now > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'said', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1";
/// A leader that has not said for so long that it leads is forgotten, and its fence with it: a database
/// that was restored or replaced begins with smaller ones.
const FORGET_AFTER: Duration = Duration::from_secs(60);

impl Relay {
    /// Says that this process leads.
    ///
    /// # Errors
    /// [`RelayError::Superseded`] where one with a larger fence leads; or Redis fails.
    pub async fn lead(&self, leader: &Leader) -> Result<(), RelayError> {
        let said = serde_json::to_string(leader)
            .map_err(|_| RelayError::Unreadable { what: "the leader" })?;
        let led: i64 = script(LEAD, &[&self.keys().leader()])
            .arg(leader.fence)
            .arg(said)
            .arg(u64::try_from(FORGET_AFTER.as_millis()).unwrap_or(u64::MAX))
            .query_async(&mut self.connection())
            .await?;
        if led == 1 { Ok(()) } else { Err(RelayError::Superseded) }
    }

    /// Who leads, as it said itself within the last minute; it may be gone.
    ///
    /// # Errors
    /// Redis fails, or what lies there is no leader.
    pub async fn leader(&self) -> Result<Option<Leader>, RelayError> {
        let said: Option<String> = cmd("HGET")
            .arg(self.keys().leader())
            .arg("said")
            .query_async(&mut self.connection())
            .await?;
        said.map(|said| serde_json::from_str(&said))
            .transpose()
            .map_err(|_| RelayError::Unreadable { what: "the leader" })
    }
}
