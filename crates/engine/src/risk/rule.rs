//! Why a signal may be refused.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One rule, one gate. The order is the order of the gates: the first refusal is the one named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Trading is halted.
    Halted,
    /// What we believe to hold has not been compared with the venue and the chain.
    NotReconciled,
    /// The venue takes no orders now, or none of this kind.
    VenueRefuses,
    /// A lock covers it.
    Locked,
    /// The strategy is paused.
    StrategyPaused,
    /// The strategy failed too often.
    Quarantined,
    /// The same signal was decided before.
    Duplicate,
    /// It came too late.
    Expired,
    /// The market is not known, or takes no orders.
    UnknownMarket,
    /// It contradicts itself, or says that less is at risk than is.
    Malformed,
    /// The books it rests on were not confirmed lately.
    FeedAge,
    /// A price is too low.
    PriceMin,
    /// A price is too high.
    PriceMax,
    /// A market ends too soon.
    EndsSoon,
    /// One order is too large.
    OrderUsd,
    /// Too much would be in one market.
    MarketUsd,
    /// Too much would be in one group.
    GroupUsd,
    /// Too much would be at risk in total.
    TotalUsd,
    /// The strategy's budget does not hold it.
    StrategyBudget,
    /// The settled cash does not hold it.
    NotEnoughCash,
    /// A missing leg would cost too much.
    LegMissingLoss,
    /// The worst end would cost too much.
    FloorLoss,
    /// Too many plans are open.
    OpenPlans,
    /// Too many orders are open.
    OpenOrders,
    /// Too many trades within a minute.
    TradesPerMinute,
    /// Too many errors in a row.
    ConsecutiveErrors,
    /// Too much was lost today, or would be.
    DayLoss,
    /// The equity fell too far from its peak.
    Drawdown,
    /// What would be left of the profit is too little.
    EdgeMin,
    /// The score is too low.
    ScoreMin,
    /// It has not lasted long enough yet.
    TooYoung,
    /// It was last seen too long ago.
    TooOld,
    /// The same place was traded a moment ago.
    CoolDown,
    /// No allowed size is left.
    SizeMin,
    /// The swarm has not been proven better than the market.
    Unproven,
    /// The strategy is switched off.
    Disabled,
}

