//! What the handlers share. All of it is readable without asking an actor.

use std::sync::Arc;

use actors::board::Board;
use actors::books::{TellBooks, TouchBoard};
use actors::clock::Clock;
use actors::collectors::Listing;
use actors::detector::OpportunityBoard;
use actors::fan_out::Hub;
use actors::shared::Shared;
use actors::supervision::{Handle, Status, Tree};
use actors::tape::TapeBoard;
use domain::UnixMillis;
use engine::whales::Freshness;
use store::StoreSettings;

use crate::disk::Place;
use crate::reload::Reloader;
use crate::web::alerts::AlertsParts;
use crate::web::api::cluster::ClusterParts;
use crate::web::api::rules::RulesShelf;
use crate::web::forecasts::SwarmParts;
use crate::web::guard::Guard;
use crate::web::past::PastParts;
use crate::web::problem::Problem;
use crate::web::trading::{Refusal, RefusalKind, TradingState};

/// What the service runs on, and as.
#[derive(Clone, Default)]
pub struct Host {
    /// Where the service writes.
    pub data_dir: Place,
    /// When the certificate of the web front ends, where it speaks TLS.
    pub certificate_ends_at: Option<UnixMillis>,
    /// Puts other settings in force; `None` where nothing can.
    pub reload: Option<Arc<Reloader>>,
}

/// What the handlers share.
pub struct WebState {
    /// `demo`, `paper`, `live` or `replay`.
    pub mode: String,
    /// Where the time comes from.
    pub clock: Clock,
    /// When the program started.
    pub started_at: UnixMillis,
    /// The age from which the feed counts as stale.
    pub feed_age_ms_max: i64,
    /// The machine and the process.
    pub host: Host,
    /// `sqlite` or `mysql`.
    pub store_backend: &'static str,
    /// What each role last said of itself.
    pub board: Arc<Board>,
    /// The markets that are known.
    pub listing: Shared<Listing>,
    /// The rules of markets.
    pub rules: Arc<RulesShelf>,
    /// The touches of the watched markets.
    pub touches: Arc<TouchBoard>,
    /// Tells whole books; `None` where this run watches none.
    pub books: Option<Handle<TellBooks>>,
    /// The opportunities, open and lately closed.
    pub opportunities: Arc<OpportunityBoard>,
    /// The live socket's clients.
    pub hub: Arc<Hub>,
    /// Which process does what.
    pub cluster: ClusterParts,
    /// The supervision tree.
    pub tree: Tree,
    /// Who may ask.
    pub guard: Arc<Guard>,
    /// Trading; `None` where this run only watches.
    pub trading: Option<TradingState>,
    /// How the tape of others' trades stands.
    pub tape: Arc<TapeBoard>,
    /// Which wallets are new.
    pub freshness: Freshness,
    /// Where everything is written down.
    pub store: StoreSettings,
    /// The language models.
    pub swarm: SwarmParts,
    /// Messages to people.
    pub alerts: AlertsParts,
    /// Sessions that were recorded.
    pub past: PastParts,
}

impl WebState {
    /// Trading.
    ///
    /// # Errors
    /// This run only watches.
    pub fn trading(&self) -> Result<&TradingState, Problem> {
        let off = || Refusal::new(RefusalKind::TradingOff, "this run watches and does not trade");
        self.trading.as_ref().ok_or_else(|| off().into())
    }
    /// What is missing for the service to be of use; empty when it is ready.
    #[must_use]
    pub fn not_ready(&self, now: UnixMillis) -> Vec<String> {
        let mut missing = Vec::new();
        if self.listing.get().markets.is_empty() {
            missing.push("no market is known yet".to_owned());
        }
        match self.board.last_data_at() {
            None => missing.push("the feed has carried no data yet".to_owned()),
            Some(at) if now.since(at).0 > self.feed_age_ms_max => {
                missing.push(format!("the feed has been silent for {} s", now.since(at).seconds()));
            }
            Some(_) => {}
        }
        if self.board.books().trusted == 0 {
            missing.push("no order book is trusted".to_owned());
        }
        if !self.board.store().up {
            missing.push("the database does not answer".to_owned());
        }
        if self.tree.snapshot().status != Status::Up {
            missing.push("the supervision tree is not up".to_owned());
        }
        missing
    }
}
