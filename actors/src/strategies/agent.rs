//! One strategy at work.

mod forecasts;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{EventGroup, TokenId, UnixMillis};
use engine::opportunity::{Opportunity, OpportunityId, Subject};
use engine::risk::Gate;
use engine::signal::{Signal, SignalId, StrategyName};
use engine::strategy::{
    Analysis, Answer, Manner, Situation, Stakes, Strategy, StrategySettings, TrackRecord,
};

use super::board::StrategiesBoard;
use super::messages::{ExecuteRefused, Executed, WishByHand};
use super::open::{Novelty, Open};
use super::passes::Passes;
use super::standing;
use crate::board::{Board, FeedState};
use crate::books::TouchBoard;
use crate::clock::Clock;
use crate::collectors::{Listing, Watched};
use crate::detector::{OpportunityBoard, OpportunityRecord};
use crate::messages::OpportunityChanged;
use crate::shared::Shared;
use crate::supervision::Handle;
use crate::trading::{
    Considered, OpportunitiesPassed, Passed, RaiseSignal, TradingBoard, TradingView,
};

/// Open opportunities that an agent keeps in mind: as many as the detector keeps open.
const OPEN_MAX: usize = 2_000;
/// A reason that changes with time (too young, at rest) is looked at again so often.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// Looks in one turn of the interval; the rest comes first in the next.
const LOOKS_MAX: usize = 32;
/// How often reasons are told.
const TELL_INTERVAL: Duration = Duration::from_millis(500);
/// Signals whose decision is awaited; at the limit the oldest is not awaited any more.
const ASKED_MAX: usize = 1_000;

/// What an agent reads and whom it tells.
#[derive(Clone)]
pub struct AgentOutlets {
    /// Where it takes the time from.
    pub clock: Clock,
    /// What is open, for an agent that begins.
    pub opportunities: Arc<OpportunityBoard>,
    /// Every market and group.
    pub listing: Shared<Listing>,
    /// Which feed watches what.
    pub watched: Shared<Watched>,
    /// When each feed last brought data.
    pub board: Arc<Board>,
    /// How trading stands, and what was decided.
    pub trading: Arc<TradingBoard>,
    /// What the strategies did.
    pub strategies: Arc<StrategiesBoard>,
    /// Who decides.
    pub signals: Handle<RaiseSignal>,
    /// Who keeps the reasons why not.
    pub passes: Handle<OpportunitiesPassed>,
    /// What is read besides to weigh a forecast.
    pub forecasts: ForecastInputs,
}

/// What is read to weigh a forecast.
#[derive(Clone)]
pub struct ForecastInputs {
    /// The best prices now.
    pub touches: Arc<TouchBoard>,
    /// Whose money it is.
    pub stakes: Stakes,
    /// How good the swarm has been; whoever scores it keeps this up to date.
    pub record: Shared<TrackRecord>,
}

/// The actor of one strategy.
pub struct StrategyAgent {
    strategy: Box<dyn Strategy>,
    outlets: AgentOutlets,
    open: BTreeMap<OpportunityId, Open>,
    /// Every open one, the one that was looked at longest ago first.
    turns: VecDeque<OpportunityId>,
    /// Signals whose decision is awaited, oldest first.
    asked: VecDeque<(SignalId, Subject)>,
    passes: Passes,
}

impl StrategyAgent {
    /// A fresh strategy, which remembers nothing.
    #[must_use]
    pub fn new(strategy: Box<dyn Strategy>, outlets: AgentOutlets) -> Self {
        let (open, turns, asked) = (BTreeMap::new(), VecDeque::new(), VecDeque::new());
        Self { strategy, outlets, open, turns, asked, passes: Passes::default() }
    }

    fn name(&self) -> StrategyName {
        self.strategy.name().clone()
    }

    /// Keeps in mind what is open, and forgets what is over. Returns whether there is something to
    /// look at.
    fn keep(&mut self, record: &Arc<OpportunityRecord>) -> bool {
        if !self.strategy.kinds().contains(&record.opportunity.kind) {
            return false;
        }
        if record.closed.is_some() {
            if let Some(open) = self.open.remove(&record.id) {
                self.turns.retain(|id| *id != record.id);
                let last_word = open.last_word();
                self.tell(&record.id, last_word);
            }
            return false;
        }
        if let Some(open) = self.open.get_mut(&record.id) {
            open.record = Arc::clone(record);
            return true;
        }
        if self.open.len() >= OPEN_MAX {
            self.outlets.strategies.change(&self.name(), |status| status.refused_full += 1);
            return false;
        }
        self.open.insert(record.id.clone(), Open::new(Arc::clone(record)));
        self.turns.push_back(record.id.clone());
        true
    }

