//! One moment of a recording, as a strategy sees it: nothing of it is younger than that moment.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, Touch, UnixMillis};
use engine::desk::{Input, Quotes as _, TradingView};
use engine::risk::Gate;
use engine::signal::{Signal, SignalId, StrategyName};
use engine::strategy::{Count, Decided, Nobody, Passed, TrackRecord, World};

use super::Account;
use crate::scene::Scene;

/// What strategies wished.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) raised: VecDeque<Input>,
}

pub(super) struct Moment<'a> {
    pub(super) now: UnixMillis,
    pub(super) name: &'a StrategyName,
    pub(super) scene: &'a Scene,
    pub(super) view: &'a Arc<TradingView>,
    pub(super) decisions: &'a BTreeMap<SignalId, Decided>,
    pub(super) asked: &'a mut Asked,
    pub(super) account: &'a mut Account,
}

impl World for Moment<'_> {
    fn now(&self) -> UnixMillis {
        self.now
    }
    fn view(&mut self) -> Option<Arc<TradingView>> {
        Some(Arc::clone(self.view))
    }
    fn market(&mut self, condition: &ConditionId) -> Option<Arc<Market>> {
        self.scene.market(condition).cloned()
    }
    fn group(&mut self, id: &GroupId) -> Option<Arc<EventGroup>> {
        self.scene.group(id).cloned()
    }
    fn vouched_at(&mut self, token: TokenId) -> Option<UnixMillis> {
        self.scene.vouched_at(token)
    }
    fn decision(&mut self, signal: &SignalId) -> Option<Decided> {
        self.decisions.get(signal).copied()
    }
    fn touches(&mut self, condition: &ConditionId) -> [Touch; 2] {
        let market = self.scene.market(condition);
        let tokens = market.map(|market| [market.yes().token, market.no().token]);
        tokens.map(|tokens| tokens.map(|token| self.scene.touch(token))).unwrap_or_default()
    }
    fn track_record(&mut self) -> TrackRecord {
        TrackRecord::default()
    }

    fn raise(&mut self, signal: Box<Signal>, gates: Vec<Gate>) -> Result<(), Nobody> {
        self.asked.raised.push_back(Input::Raise { signal, gates });
        Ok(())
    }
    /// Counted by [`Self::count`] already.
    fn pass(&mut self, _: Passed) {}
    fn count(&mut self, count: Count) {
        self.account.count(self.name, count);
    }
}
