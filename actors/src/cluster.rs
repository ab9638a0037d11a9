//! What one of several processes does for the others.
//!
//! Whoever decides tells the others, through Redis, that it leads and what its live socket says
//! ([`Herald`]). Whoever serves people repeats that to them ([`Follower`]). Nothing here decides: with Redis
//! away the process that decides goes on, and those that serve people find out what they missed.

mod board;
mod follower;
mod following;
mod herald;
mod leave;
mod line;

use std::time::Duration;

use domain::UnixMillis;
use relay::{Member, MemberState, Role};

pub use board::{ClusterBoard, Followed};
pub use follower::Follower;
pub use herald::{Herald, HeraldSettings};
pub(crate) use leave::part;
pub use leave::{Leave, says_goodbye};
pub(crate) use line::Line;

/// How often a process says that it lives.
const ALIVE_INTERVAL: Duration = Duration::from_secs(1);
/// Between two attempts to reach Redis.
const PAUSE: Duration = Duration::from_millis(500);

/// What a process says of itself from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its name, its own among all.
    pub name: String,
    /// The machine.
    pub host: String,
    /// The version of the program.
    pub version: String,
    /// `http://HOST:PORT` or `https://…`, as other processes reach it; `None` where they need not.
    pub address: Option<String>,
    /// When it started, by its own clock.
    pub started_at: UnixMillis,
}

impl Identity {
    /// What it says of itself to the others: no shards, no tokens, no clients.
    #[must_use]
    pub fn member(&self, role: Role, state: MemberState) -> Member {
        Member {
            name: self.name.clone(),
            role,
            state,
            host: self.host.clone(),
            process: std::process::id(),
            version: self.version.clone(),
            address: self.address.clone(),
            started_at: self.started_at,
            shards: Vec::new(),
            tokens: 0,
            clients: None,
            behind_facts: None,
            leader_heard_ms_ago: None,
        }
    }
}
