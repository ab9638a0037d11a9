//! What a strategy reads, and what it does.

use std::fmt;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, Touch, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::desk::TradingView;
use crate::opportunity::OpportunityId;
use crate::risk::{Gate, Rule};
use crate::signal::{Signal, SignalId, StrategyName};
use crate::strategy::TrackRecord;

/// One moment, as a strategy sees it. Whatever is read twice in one moment is the same.
pub trait World {
    /// The time.
    fn now(&self) -> UnixMillis;
    /// How trading stands; `None` before the desk was read back.
    fn view(&mut self) -> Option<Arc<TradingView>>;
    /// A market, if it is listed.
    fn market(&mut self, condition: &ConditionId) -> Option<Arc<Market>>;
    /// A group, if it is listed.
    fn group(&mut self, id: &GroupId) -> Option<Arc<EventGroup>>;
    /// When the feed of a token last brought data; `None` where it is not live.
    fn vouched_at(&mut self, token: TokenId) -> Option<UnixMillis>;
    /// What was decided about a signal, once that is known.
    fn decision(&mut self, signal: &SignalId) -> Option<Decided>;
    /// The best prices of a market, YES first; empty of a book that may not be believed.
    fn touches(&mut self, condition: &ConditionId) -> [Touch; 2];
    /// How good the swarm has been.
    fn track_record(&mut self) -> TrackRecord;

    /// Raises a wish.
    ///
    /// # Errors
    /// Nobody takes it: it is forgotten.
    fn raise(&mut self, signal: Box<Signal>, gates: Vec<Gate>) -> Result<(), Nobody>;
    /// Has it written down why something was not taken.
    fn pass(&mut self, passed: Passed);
    /// Something that is only counted.
    fn count(&mut self, count: Count);
}

/// Nobody takes wishes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nobody;

/// What was decided about a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// When.
    pub at: UnixMillis,
    /// The first rule that refuses; `None` where it was approved.
    pub refused: Option<Rule>,
}

/// What is only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// A look, or a forecast that was weighed.
    Analysed,
    /// A rule came to be the first that refuses.
    Refusal(Rule),
    /// An opportunity found no room.
    RefusedFull,
    /// A signal was raised at that moment.
    Raised(UnixMillis),
    /// A signal found nobody.
    RaiseFailed,
    /// A forecast is not traded, because its signal found nobody.
    ForecastUntraded,
    /// A signal was approved.
    Approved,
}

/// What a strategy looks at, and takes or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Considered {
    /// Something that the detector found.
    Opportunity(OpportunityId),
    /// What the swarm said of a market at a moment.
    Forecast {
        /// Which market.
        condition: ConditionId,
        /// When it was published.
        made_at: UnixMillis,
    },
}

impl Considered {
    /// The opportunity, where it is one.
    #[must_use]
    pub const fn opportunity(&self) -> Option<&OpportunityId> {
        match self {
            Self::Opportunity(id) => Some(id),
            Self::Forecast { .. } => None,
        }
    }
}

/// As in the names of wishes and decisions.
impl fmt::Display for Considered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opportunity(id) => id.fmt(f),
            Self::Forecast { condition, made_at } => write!(f, "{condition}:{}", made_at.0),
        }
    }
}

/// Why a strategy did not take an opportunity, or a forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// When it was looked at.
    pub at: UnixMillis,
    /// Who.
    pub strategy: StrategyName,
    /// Of what.
    pub of: Considered,
    /// Every gate with its value and limit; at least one refuses.
    pub gates: Vec<Gate>,
}
