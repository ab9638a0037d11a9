//! A strategy at work: what it keeps in mind, when it looks at what, and what it learns.
//!
//! Whatever it reads it asks of a [`World`], and whatever it does it does through one: whoever drives
//! it decides what a moment is.

mod open;
mod world;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{TokenId, UnixMillis};

use super::{
    Analysis, Answer, ForecastSituation, Manner, Room, Situation, Stakes, Strategy,
    StrategySettings, standing,
};
use crate::desk::TradingView;
use crate::forecast::Forecast;
use crate::opportunity::{OpportunityId, OpportunityRecord, Subject};
use crate::risk::{Gate, Rule};
use crate::signal::{Signal, SignalId, StrategyName};
use open::{Novelty, Open};

pub use world::{Considered, Count, Decided, Nobody, Passed, World};

/// Open opportunities that are kept in mind: as many as the detector keeps open.
const OPEN_MAX: usize = crate::detector::OPEN_MAX;
/// Looks in one turn; the rest comes first in the next.
const LOOKS_MAX: usize = 32;
/// Signals whose decision is awaited; at the limit the oldest is not awaited any more.
const ASKED_MAX: usize = 1_000;

/// Why a person's wish was not raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unraised {
    /// A gate of the strategy refuses.
    Refused(Vec<Gate>),
    /// Nobody takes wishes now.
    Nobody,
}

/// A strategy with what it keeps in mind.
pub struct Seat {
    strategy: Box<dyn Strategy>,
    stakes: Stakes,
    open: BTreeMap<OpportunityId, Open>,
    /// Every open one, the one that was looked at longest ago first.
    turns: VecDeque<OpportunityId>,
    /// Signals whose decision is awaited, oldest first.
    asked: VecDeque<(SignalId, Subject)>,
}

