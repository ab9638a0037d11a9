//! What a strategy is shown.

use std::sync::Arc;

use domain::{ConditionId, EventGroup, Market, UnixMillis, Usd};

use crate::opportunity::{Opportunity, OpportunityId};
use crate::risk::{Limits, WorstCase};
use crate::signal::PlannedOrder;

/// An opportunity and everything needed to judge it. All of one moment; nothing is looked up.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The opportunity's name; it has lasted since `id.since`.
    pub id: &'a OpportunityId,
    /// As last seen.
    pub opportunity: &'a Opportunity,
    /// The markets of its legs, in any order; of a conversion all markets of the group.
    pub markets: &'a [Arc<Market>],
    /// The group it is in, where it is in one.
    pub group: Option<&'a EventGroup>,
    /// The time.
    pub now: UnixMillis,
    /// When the feed last vouched for the oldest book it rests on.
    pub vouched_at: UnixMillis,
    /// What the risk manager would let through now.
    pub room: Room,
}

impl<'a> Situation<'a> {
    /// A market by its key.
    #[must_use]
    pub fn market(&self, condition: &ConditionId) -> Option<&'a Market> {
        self.markets.iter().map(Arc::as_ref).find(|market| market.condition == *condition)
    }
}

/// How much money there is room for. Advice for sizing only: what is allowed is decided by the risk
/// manager, for the signal as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// For one order at its limit.
    pub order_usd: Usd,
    /// For one market.
    pub market_usd: Usd,
    /// For all markets together.
    pub capital_usd: Usd,
    /// That a missing leg may cost.
    pub leg_missing_loss_usd: Usd,
    /// That the worst end may cost.
    pub floor_loss_usd: Usd,
}

impl Room {
    /// All that the limits allow where nothing is held or reserved.
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        Self {
            order_usd: limits.order_usd_max,
            market_usd: limits.market_usd_max,
            capital_usd: limits.total_usd_max.min(limits.group_usd_max),
            leg_missing_loss_usd: limits.leg_missing_loss_usd_max,
            floor_loss_usd: limits.floor_loss_usd_max,
        }
    }
    /// Whether a signal with this worst case and these orders finds room.
    #[must_use]
    pub fn holds(&self, worst: &WorstCase, orders: &[&PlannedOrder]) -> bool {
        let fits =
            |order: &&PlannedOrder| order.worth_max().is_some_and(|worth| worth <= self.order_usd);
        worst.capital <= self.capital_usd
            && worst.markets.values().all(|amount| *amount <= self.market_usd)
            && orders.iter().all(fits)
    }
}
