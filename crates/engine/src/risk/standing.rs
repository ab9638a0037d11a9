//! What a review must know that the risk book does not keep itself.

use std::collections::BTreeMap;

use domain::{ConditionId, GroupId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::hold::VenueHold;

/// Whether our books have been compared with the venue and the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reconciled {
    /// They agree.
    Yes,
    /// They were not compared yet, or differ.
    No,
}

/// Whether a strategy may act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyActivity {
    /// It may.
    #[default]
    Running,
    /// Somebody paused it.
    Paused,
    /// It failed too often.
    Quarantined,
}

/// How one strategy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrategyStanding {
    /// Whether it may act.
    pub activity: StrategyActivity,
    /// The most dollars it may have in markets.
    pub budget_usd: Usd,
    /// The cost of what it holds, without what is only reserved.
    pub used_usd: Usd,
}

/// Dollars in one market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The cost of what is held there, provisional fills included. Less than nothing counts as
    /// nothing.
    pub cost: Usd,
    /// The group the market belongs to.
    pub group: Option<GroupId>,
}

/// How everything stands at the moment of a review, by the ledger and the open orders.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The time.
    pub now: UnixMillis,
    /// Whether the ledger may be believed.
    pub reconciled: Reconciled,
    /// What the venue does not take now.
    pub venue: Option<&'a VenueHold>,
    /// Settled dollars, including those that are reserved but not spent.
    pub cash_settled: Usd,
    /// Every market in which anything is held.
    pub committed: &'a BTreeMap<ConditionId, Committed>,
    /// Realised today (UTC) after fees and on-chain costs; negative is a loss.
    pub day_realised: Usd,
    /// Cash, provisional included, and everything held, at its price now or, where none is known,
    /// at its cost.
    pub equity: Usd,
    /// Orders that may still be matched.
    pub open_orders: usize,
    /// The strategy that raised the signal.
    pub strategy: StrategyStanding,
}
