//! The role `web`: serves people, and decides nothing.
//!
//! The page's files and the live socket are served here. What the process that decides said on its
//! own live socket is repeated; everything else is passed on to it, and so is the question who may
//! listen. Such a process has no database and no keys.

pub mod figures;
pub mod known;
pub mod leader;
pub mod pass_on;
pub mod routes;
pub mod socket;

use std::sync::Arc;
use std::time::Duration;

use actors::clock::Clock;
use actors::cluster::ClusterBoard;
use actors::fan_out::Hub;
use actors::supervision::{Status, Tree};
use domain::UnixMillis;

use crate::web::guard::Guard;
use crate::web::problem::Problem;
use known::Known;

/// So old may the newest word of the leader be; it says something every second.
const HEARD_AGE_MAX: Duration = Duration::from_secs(5);

/// What the handlers share.
pub struct WebRole {
    /// Where the time comes from.
    pub clock: Clock,
    /// When the program started.
    pub started_at: UnixMillis,
    /// When the certificate ends, where it speaks TLS.
    pub certificate_ends_at: Option<UnixMillis>,
    /// The live socket's clients.
    pub hub: Arc<Hub>,
    /// Who leads.
    pub board: Arc<ClusterBoard>,
    /// Which hosts are answered.
    pub guard: Arc<Guard>,
    /// Who may listen.
    pub known: Arc<Known>,
    /// The supervision tree.
    pub tree: Tree,
}

impl WebRole {
    /// What is missing for this process to be of use; empty when it is ready.
    #[must_use]
    pub fn not_ready(&self) -> Vec<String> {
        let mut missing = Vec::new();
        let followed = self.board.get();
        if followed.leader.is_none() {
            missing.push("it is not known which process decides".to_owned());
        } else if !followed.is_fresh(HEARD_AGE_MAX) {
            missing.push("nothing was heard of the process that decides lately".to_owned());
        }
        if self.tree.snapshot().status != Status::Up {
            missing.push("the supervision tree is not up".to_owned());
        }
        missing
    }
    /// The leader, where what is said here is what it says.
    ///
    /// # Errors
    /// There is none, or nothing was heard of it lately.
    pub fn followed(&self) -> Result<relay::Leader, Problem> {
        let followed = self.board.get();
        let is_fresh = followed.is_fresh(HEARD_AGE_MAX);
        let silent = || Problem::NoLeader("nothing was heard of it lately".to_owned());
        followed.leader.filter(|_| is_fresh).ok_or_else(silent)
    }
}