    fn look(&mut self, id: &OpportunityId) {
        let Some(record) = self.open.get(id).map(|open| Arc::clone(&open.record)) else { return };
        let now = self.outlets.clock.now();
        let Analysis { review, signal } = self.analyze(&record, now, Manner::ByItself);
        let is_raised = signal.is_some_and(|signal| self.raise(signal, &review.gates).is_ok());
        let Some(open) = self.open.get_mut(id) else { return };
        let (novelty, news) = if is_raised {
            open.raised();
            (Novelty::None, None)
        } else {
            (open.judged(review, now), open.news(now))
        };
        self.outlets.strategies.change(&self.name(), |status| {
            status.analysed += 1;
            if let Novelty::New(rule) = novelty {
                *status.refusals.entry(rule).or_default() += 1;
            }
        });
        self.tell(id, news);
    }

    fn analyze(&mut self, record: &OpportunityRecord, now: UnixMillis, manner: Manner) -> Analysis {
        let view = self.outlets.trading.view();
        let settings = self.obey(view.as_deref());
        let name = self.name();
        let opportunity = &record.opportunity;
        let listing = self.outlets.listing.get();
        let group = group_of(opportunity, &listing);
        let mut conditions: Vec<_> = opportunity.legs.iter().map(|leg| leg.condition).collect();
        conditions.extend(group.iter().flat_map(|group| &group.markets));
        conditions.sort_unstable();
        conditions.dedup();
        let known = conditions.iter().filter_map(|condition| listing.markets.get(condition));
        let markets: Vec<_> = known.cloned().collect();
        let forbidden = standing::forbidden(view.as_deref(), &name);
        let group_id = markets.iter().find_map(|market| market.group.as_ref());
        let room = view.as_deref().map_or_else(engine::strategy::Room::default, |view| {
            standing::room(view, &name, &settings, &conditions, group_id)
        });
        let situation = Situation {
            id: &record.id,
            opportunity,
            markets: &markets,
            group: group.as_deref(),
            now,
            vouched_at: self.vouched_at(legs_of(opportunity)).unwrap_or_default(),
            room,
            manner,
            under_way: standing::under_way(view.as_deref(), &name, &record.id.subject),
            forbidden: &forbidden,
        };
        self.strategy.analyze(&situation)
    }

    /// Takes over what the desk was last told that the strategy may do.
    fn obey(&mut self, view: Option<&TradingView>) -> StrategySettings {
        let routine = self.strategy.routine_mut();
        let told = standing::settings(view, routine.name());
        // The desk refuses settings that cannot be used; what cannot be used changes nothing here.
        if let Some(settings) = told.filter(|settings| settings != routine.settings())
            && let Err(error) = routine.set_settings(settings)
        {
            tracing::error!(strategy = %routine.name(), %error, "settings cannot be used");
        }
        *routine.settings()
    }

