//! One moment of the running service, as a strategy sees it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, Touch, UnixMillis};
use engine::books::Trust;
use engine::desk::TradingView;
use engine::risk::Gate;
use engine::signal::{Signal, SignalId, StrategyName};
use engine::strategy::{Count, Decided, Nobody, Passed, TrackRecord, World};
use engine::universe::Watched;

use super::AgentOutlets;
use crate::board::FeedState;
use crate::books::OutcomeTouch;
use crate::collectors::Listing;
use crate::strategies::passes::Passes;
use crate::trading::RaiseSignal;

/// What is read of the feeds: which token is whose, and when each live one last brought data.
struct Feeds {
    watched: Arc<Watched>,
    live: BTreeMap<u16, UnixMillis>,
}

/// Reads each thing once, when it is first asked for.
pub(super) struct Moment<'a> {
    name: StrategyName,
    outlets: &'a AgentOutlets,
    passes: &'a mut Passes,
    now: UnixMillis,
    view: Option<Option<Arc<TradingView>>>,
    listing: Option<Arc<Listing>>,
    feeds: Option<Feeds>,
}

impl<'a> Moment<'a> {
    pub(super) fn new(
        name: StrategyName,
        outlets: &'a AgentOutlets,
        passes: &'a mut Passes,
    ) -> Self {
        let now = outlets.clock.now();
        Self { name, outlets, passes, now, view: None, listing: None, feeds: None }
    }
    fn listing(&mut self) -> &Listing {
        self.listing.get_or_insert_with(|| self.outlets.listing.get())
    }
    fn feeds(&mut self) -> &Feeds {
        self.feeds.get_or_insert_with(|| {
            let feeds = self.outlets.board.feeds().into_iter();
            let live = feeds.filter(|(_, feed)| feed.state == FeedState::Live);
            let live = live.filter_map(|(shard, feed)| Some((shard, feed.last_data_at?))).collect();
            Feeds { watched: self.outlets.watched.get(), live }
        })
    }
}

impl World for Moment<'_> {
    fn now(&self) -> UnixMillis {
        self.now
    }
    fn view(&mut self) -> Option<Arc<TradingView>> {
        self.view.get_or_insert_with(|| self.outlets.trading.view()).clone()
    }
    fn market(&mut self, condition: &ConditionId) -> Option<Arc<Market>> {
        self.listing().markets.get(condition).cloned()
    }
    fn group(&mut self, id: &GroupId) -> Option<Arc<EventGroup>> {
        self.listing().groups.get(id).cloned()
    }
    fn vouched_at(&mut self, token: TokenId) -> Option<UnixMillis> {
        let feeds = self.feeds();
        let shard = u16::try_from(feeds.watched.shard_of(&token)?).ok()?;
        feeds.live.get(&shard).copied()
    }
    fn decision(&mut self, signal: &SignalId) -> Option<Decided> {
        let decision = self.outlets.trading.decision(signal)?;
        let refusal = decision.gates.iter().find(|gate| gate.is_refused());
        Some(Decided { at: decision.at, refused: refusal.map(|gate| gate.rule) })
    }
    fn touches(&mut self, condition: &ConditionId) -> [Touch; 2] {
        let touch = self.outlets.forecasts.touches.get(condition);
        touch.map(|it| it.outcomes.map(|outcome| believed(&outcome))).unwrap_or_default()
    }
    fn track_record(&mut self) -> TrackRecord {
        *self.outlets.forecasts.record.get()
    }

    fn raise(&mut self, signal: Box<Signal>, gates: Vec<Gate>) -> Result<(), Nobody> {
        self.outlets.signals.tell(RaiseSignal { signal, gates }).map_err(|error| {
            let signal = error.to_string();
            tracing::warn!(strategy = %self.name, %signal, "a signal found nobody and is forgotten");
            Nobody
        })
    }
    fn pass(&mut self, passed: Passed) {
        let dropped = self.passes.push(passed);
        if dropped > 0 {
            self.outlets.strategies.change(&self.name, |it| it.reasons_dropped += dropped);
        }
    }
    fn count(&mut self, count: Count) {
        if count == Count::ForecastUntraded {
            tracing::warn!(strategy = %self.name, "a forecast is not traded: nobody takes wishes");
        }
        self.outlets.strategies.change(&self.name, |status| match count {
            Count::Analysed => status.analysed += 1,
            Count::Refusal(rule) => *status.refusals.entry(rule).or_default() += 1,
            Count::RefusedFull => status.refused_full += 1,
            Count::Raised(at) => {
                status.raised += 1;
                status.raised_at = Some(at);
            }
            Count::RaiseFailed => status.raise_failed += 1,
            Count::ForecastUntraded => {}
            Count::Approved => status.approved += 1,
        });
    }
}

/// No prices of a book that may not be believed.
fn believed(outcome: &OutcomeTouch) -> Touch {
    if outcome.trust == Trust::Trusted { outcome.touch } else { Touch::default() }
}
