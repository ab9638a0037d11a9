//! How trading stands, readable without asking anybody.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{ConditionId, GroupId, Shares, TokenId, UnixMillis, Usd};
use engine::desk::{
    Breaches, DecisionMade, Notice, OrderNumber, OrderState, OrderTrack, Plan, StrategyState,
    TaskTrack,
};
use engine::ledger::{Cash, Figures, Position};
use engine::opportunity::OutcomeIndex;
use engine::reconcile::Difference;
use engine::risk::{Halt, Limits, Lock, LockId, Reconciled, Reservation};
use engine::signal::{SignalId, StrategyName, TradedMarket};
use parking_lot::RwLock;

/// Decisions and notices that are kept for showing; the store keeps all.
const RECENT_MAX: usize = 500;

/// One thing held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldView {
    /// What.
    pub token: TokenId,
    /// In which market, where that is known.
    pub condition: Option<ConditionId>,
    /// What was known of that market when it was last traded in.
    pub market: Option<TradedMarket>,
    /// The market's group.
    pub group: Option<GroupId>,
    /// Which outcome of it.
    pub outcome: Option<OutcomeIndex>,
    /// How many, at which cost.
    pub position: Position,
    /// What it would bring at the best bid now, provisional trades included, less its cost; `None`
    /// where nobody bids or nothing is held.
    pub unrealised: Option<Usd>,
}

/// How trading stood at one moment.
#[derive(Clone, Debug)]
pub struct TradingView {
    /// When.
    pub at: UnixMillis,
    /// Whether our books were compared with the venue's and agree.
    pub reconciled: Reconciled,
    /// Why nothing is traded, if so.
    pub halt: Option<Halt>,
    /// The limits in force.
    pub limits: Limits,
    /// What is kept away from.
    pub locks: Vec<(LockId, Lock)>,
    /// How the strategies stand that were ever set.
    pub strategies: BTreeMap<StrategyName, StrategyState>,
    /// What each of them has in what its plans kept, without what is only reserved.
    pub used: BTreeMap<StrategyName, Usd>,
    /// Dollars.
    pub cash: Cash,
    /// Dollars and everything held, at the best bids.
    pub equity: Usd,
    /// The highest equity so far.
    pub equity_peak: Option<Usd>,
    /// Reserved for open plans.
    pub reserved: Usd,
    /// The same plan by plan.
    pub reservations: Vec<Reservation>,
    /// Trades begun within the last minute.
    pub trades_lately: u64,
    /// Errors since the last success.
    pub errors_in_a_row: u32,
    /// Earned and spent today (UTC).
    pub today: Figures,
    /// What counts against the day's limit of losses; `None` where it does not fit.
    pub day_loss: Option<Usd>,
    /// Earned and spent since the beginning.
    pub total: Figures,
    /// The same by strategy.
    pub by_strategy: BTreeMap<StrategyName, Figures>,
    /// What is held.
    pub held: Vec<HeldView>,
    /// Plans that are not over.
    pub plans: Vec<Plan>,
    /// Orders of these plans.
    pub orders: Vec<OrderTrack>,
    /// Transactions that are not over.
    pub tasks: Vec<TaskTrack>,
    /// Whether certificates were kept.
    pub breaches: Breaches,
}

impl TradingView {
    /// Orders that may still be matched.
    pub fn open_orders(&self) -> impl Iterator<Item = &OrderTrack> {
        self.orders.iter().filter(|order| !matches!(order.state, OrderState::Ended { .. }))
    }
    /// An order by number.
    #[must_use]
    pub fn order(&self, number: OrderNumber) -> Option<&OrderTrack> {
        self.orders.iter().find(|order| order.number == number)
    }
    /// Settled shares of a token.
    #[must_use]
    pub fn settled(&self, token: TokenId) -> Shares {
        let held = self.held.iter().find(|held| held.token == token);
        held.map_or(Shares::ZERO, |held| held.position.settled)
    }
}

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
pub struct TradingBoard(RwLock<Recent>);

impl TradingBoard {
    /// The newest view; `None` before the desk was read back.
    #[must_use]
    pub fn view(&self) -> Option<Arc<TradingView>> {
        self.0.read().view.clone()
    }
    /// Puts a newer view in place.
    pub fn set_view(&self, view: TradingView) {
        self.0.write().view = Some(Arc::new(view));
    }
    /// Adds a decision.
    pub fn decided(&self, decision: Arc<DecisionMade>) {
        let mut recent = self.0.write();
        recent.decisions.push_front(decision);
        recent.decisions.truncate(RECENT_MAX);
    }
    /// Adds a notice.
    pub fn noticed(&self, notice: Arc<Notice>) {
        let mut recent = self.0.write();
        recent.notices.push_front(notice);
        recent.notices.truncate(RECENT_MAX);
    }
    /// Decisions, the newest first.
    #[must_use]
    pub fn decisions(&self) -> Vec<Arc<DecisionMade>> {
        self.0.read().decisions.iter().cloned().collect()
    }
    /// What was decided about a signal, if that was lately.
    #[must_use]
    pub fn decision(&self, signal: &SignalId) -> Option<Arc<DecisionMade>> {
        self.0.read().decisions.iter().find(|decision| decision.signal == *signal).cloned()
    }
    /// Notices, the newest first.
    #[must_use]
    pub fn notices(&self) -> Vec<Arc<Notice>> {
        self.0.read().notices.iter().cloned().collect()
    }
    /// The venue was asked after a halt, and nothing of ours rests there.
    pub fn prove_halt(&self, at: UnixMillis) {
        self.0.write().halt_proven_at = Some(at);
    }
    /// When that was last so.
    #[must_use]
    pub fn halt_proven_at(&self) -> Option<UnixMillis> {
        self.0.read().halt_proven_at
    }
    /// What the roles at the venue last said.
    #[must_use]
    pub fn venue(&self) -> VenueStatus {
        self.0.read().venue.clone()
    }
    /// Changes what the roles at the venue say.
    pub fn set_venue(&self, change: impl FnOnce(&mut VenueStatus)) {
        change(&mut self.0.write().venue);
    }
}