    /// When the feeds of all these tokens last brought data; `None` where one of them is not live.
    fn vouched_at(&self, tokens: impl IntoIterator<Item = TokenId>) -> Option<UnixMillis> {
        let feeds: BTreeMap<_, _> = self.outlets.board.feeds().into_iter().collect();
        let watched = self.outlets.watched.get();
        let at = tokens.into_iter().map(|token| {
            let shard = u16::try_from(watched.shard_of(&token)?).ok()?;
            let feed = feeds.get(&shard).filter(|feed| feed.state == FeedState::Live)?;
            feed.last_data_at
        });
        at.collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    fn raise(&mut self, signal: Signal, gates: &[Gate]) -> Result<SignalId, ExecuteRefused> {
        let (name, id) = (signal.strategy.clone(), signal.id.clone());
        let (subject, at) = (signal.subject.clone(), signal.raised_at);
        let wish = RaiseSignal { signal: Box::new(signal), gates: gates.to_vec() };
        if let Err(error) = self.outlets.signals.tell(wish) {
            tracing::warn!(signal = id.as_str(), %error, "a signal found nobody and is forgotten");
            self.outlets.strategies.change(&name, |status| status.raise_failed += 1);
            return Err(ExecuteRefused::NotReady("the risk manager".to_owned()));
        }
        self.asked.push_back((id.clone(), subject));
        if self.asked.len() > ASKED_MAX {
            self.asked.pop_front();
        }
        self.outlets.strategies.change(&name, |status| {
            status.raised += 1;
            status.raised_at = Some(at);
        });
        Ok(id)
    }

    /// Takes in what was decided about the signals.
    fn learn(&mut self) {
        let view = self.outlets.trading.view();
        for _ in 0..self.asked.len() {
            let Some((signal, subject)) = self.asked.pop_front() else { return };
            let Some(decision) = self.outlets.trading.decision(&signal) else {
                self.asked.push_back((signal, subject));
                continue;
            };
            let refusal = decision.gates.iter().find(|gate| gate.is_refused());
            let answer = refusal.map_or(Answer::Approved, |gate| Answer::Refused(gate.rule));
            let is_shown = view.as_ref().is_some_and(|view| view.at > decision.at);
            if answer == Answer::Approved && !is_shown {
                // The plan is seen first, so that the place is never taken for free in between.
                self.asked.push_back((signal, subject));
                continue;
            }
            self.strategy.routine_mut().learn(&subject, &signal, answer, decision.at);
            self.outlets.strategies.change(&self.name(), |status| match answer {
                Answer::Approved => status.approved += 1,
                Answer::Refused(rule) => *status.refusals.entry(rule).or_default() += 1,
            });
        }
    }

    fn tell(&mut self, id: &OpportunityId, reason: Option<(UnixMillis, Vec<Gate>)>) {
        if let Some((at, gates)) = reason {
            self.pass(Considered::Opportunity(id.clone()), at, gates);
        }
    }

    /// Has it written down why something was not taken.
    fn pass(&mut self, of: Considered, at: UnixMillis, gates: Vec<Gate>) {
        let dropped = self.passes.push(Passed { at, strategy: self.name(), of, gates });
        if dropped > 0 {
            let name = self.name();
            self.outlets.strategies.change(&name, |status| status.reasons_dropped += dropped);
        }
    }

    fn turn(&mut self) {
        self.learn();
        for _ in 0..self.turns.len().min(LOOKS_MAX) {
            let Some(id) = self.turns.pop_front() else { break };
            self.turns.push_back(id.clone());
            self.look(&id);
        }
        let view = self.outlets.trading.view();
        let settings = self.obey(view.as_deref());
        let (name, open) = (self.name(), self.open.len());
        let activity = standing::activity(view.as_deref(), &name);
        self.outlets.strategies.change(&name, |status| {
            status.open = open;
            status.settings = settings;
            status.activity = activity;
        });
    }
}

fn legs_of(opportunity: &Opportunity) -> impl Iterator<Item = TokenId> + '_ {
    opportunity.legs.iter().map(|leg| leg.token)
}

fn group_of(opportunity: &Opportunity, listing: &Listing) -> Option<Arc<EventGroup>> {
    match &opportunity.subject {
        Subject::Group(id) => listing.groups.get(id).cloned(),
        Subject::Market(_) => None,
    }
}

impl Actor for StrategyAgent {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        for record in self.outlets.opportunities.open() {
            self.keep(&record);
        }
        ctx.run_interval(LOOK_INTERVAL, |agent, _| agent.turn());
        ctx.run_interval(TELL_INTERVAL, |agent, _| agent.passes.tell(&agent.outlets.passes));
    }
}

impl Handler<OpportunityChanged> for StrategyAgent {
    type Result = ();
    fn handle(&mut self, OpportunityChanged(record): OpportunityChanged, _: &mut Self::Context) {
        if self.keep(&record) {
            self.look(&record.id);
        }
    }
}

impl Handler<WishByHand> for StrategyAgent {
    type Result = Result<Executed, ExecuteRefused>;
    fn handle(&mut self, WishByHand(record): WishByHand, _: &mut Self::Context) -> Self::Result {
        self.learn();
        let strategy = self.name();
        let Analysis { review, signal } =
            self.analyze(&record, self.outlets.clock.now(), Manner::ByHand);
        let Some(signal) = signal else {
            return Err(ExecuteRefused::Refused { strategy, gates: review.gates });
        };
        let signal = self.raise(signal, &review.gates)?;
        if let Some(open) = self.open.get_mut(&record.id) {
            open.raised();
        }
        Ok(Executed { signal, strategy })
    }
}
