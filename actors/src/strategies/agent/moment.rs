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
use replay::{Cause, Did, Note, Reads, Sat, Taken};

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

/// Reads each thing once, when it is first asked for, and remembers what was read and done where
/// that is written down.
pub(super) struct Moment<'a> {
    name: StrategyName,
    outlets: &'a AgentOutlets,
    passes: &'a mut Passes,
    now: UnixMillis,
    view: Option<Option<Arc<TradingView>>>,
    listing: Option<Arc<Listing>>,
    feeds: Option<Feeds>,
    told: Option<Told>,
}

/// What was read and done.
#[derive(Default)]
struct Told {
    reads: Reads,
    did: Vec<Did>,
}

impl<'a> Moment<'a> {
    pub(super) fn new(
        name: StrategyName,
        outlets: &'a AgentOutlets,
        passes: &'a mut Passes,
    ) -> Self {
        let now = outlets.clock.now();
        let told = outlets.notes.is_on().then(Told::default);
        Self { name, outlets, passes, now, view: None, listing: None, feeds: None, told }
    }
    /// Says what was read and done in it, and why it was.
    pub(super) fn end(self, why: impl FnOnce() -> Cause) {
        let Some(Told { mut reads, did }) = self.told else { return };
        reads.view = self.view.map(|view| view.map(|view| view.number));
        if let Some(Feeds { watched, live }) = self.feeds {
            (reads.watched, reads.live) = (Some(watched), Some(live));
        }
        let (strategy, occasion) = (self.name, why());
        let sat = || Note::Sat(Box::new(Sat { strategy, occasion, reads, did }));
        self.outlets.notes.say(self.now, sat);
    }
    fn did(&mut self, did: impl FnOnce() -> Did) {
        if let Some(told) = &mut self.told {
            told.did.push(did());
        }
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
        let market = self.listing().markets.get(condition).cloned();
        if let Some(told) = &mut self.told {
            told.reads.markets.insert(*condition, market.clone());
        }
        market
    }
    fn group(&mut self, id: &GroupId) -> Option<Arc<EventGroup>> {
        let group = self.listing().groups.get(id).cloned();
        if let Some(told) = &mut self.told {
            told.reads.groups.insert(id.clone(), group.clone());
        }
        group
    }
    fn vouched_at(&mut self, token: TokenId) -> Option<UnixMillis> {
        let feeds = self.feeds();
        let shard = u16::try_from(feeds.watched.shard_of(&token)?).ok()?;
        feeds.live.get(&shard).copied()
    }
    fn decision(&mut self, signal: &SignalId) -> Option<Decided> {
        let decided = self.outlets.trading.decision(signal).map(|decision| {
            let refusal = decision.gates.iter().find(|gate| gate.is_refused());
            Decided { at: decision.at, refused: refusal.map(|gate| gate.rule) }
        });
        if let Some(told) = &mut self.told {
            told.reads.decisions.insert(signal.clone(), decided);
        }
        decided
    }
    fn touches(&mut self, condition: &ConditionId) -> [Touch; 2] {
        let touch = self.outlets.forecasts.touches.get(condition);
        let believed = touch.map(|it| it.outcomes.map(|outcome| believed(&outcome)));
        let touches = believed.unwrap_or_default();
        if let Some(told) = &mut self.told {
            told.reads.touches.insert(*condition, touches);
        }
        touches
    }
    fn track_record(&mut self) -> TrackRecord {
        let record = *self.outlets.forecasts.record.get();
        if let Some(told) = &mut self.told {
            told.reads.track_record = Some(record);
        }
        record
    }

    fn raise(&mut self, signal: Box<Signal>, gates: Vec<Gate>) -> Result<(), Nobody> {
        let wish = self.told.is_some().then(|| (signal.clone(), gates.clone()));
        let told = self.outlets.signals.tell(RaiseSignal { signal, gates });
        if let Err(error) = &told {
            tracing::warn!(strategy = %self.name, %error, "a signal found nobody and is forgotten");
        }
        if let Some((signal, gates)) = wish {
            let taken = if told.is_ok() { Taken::Taken } else { Taken::Nobody };
            self.did(|| Did::Raised { signal, gates, taken });
        }
        told.map_err(|_| Nobody)
    }
    fn pass(&mut self, passed: Passed) {
        self.did(|| Did::Passed(Box::new(passed.clone())));
        let gate = passed.gates.iter().find(|gate| gate.is_refused());
        if let (Some(of), Some(gate)) = (passed.of.opportunity(), gate) {
            let (kind, rule) = (of.kind, gate.rule);
            self.outlets.strategies.change(&self.name, |status| {
                *status.passed.entry((kind, rule)).or_default() += 1;
            });
        }
        let dropped = self.passes.push(passed);
        if dropped > 0 {
            self.outlets.strategies.change(&self.name, |it| it.reasons_dropped += dropped);
        }
    }
    fn count(&mut self, count: Count) {
        self.did(|| Did::Counted(count));
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
