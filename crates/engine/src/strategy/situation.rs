//! What a strategy is shown.

use std::sync::Arc;

use domain::{ConditionId, EventGroup, Market, UnixMillis, Usd};

use super::draft::Draft;
use super::settings::StrategySettings;
use crate::desk::PlanNumber;
use crate::opportunity::{Opportunity, OpportunityId, Subject};
use crate::risk::{Gate, Limits, Rule, loss};

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
    /// When the feed last vouched for the oldest book it rests on; `None` where it is not live.
    pub vouched_at: Option<UnixMillis>,
    /// What the risk manager would let through now.
    pub room: Room,
    /// Who wishes it.
    pub manner: Manner,
    /// The plan that this strategy has open at the same place.
    pub under_way: Option<PlanNumber>,
    /// What forbids any trade now, whatever the opportunity: a halt, a pause. Empty where nothing
    /// does.
    pub forbidden: &'a [Gate],
}

impl<'a> Situation<'a> {
    /// The settings that hold for whoever wishes it.
    pub(super) const fn settings(&self, of: &StrategySettings) -> StrategySettings {
        match self.manner {
            Manner::ByItself => *of,
            Manner::ByHand => of.by_hand(),
        }
    }
    /// A market by its key.
    #[must_use]
    pub fn market(&self, condition: &ConditionId) -> Option<&'a Market> {
        self.markets.iter().map(Arc::as_ref).find(|market| market.condition == *condition)
    }
}

/// Who wishes a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The strategy.
    ByItself,
    /// A person, by the strategy's hand: see [`StrategySettings::by_hand`].
    ByHand,
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
    /// What leaves no more than that.
    pub capital_rule: Rule,
    /// That a missing leg may cost.
    pub leg_missing_loss_usd: Usd,
    /// That the worst end may cost.
    pub floor_loss_usd: Usd,
}

/// None at all.
impl Default for Room {
    fn default() -> Self {
        let none = Usd::ZERO;
        Self {
            order_usd: none,
            market_usd: none,
            capital_usd: none,
            capital_rule: Rule::TotalUsd,
            leg_missing_loss_usd: none,
            floor_loss_usd: none,
        }
    }
}

impl Room {
    /// All that the limits allow where nothing is held or reserved.
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        Self {
            order_usd: limits.order_usd_max,
            market_usd: limits.market_usd_max,
            capital_usd: limits.total_usd_max,
            capital_rule: Rule::TotalUsd,
            leg_missing_loss_usd: limits.leg_missing_loss_usd_max,
            floor_loss_usd: limits.floor_loss_usd_max,
        }
    }
    /// With no more than `left` dollars for all markets together, by that rule.
    #[must_use]
    pub fn tightened(self, rule: Rule, left: Usd) -> Self {
        if left >= self.capital_usd {
            return self;
        }
        Self { capital_usd: left.max(Usd::ZERO), capital_rule: rule, ..self }
    }
    /// What each limit says to a trade of this size.
    pub(super) fn gates(&self, draft: &Draft) -> Vec<Gate> {
        let best = draft.certificate.best;
        let worth = draft.orders().into_iter().map(|it| it.worth_requoted_max(best, draft.size));
        let dearest = worth.max_by_key(|worth| worth.unwrap_or(Usd::MAX)).flatten();
        let market = draft.worst.markets.iter().max_by_key(|(_, amount)| **amount);
        let about = market.map(|(condition, _)| Subject::Market(*condition));
        let market = market.map_or(Usd::ZERO, |(_, amount)| *amount);
        let missing = Some(loss(draft.certificate.leg_missing));
        let floor = Some(loss(draft.certificate.floor));
        let dearest = if draft.orders().is_empty() { Some(Usd::ZERO) } else { dearest };
        vec![
            Gate::usd_at_most(Rule::OrderUsd, dearest, self.order_usd),
            Gate::usd_at_most(Rule::MarketUsd, Some(market), self.market_usd).about(about),
            Gate::usd_at_most(self.capital_rule, Some(draft.capital), self.capital_usd),
            Gate::usd_at_most(Rule::LegMissingLoss, missing, self.leg_missing_loss_usd),
            Gate::usd_at_most(Rule::FloorLoss, floor, self.floor_loss_usd),
        ]
    }
}