impl Rule {
    /// Every rule, in the order of the gates.
    pub const ALL: [Self; 36] = [
        Self::Halted,
        Self::NotReconciled,
        Self::VenueRefuses,
        Self::Locked,
        Self::StrategyPaused,
        Self::Quarantined,
        Self::Duplicate,
        Self::Expired,
        Self::UnknownMarket,
        Self::Malformed,
        Self::FeedAge,
        Self::PriceMin,
        Self::PriceMax,
        Self::EndsSoon,
        Self::OrderUsd,
        Self::MarketUsd,
        Self::GroupUsd,
        Self::TotalUsd,
        Self::StrategyBudget,
        Self::NotEnoughCash,
        Self::LegMissingLoss,
        Self::FloorLoss,
        Self::OpenPlans,
        Self::OpenOrders,
        Self::TradesPerMinute,
        Self::ConsecutiveErrors,
        Self::DayLoss,
        Self::Drawdown,
        Self::EdgeMin,
        Self::ScoreMin,
        Self::TooYoung,
        Self::TooOld,
        Self::CoolDown,
        Self::SizeMin,
        Self::Unproven,
        Self::Disabled,
    ];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Halted => "halted",
            Self::NotReconciled => "not_reconciled",
            Self::VenueRefuses => "venue_refuses",
            Self::Locked => "locked",
            Self::StrategyPaused => "strategy_paused",
            Self::Quarantined => "quarantined",
            Self::Duplicate => "duplicate",
            Self::Expired => "expired",
            Self::UnknownMarket => "unknown_market",
            Self::Malformed => "malformed",
            Self::FeedAge => "feed_age",
            Self::PriceMin => "price_min",
            Self::PriceMax => "price_max",
            Self::EndsSoon => "ends_soon",
            Self::OrderUsd => "order_usd",
            Self::MarketUsd => "market_usd",
            Self::GroupUsd => "group_usd",
            Self::TotalUsd => "total_usd",
            Self::StrategyBudget => "strategy_budget",
            Self::NotEnoughCash => "not_enough_cash",
            Self::LegMissingLoss => "leg_missing_loss",
            Self::FloorLoss => "floor_loss",
            Self::OpenPlans => "open_plans",
            Self::OpenOrders => "open_orders",
            Self::TradesPerMinute => "trades_per_minute",
            Self::ConsecutiveErrors => "consecutive_errors",
            Self::DayLoss => "day_loss",
            Self::Drawdown => "drawdown",
            Self::EdgeMin => "edge_min",
            Self::ScoreMin => "score_min",
            Self::TooYoung => "too_young",
            Self::TooOld => "too_old",
            Self::CoolDown => "cool_down",
            Self::SizeMin => "size_min",
            Self::Unproven => "unproven",
            Self::Disabled => "disabled",
        }
    }
    /// One plain sentence for people: why it refuses.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Halted => "Trading is halted; resume it to trade again.",
            Self::NotReconciled => "Our books have not been compared with the venue yet.",
            Self::VenueRefuses => "The venue takes no orders now; it goes on by itself.",
            Self::Locked => "A lock forbids trading here.",
            Self::StrategyPaused => "The strategy is paused.",
            Self::Quarantined => "The strategy failed too often and is in quarantine.",
            Self::Duplicate => "The same signal was decided before.",
            Self::Expired => "The signal came too late.",
            Self::UnknownMarket => "The market is not known or takes no orders.",
            Self::Malformed => "The signal contradicts itself.",
            Self::FeedAge => "The feed has not confirmed the books lately.",
            Self::PriceMin => "A price is below the allowed band.",
            Self::PriceMax => "A price is above the allowed band.",
            Self::EndsSoon => "The market ends too soon.",
            Self::OrderUsd => "One order would be worth too much.",
            Self::MarketUsd => "Too much would be in one market.",
            Self::GroupUsd => "Too much would be in one group.",
            Self::TotalUsd => "Too much would be at risk in total.",
            Self::StrategyBudget => "The strategy's budget does not hold it.",
            Self::NotEnoughCash => "The settled cash that is not reserved does not hold it.",
            Self::LegMissingLoss => "It would lose too much if one leg found nobody.",
            Self::FloorLoss => "It would lose too much if nothing could be sold again.",
            Self::OpenPlans => "Too many plans are under way.",
            Self::OpenOrders => "Too many orders are open.",
            Self::TradesPerMinute => "Too many trades within one minute.",
            Self::ConsecutiveErrors => "Too many errors in a row.",
            Self::DayLoss => "Too much was lost today, or could be.",
            Self::Drawdown => "The equity fell too far from its peak.",
            Self::EdgeMin => "Too little profit is left at this size.",
            Self::ScoreMin => "The score is too low.",
            Self::TooYoung => "It has not lasted long enough yet.",
            Self::TooOld => "Nobody has confirmed it lately.",
            Self::CoolDown => "The same place was traded a moment ago.",
            Self::SizeMin => "No allowed size is left.",
            Self::Unproven => "The swarm has not been proven better than the market.",
            Self::Disabled => "The strategy is switched off.",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_listed_once_in_the_order_of_the_gates_and_has_its_own_code() {
        for (at, rule) in Rule::ALL.into_iter().enumerate() {
            assert_eq!(rule as usize, at, "{rule}");
            let json = serde_json::to_string(&rule).unwrap();
            assert_eq!(json, format!("\"{}\"", rule.code()));
            assert!(rule.text().ends_with('.'));
        }
        assert_eq!(Rule::Disabled as usize + 1, Rule::ALL.len());
    }
}
