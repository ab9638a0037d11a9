//! What was decided, whole: written beside its fingerprint, for people who ask later why.
//!
//! A replay compares fingerprints and never looks at these.

mod opportunity;

use std::collections::BTreeMap;

use domain::{ConditionId, TokenId, Touch, UnixMillis};
use engine::desk::{DecisionMade, Effect, Event, OrderNumber, Outcome, PlanNumber, Recorded};
use engine::opportunity::{OpportunityId, WatchlistEffect};
use engine::risk::Gate;
use engine::signal::{Signal, SignalId, StrategyName};
use engine::strategy::Passed;
use serde::{Deserialize, Serialize};

use crate::note::{Cause, Did, Reads, Taken};

pub use opportunity::{ActionShown, LegShown, OpportunityShown};

/// A decision with everything that it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exhibit {
    /// What the detector changed.
    Detector {
        /// In order.
        changes: Vec<Change>,
    },
    /// What a strategy did in one moment.
    Strategy(Box<StrategyExhibit>),
    /// What the desk decided on one input.
    Desk(Box<DeskExhibit>),
}

/// One change of the open opportunities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was not there before.
    Opened(Box<OpportunityShown>),
    /// It is another now.
    Changed(Box<OpportunityShown>),
    /// It is over.
    Closed {
        /// Which.
        id: OpportunityId,
        /// A stable name of the reason.
        why: String,
    },
}

/// A strategy's moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyExhibit {
    /// What it looked at, where that was an opportunity.
    pub opportunity: Option<OpportunityShown>,
    /// What it did, in order; what it only counted is left out.
    pub acts: Vec<Act>,
    /// What it read.
    pub read: ReadThen,
}

/// One thing that a strategy did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It raised a wish.
    Raised {
        /// The wish.
        signal: Box<Signal>,
        /// What it checked.
        gates: Vec<Gate>,
        /// Whether somebody took it.
        taken: Taken,
    },
    /// It said why not.
    Passed(Box<Passed>),
}

/// What was read of the world in one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadThen {
    /// When each live feed last brought data, by shard; empty where that was not asked.
    pub live: BTreeMap<u16, UnixMillis>,
    /// The best prices of markets, YES first.
    pub touches: BTreeMap<ConditionId, [Touch; 2]>,
    /// The best prices of tokens.
    pub quotes: BTreeMap<TokenId, Touch>,
}

/// What the desk decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskExhibit {
    /// Wishes that were approved or refused, with every gate.
    pub decisions: Vec<DecisionShown>,
    /// What was written down, in order. The bytes of orders and transactions are left out.
    pub events: Vec<Recorded>,
    /// What people were told.
    pub notices: Vec<String>,
    /// What it read.
    pub read: ReadThen,
}

/// Why a wish was carried out or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionShown {
    /// Which wish.
    pub signal: SignalId,
    /// Whose.
    pub strategy: StrategyName,
    /// What it came from.
    pub opportunity: Option<OpportunityId>,
    /// All gates, in the order of the checks.
    pub gates: Vec<Gate>,
    /// The plan that carries it out, if it was approved.
    pub plan: Option<PlanNumber>,
}

