//! How trading stands, readable without asking anybody.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::UnixMillis;
use engine::desk::{DecisionMade, Notice, TradingView};
use engine::reconcile::Difference;
use engine::signal::SignalId;
use parking_lot::RwLock;

use super::tally::Tally;

/// Decisions and notices that are kept for showing; the store keeps all.
const RECENT_MAX: usize = 500;

#[derive(Debug, Default)]
struct Recent {
    view: Option<Arc<TradingView>>,
    decisions: VecDeque<Arc<DecisionMade>>,
    notices: VecDeque<Arc<Notice>>,
    halt_proven_at: Option<UnixMillis>,
    venue: VenueStatus,
}

/// What the roles at the venue and the chain last said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VenueStatus {
    /// Why no orders can be sent now, in plain words; market data goes on.
    pub orders_refused: Option<String>,
    /// Why no transactions can be carried out now, in plain words; trading of what needs none goes
    /// on.
    pub chain_refused: Option<String>,
    /// Whether the user socket brings news.
    pub user_socket_up: bool,
    /// When both sides were last compared.
    pub compared_at: Option<UnixMillis>,
    /// What differed then.
    pub differences: Vec<Difference>,
}

/// How trading stands. The risk manager writes the view, the keeper what became durable, the roles
/// at the venue their status.
#[derive(Debug, Default)]
pub struct TradingBoard {
    recent: RwLock<Recent>,
    tally: Tally,
}

impl TradingBoard {
    /// What became durable, counted.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }
    /// The newest view; `None` before the desk was read back.
    #[must_use]
    pub fn view(&self) -> Option<Arc<TradingView>> {
        self.recent.read().view.clone()
    }
    /// Puts a newer view in place.
    pub fn set_view(&self, view: Arc<TradingView>) {
        self.recent.write().view = Some(view);
    }
    /// Adds a decision.
    pub fn decided(&self, decision: Arc<DecisionMade>) {
        let mut recent = self.recent.write();
        recent.decisions.push_front(decision);
        recent.decisions.truncate(RECENT_MAX);
    }
    /// Adds a notice.
    pub fn noticed(&self, notice: Arc<Notice>) {
        let mut recent = self.recent.write();
        recent.notices.push_front(notice);
        recent.notices.truncate(RECENT_MAX);
    }
    /// Decisions, the newest first.
    #[must_use]
    pub fn decisions(&self) -> Vec<Arc<DecisionMade>> {
        self.recent.read().decisions.iter().cloned().collect()
    }
    /// What was decided about a signal, if that was lately.
    #[must_use]
    pub fn decision(&self, signal: &SignalId) -> Option<Arc<DecisionMade>> {
        self.recent.read().decisions.iter().find(|decision| decision.signal == *signal).cloned()
    }
    /// Notices, the newest first.
    #[must_use]
    pub fn notices(&self) -> Vec<Arc<Notice>> {
        self.recent.read().notices.iter().cloned().collect()
    }
    /// The venue was asked after a halt, and nothing of ours rests there.
    pub fn prove_halt(&self, at: UnixMillis) {
        self.recent.write().halt_proven_at = Some(at);
    }
    /// When that was last so.
    #[must_use]
    pub fn halt_proven_at(&self) -> Option<UnixMillis> {
        self.recent.read().halt_proven_at
    }
    /// What the roles at the venue last said.
    #[must_use]
    pub fn venue(&self) -> VenueStatus {
        self.recent.read().venue.clone()
    }
    /// Changes what the roles at the venue say.
    pub fn set_venue(&self, change: impl FnOnce(&mut VenueStatus)) {
        change(&mut self.recent.write().venue);
    }
}
