//! The strategies, run again.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, Touch, UnixMillis};
use engine::desk::TradingView;
use engine::opportunity::OpportunityRecord;
use engine::risk::Gate;
use engine::signal::{Signal, SignalId, StrategyName};
use engine::strategy::{
    Count, Decided, Nobody, Passed, Registration, Routine, Seat, Stakes, StrategySettings,
    TrackRecord, World,
};
use engine::universe::Watched;

use crate::known::Known;
use crate::note::{Did, Taken};
use crate::step::Occasion;

pub(super) struct Seats {
    catalogue: &'static [Registration],
    seats: BTreeMap<StrategyName, Seat>,
}

impl Seats {
    pub(super) const fn new(catalogue: &'static [Registration]) -> Self {
        Self { catalogue, seats: BTreeMap::new() }
    }
    /// Whether there is such a strategy.
    pub(super) fn begin(
        &mut self,
        name: &StrategyName,
        settings: StrategySettings,
        stakes: Stakes,
    ) -> bool {
        let entry = self.catalogue.iter().find(|entry| entry.name == name.as_str());
        let Some(entry) = entry else { return false };
        let strategy = (entry.make)(Routine::new(name.clone(), settings));
        self.seats.insert(name.clone(), Seat::new(strategy, stakes));
        true
    }
    /// One moment of a strategy, and what it did; or what the session does not say.
    pub(super) fn sit(
        &mut self,
        name: &StrategyName,
        occasion: &Occasion,
        revisions: &BTreeMap<u64, Arc<OpportunityRecord>>,
        mut moment: Moment<'_>,
    ) -> (Result<(), &'static str>, Vec<Did>) {
        let Some(seat) = self.seats.get_mut(name) else {
            return (Err("a strategy that never began"), Vec::new());
        };
        let record = |revision: &u64| revisions.get(revision).ok_or("an opportunity");
        let result = match occasion {
            Occasion::Began { open } => open.iter().try_for_each(|revision| {
                seat.keep(record(revision)?, &mut moment);
                Ok(())
            }),
            Occasion::Turn => {
                seat.turn(&mut moment);
                Ok(())
            }
            Occasion::Changed { revision } => {
                record(revision).map(|record| seat.changed(record, &mut moment))
            }
            Occasion::ByHand { revision } => record(revision).map(|record| {
                let _answered_then = seat.by_hand(record, &mut moment);
            }),
            Occasion::Heard { forecast } => {
                seat.hear(forecast, &mut moment);
                Ok(())
            }
        };
        (result, moment.did)
    }
}

/// One moment as it was read then.
pub(super) struct Moment<'a> {
    known: &'a Known,
    at: UnixMillis,
    view: Option<Arc<TradingView>>,
    plan: Option<&'a Arc<Watched>>,
    untaken: Vec<u32>,
    raised: u32,
    did: Vec<Did>,
}

impl<'a> Moment<'a> {
    pub(super) const fn new(
        known: &'a Known,
        at: UnixMillis,
        view: Option<Arc<TradingView>>,
        plan: Option<&'a Arc<Watched>>,
        untaken: Vec<u32>,
    ) -> Self {
        Self { known, at, view, plan, untaken, raised: 0, did: Vec::new() }
    }
}

impl World for Moment<'_> {
    fn now(&self) -> UnixMillis {
        self.at
    }
    fn view(&mut self) -> Option<Arc<TradingView>> {
        self.view.clone()
    }
    fn market(&mut self, condition: &ConditionId) -> Option<Arc<Market>> {
        self.known.markets.get(condition).cloned().flatten()
    }
    fn group(&mut self, id: &GroupId) -> Option<Arc<EventGroup>> {
        self.known.groups.get(id).cloned().flatten()
    }
    fn vouched_at(&mut self, token: TokenId) -> Option<UnixMillis> {
        let shard = u16::try_from(self.plan?.shard_of(&token)?).ok()?;
        self.known.live.get(&shard).copied()
    }
    fn decision(&mut self, signal: &SignalId) -> Option<Decided> {
        self.known.decisions.get(signal).copied().flatten()
    }
    fn touches(&mut self, condition: &ConditionId) -> [Touch; 2] {
        self.known.touches.get(condition).copied().unwrap_or_default()
    }
    fn track_record(&mut self) -> TrackRecord {
        self.known.track_record
    }

    fn raise(&mut self, signal: Box<Signal>, gates: Vec<Gate>) -> Result<(), Nobody> {
        let is_untaken = self.untaken.contains(&self.raised);
        self.raised += 1;
        let taken = if is_untaken { Taken::Nobody } else { Taken::Taken };
        self.did.push(Did::Raised { signal, gates, taken });
        if is_untaken { Err(Nobody) } else { Ok(()) }
    }
    fn pass(&mut self, passed: Passed) {
        self.did.push(Did::Passed(Box::new(passed)));
    }
    fn count(&mut self, count: Count) {
        self.did.push(Did::Counted(count));
    }
}