impl Exhibit {
    /// What the detector changed.
    pub(crate) fn detector(effects: &[WatchlistEffect]) -> Self {
        let change = |effect: &WatchlistEffect| match effect {
            WatchlistEffect::Opened(it) => {
                Change::Opened(Box::new(OpportunityShown::of(&it.id, &it.opportunity)))
            }
            WatchlistEffect::Updated(it) => {
                Change::Changed(Box::new(OpportunityShown::of(&it.id, &it.opportunity)))
            }
            WatchlistEffect::Closed { id, why, .. } => {
                Change::Closed { id: id.clone(), why: why.code().to_owned() }
            }
        };
        Self::Detector { changes: effects.iter().map(change).collect() }
    }
    /// What a strategy did.
    pub(crate) fn strategy(cause: &Cause, reads: &Reads, did: &[Did]) -> Self {
        let opportunity = match cause {
            Cause::Changed(record) | Cause::ByHand(record) => {
                Some(OpportunityShown::of(&record.id, &record.opportunity))
            }
            Cause::Began(_) | Cause::Turn | Cause::Heard(_) => None,
        };
        let acts = did.iter().filter_map(|did| match did {
            Did::Raised { signal, gates, taken } => {
                let (signal, gates, taken) = (signal.clone(), gates.clone(), *taken);
                Some(Act::Raised { signal, gates, taken })
            }
            Did::Passed(passed) => Some(Act::Passed(passed.clone())),
            Did::Counted(_) => None,
        });
        let read = ReadThen {
            live: reads.live.clone().unwrap_or_default(),
            touches: reads.touches.clone(),
            quotes: BTreeMap::new(),
        };
        Self::Strategy(Box::new(StrategyExhibit { opportunity, acts: acts.collect(), read }))
    }
    /// What the desk decided.
    pub(crate) fn desk(outcome: &Outcome, quotes: &BTreeMap<TokenId, Touch>) -> Self {
        let (mut decisions, mut notices) = (Vec::new(), Vec::new());
        for effect in &outcome.effects {
            match effect {
                Effect::Decided(made) => decisions.push(DecisionShown::of(made)),
                Effect::Notify(notice) => notices.push(notice.text.clone()),
                _ => {}
            }
        }
        let events = outcome.events.iter().map(without_bytes).collect();
        let read = ReadThen { quotes: quotes.clone(), ..ReadThen::default() };
        Self::Desk(Box::new(DeskExhibit { decisions, events, notices, read }))
    }

    /// The tokens whose books it rests on or trades in, each with the exchange's time of the state
    /// that was looked at, where it says so.
    #[must_use]
    pub fn tokens(&self) -> BTreeMap<TokenId, Option<UnixMillis>> {
        let mut tokens = BTreeMap::new();
        let mut seen = |of: &OpportunityShown| {
            tokens.extend(of.legs.iter().map(|leg| (leg.token, Some(leg.stated_at))));
        };
        match self {
            Self::Detector { changes } => {
                for change in changes {
                    if let Change::Opened(of) | Change::Changed(of) = change {
                        seen(of);
                    }
                }
            }
            Self::Strategy(of) => {
                of.opportunity.iter().for_each(&mut seen);
                for act in &of.acts {
                    if let Act::Raised { signal, .. } = act {
                        for order in signal.orders() {
                            tokens.entry(order.terms.token).or_insert(None);
                        }
                    }
                }
            }
            Self::Desk(of) => {
                for recorded in &of.events {
                    match &recorded.event {
                        Event::PlanOpened { signal, .. } => {
                            tokens.extend(signal.orders().map(|it| (it.terms.token, None)));
                        }
                        Event::OrderIntended { wish, .. } => {
                            tokens.insert(wish.terms.token, None);
                        }
                        _ => {}
                    }
                }
            }
        }
        tokens
    }
    /// The orders that it decided about.
    pub fn orders(&self) -> impl Iterator<Item = OrderNumber> + '_ {
        let events = match self {
            Self::Desk(of) => of.events.as_slice(),
            Self::Detector { .. } | Self::Strategy(_) => &[],
        };
        events.iter().filter_map(|recorded| match &recorded.event {
            Event::OrderIntended { order, .. }
            | Event::OrderStands { order, .. }
            | Event::CancelAsked { order }
            | Event::OrderEnded { order, .. }
            | Event::TradeSeen { order, .. } => Some(*order),
            _ => None,
        })
    }
}

impl DecisionShown {
    fn of(made: &DecisionMade) -> Self {
        Self {
            signal: made.signal.clone(),
            strategy: made.strategy.clone(),
            opportunity: made.opportunity.clone(),
            gates: made.gates.clone(),
            plan: made.plan,
        }
    }
}

/// What was signed stands in the step already, and is nobody's to look at.
fn without_bytes(recorded: &Recorded) -> Recorded {
    let mut recorded = recorded.clone();
    match &mut recorded.event {
        Event::OrderIntended { body: bytes, .. } | Event::TaskPrepared { prepared: bytes, .. } => {
            bytes.clear();
        }
        _ => {}
    }
    recorded
}
