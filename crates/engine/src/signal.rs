//! What a strategy would like to do: stages of orders and on-chain tasks, with what they risk.

mod certificate;
mod name;
mod outlay;
mod stage;

use domain::{ConditionId, GroupId, Shares, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use crate::opportunity::{OpportunityId, Subject};

pub use certificate::Certificate;
pub use name::{NameError, SignalId, StrategyName};
pub use outlay::ROUNDING_ALLOWANCE;
pub use stage::{ChainTask, Holdings, PlannedOrder, Stage, TradedMarket};

/// What is to be left when every stage is done. Whatever is held beyond that is merged or sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Nothing: dollars only.
    Flat,
    /// As many of each purchased token as of the one of which there is least; they pay together.
    CompleteSets,
    /// Whatever was bought.
    Hold,
}

/// What a market may cost at worst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// Which market.
    pub condition: ConditionId,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// Dollars that are put into it at the worst moment, fees included; never negative.
    pub at_risk: Usd,
}

/// A wish to trade. A plain value: nothing is reserved, nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Names it for ever. The same wish raised again by a strategy that restarted has the same
    /// name, so that it is carried out once.
    pub id: SignalId,
    /// Who wishes it.
    pub strategy: StrategyName,
    /// What it came from; `None` for an order by hand.
    pub opportunity: Option<OpportunityId>,
    /// Where.
    pub subject: Subject,
    /// When it was raised.
    pub raised_at: UnixMillis,
    /// From when on it must not be begun any more.
    pub expires_at: UnixMillis,
    /// How many complete sets; of an order by hand, how many shares.
    pub size: Shares,
    /// What is to be done, one stage after the other.
    pub stages: Vec<Stage>,
    /// What is to be held when it is over.
    pub aim: Aim,
    /// What it may bring and cost.
    pub certificate: Certificate,
    /// What each of its markets may cost at worst, each market once.
    pub exposure: Vec<Exposure>,
    /// Dollars needed at the worst moment, on-chain cost included.
    pub capital: Usd,
    /// When the first of its markets is scheduled to end; `None` where no end is known.
    pub ends_at: Option<UnixMillis>,
    /// When the feed last vouched for the oldest book it rests on; `None` for an order by hand.
    pub books_vouched_at: Option<UnixMillis>,
}

impl Signal {
    /// Every order of every stage.
    pub fn orders(&self) -> impl Iterator<Item = &PlannedOrder> {
        self.stages.iter().flat_map(Stage::orders)
    }
    /// Every on-chain task of every stage.
    pub fn tasks(&self) -> impl Iterator<Item = &ChainTask> {
        self.stages.iter().flat_map(Stage::tasks)
    }
    /// Whether it is about a market, with an order or a transaction.
    #[must_use]
    pub fn touches(&self, condition: ConditionId) -> bool {
        self.orders().any(|order| order.market.condition == condition)
            || self.tasks().any(|task| task.markets.iter().any(|it| it.condition == condition))
    }
    /// The most orders that are open at once.
    #[must_use]
    pub fn orders_at_once(&self) -> u64 {
        self.stages.iter().map(|stage| stage.orders().len() as u64).max().unwrap_or(0)
    }
}