impl Seat {
    /// A fresh strategy, which remembers nothing.
    #[must_use]
    pub fn new(strategy: Box<dyn Strategy>, stakes: Stakes) -> Self {
        let (open, turns, asked) = (BTreeMap::new(), VecDeque::new(), VecDeque::new());
        Self { strategy, stakes, open, turns, asked }
    }
    /// Who sits here.
    #[must_use]
    pub fn name(&self) -> &StrategyName {
        self.strategy.name()
    }
    /// What it may do, as it knows.
    #[must_use]
    pub fn settings(&self) -> &StrategySettings {
        self.strategy.routine().settings()
    }
    /// Opportunities of its kinds that are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }
    /// Whether a turn would look at anything.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.open.is_empty() && self.asked.is_empty()
    }

    /// Keeps in mind what is open, and forgets what is over. Returns whether there is something to
    /// look at.
    pub fn keep(&mut self, record: &Arc<OpportunityRecord>, world: &mut dyn World) -> bool {
        if !self.strategy.kinds().contains(&record.opportunity.kind) {
            return false;
        }
        if record.closed.is_some() {
            if let Some(open) = self.open.remove(&record.id) {
                self.turns.retain(|id| *id != record.id);
                let last_word = open.last_word();
                self.tell(&record.id, last_word, world);
            }
            return false;
        }
        if let Some(open) = self.open.get_mut(&record.id) {
            open.record = Arc::clone(record);
            return true;
        }
        if self.open.len() >= OPEN_MAX {
            world.count(Count::RefusedFull);
            return false;
        }
        self.open.insert(record.id.clone(), Open::new(Arc::clone(record)));
        self.turns.push_back(record.id.clone());
        true
    }
    /// An opportunity opened, changed or closed.
    pub fn changed(&mut self, record: &Arc<OpportunityRecord>, world: &mut dyn World) {
        if self.keep(record, world) {
            self.look(&record.id, world);
        }
    }
    /// Time passed: learns what was decided, and looks again at what is open.
    pub fn turn(&mut self, world: &mut dyn World) {
        self.learn(world);
        for _ in 0..self.turns.len().min(LOOKS_MAX) {
            let Some(id) = self.turns.pop_front() else { break };
            self.turns.push_back(id.clone());
            self.look(&id, world);
        }
    }
    /// A person wants this opportunity to be traded now.
    ///
    /// # Errors
    /// It is not.
    pub fn by_hand(
        &mut self,
        record: &OpportunityRecord,
        world: &mut dyn World,
    ) -> Result<SignalId, Unraised> {
        self.learn(world);
        let Analysis { review, signal } = self.analyze(record, Manner::ByHand, world);
        let Some(signal) = signal else { return Err(Unraised::Refused(review.gates)) };
        let signal = self.raise(signal, &review.gates, world).map_err(|Nobody| Unraised::Nobody)?;
        if let Some(open) = self.open.get_mut(&record.id) {
            open.raised();
        }
        Ok(signal)
    }
    /// The swarm has published its word on a market.
    pub fn hear(&mut self, forecast: &Forecast, world: &mut dyn World) {
        let Some(Analysis { review, signal }) = self.weigh(forecast, world) else { return };
        let refusal = review.refusal().map(|gate| gate.rule);
        world.count(Count::Analysed);
        if let Some(rule) = refusal {
            world.count(Count::Refusal(rule));
        }
        // While it is switched off every forecast would be passed over, for the same reason.
        if refusal.is_some_and(|rule| rule != Rule::Disabled) {
            let (condition, made_at) = (forecast.market.condition, forecast.made_at);
            let of = Considered::Forecast { condition, made_at };
            self.pass(of, world.now(), review.gates.clone(), world);
        }
        if let Some(signal) = signal
            && self.raise(signal, &review.gates, world).is_err()
        {
            world.count(Count::ForecastUntraded);
        }
    }

    fn look(&mut self, id: &OpportunityId, world: &mut dyn World) {
        let Some(record) = self.open.get(id).map(|open| Arc::clone(&open.record)) else { return };
        let now = world.now();
        let Analysis { review, signal } = self.analyze(&record, Manner::ByItself, world);
        let is_raised = signal.is_some_and(|it| self.raise(it, &review.gates, world).is_ok());
        let Some(open) = self.open.get_mut(id) else { return };
        let (novelty, news) = if is_raised {
            open.raised();
            (Novelty::None, None)
        } else {
            (open.judged(review, now), open.news(now))
        };
        world.count(Count::Analysed);
        if let Novelty::New(rule) = novelty {
            world.count(Count::Refusal(rule));
        }
        self.tell(id, news, world);
    }

    fn analyze(
        &mut self,
        record: &OpportunityRecord,
        manner: Manner,
        world: &mut dyn World,
    ) -> Analysis {
        let view = world.view();
        let settings = self.obey(view.as_deref());
        let name = self.name().clone();
        let opportunity = &record.opportunity;
        let group = match &opportunity.subject {
            Subject::Group(id) => world.group(id),
            Subject::Market(_) => None,
        };
        let mut conditions: Vec<_> = opportunity.legs.iter().map(|leg| leg.condition).collect();
        conditions.extend(group.iter().flat_map(|group| &group.markets));
        conditions.sort_unstable();
        conditions.dedup();
        let markets: Vec<_> = conditions.iter().filter_map(|it| world.market(it)).collect();
        let forbidden = standing::forbidden(view.as_deref(), &name);
        let group_id = markets.iter().find_map(|market| market.group.as_ref());
        let room = view.as_deref().map_or_else(Room::default, |view| {
            standing::room(view, &name, &settings, &conditions, group_id)
        });
        let situation = Situation {
            id: &record.id,
            opportunity,
            markets: &markets,
            group: group.as_deref(),
            now: world.now(),
            vouched_at: vouched_at(opportunity.legs.iter().map(|leg| leg.token), world),
            room,
            manner,
            under_way: standing::under_way(view.as_deref(), &name, &record.id.subject),
            forbidden: &forbidden,
        };
        self.strategy.analyze(&situation)
    }

    /// `None` of a strategy that weighs no forecasts, and of a market that nobody lists.
    fn weigh(&mut self, forecast: &Forecast, world: &mut dyn World) -> Option<Analysis> {
        let view = world.view();
        let settings = self.obey(view.as_deref());
        let (name, condition) = (self.name().clone(), forecast.market.condition);
        let market = world.market(&condition)?;
        let subject = Subject::Market(condition);
        let forbidden = standing::forbidden(view.as_deref(), &name);
        let room = view.as_deref().map_or_else(Room::default, |view| {
            standing::room(view, &name, &settings, &[condition], market.group.as_ref())
        });
        let tokens = [market.yes().token, market.no().token];
        let situation = ForecastSituation {
            forecast,
            market: &market,
            touches: world.touches(&condition),
            vouched_at: vouched_at(tokens, world),
            now: world.now(),
            room,
            committed: standing::committed(view.as_deref(), &condition),
            under_way: standing::under_way(view.as_deref(), &name, &subject),
            forbidden: &forbidden,
            stakes: self.stakes,
            record: world.track_record(),
        };
        self.strategy.weigh(&situation)
    }

    /// Takes over what the desk was last told that the strategy may do; every look does so too.
    pub fn obey(&mut self, view: Option<&TradingView>) -> StrategySettings {
        let routine = self.strategy.routine_mut();
        let told = standing::settings(view, routine.name());
        // The desk refuses settings that cannot be used; what cannot be used changes nothing here.
        if let Some(settings) = told.filter(|settings| settings != routine.settings()) {
            let _unusable = routine.set_settings(settings);
        }
        *routine.settings()
    }

    fn raise(
        &mut self,
        signal: Signal,
        gates: &[Gate],
        world: &mut dyn World,
    ) -> Result<SignalId, Nobody> {
        let (id, subject, at) = (signal.id.clone(), signal.subject.clone(), signal.raised_at);
        if let Err(nobody) = world.raise(Box::new(signal), gates.to_vec()) {
            world.count(Count::RaiseFailed);
            return Err(nobody);
        }
        self.asked.push_back((id.clone(), subject));
        if self.asked.len() > ASKED_MAX {
            self.asked.pop_front();
        }
        world.count(Count::Raised(at));
        Ok(id)
    }

    /// Takes in what was decided about the signals.
    fn learn(&mut self, world: &mut dyn World) {
        let view = world.view();
        for _ in 0..self.asked.len() {
            let Some((signal, subject)) = self.asked.pop_front() else { return };
            let Some(decision) = world.decision(&signal) else {
                self.asked.push_back((signal, subject));
                continue;
            };
            let answer = decision.refused.map_or(Answer::Approved, Answer::Refused);
            let is_shown = view.as_ref().is_some_and(|view| view.at > decision.at);
            if answer == Answer::Approved && !is_shown {
                // The plan is seen first, so that the place is never taken for free in between.
                self.asked.push_back((signal, subject));
                continue;
            }
            self.strategy.routine_mut().learn(&subject, &signal, answer, decision.at);
            world.count(match answer {
                Answer::Approved => Count::Approved,
                Answer::Refused(rule) => Count::Refusal(rule),
            });
        }
    }

    fn tell(
        &self,
        id: &OpportunityId,
        reason: Option<(UnixMillis, Vec<Gate>)>,
        world: &mut dyn World,
    ) {
        if let Some((at, gates)) = reason {
            self.pass(Considered::Opportunity(id.clone()), at, gates, world);
        }
    }
    /// Has it written down why something was not taken.
    fn pass(&self, of: Considered, at: UnixMillis, gates: Vec<Gate>, world: &mut dyn World) {
        world.pass(Passed { at, strategy: self.name().clone(), of, gates });
    }
}

/// When the feeds of all these tokens last brought data; `None` where one of them is not live.
fn vouched_at(
    tokens: impl IntoIterator<Item = TokenId>,
    world: &mut dyn World,
) -> Option<UnixMillis> {
    let at: Option<Vec<_>> = tokens.into_iter().map(|token| world.vouched_at(token)).collect();
    at?.into_iter().min()
}
