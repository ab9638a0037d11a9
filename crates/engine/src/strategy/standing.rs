//! How a strategy stands, as the desk sees it.

use super::{Room, StrategySettings};
use crate::desk::{Plan, PlanNumber, TradingView};
use crate::opportunity::Subject;
use crate::risk::{Gate, Reconciled, Reservation, Rule, StrategyActivity};
use crate::signal::StrategyName;
use domain::{ConditionId, GroupId, Usd};

/// What forbids a strategy any trade now.
pub(super) fn forbidden(view: Option<&TradingView>, name: &StrategyName) -> Vec<Gate> {
    let Some(view) = view else {
        let gate = Gate::refused(Rule::NotReconciled, "the desk is not read back yet", "compared");
        return vec![gate];
    };
    let mut gates = Vec::new();
    if let Some(halt) = &view.halt {
        gates.push(Gate::refused(Rule::Halted, halt.text.clone(), "no halt"));
    }
    if view.reconciled == Reconciled::No {
        gates.push(Gate::refused(Rule::NotReconciled, "not compared, or different", "compared"));
    }
    gates.extend(inactive(activity(Some(view), name)));
    gates
}

/// What a strategy that does not run says of everything.
#[must_use]
pub fn inactive(activity: StrategyActivity) -> Option<Gate> {
    match activity {
        StrategyActivity::Running => None,
        StrategyActivity::Paused => Some(Gate::refused(Rule::StrategyPaused, "paused", "running")),
        StrategyActivity::Quarantined => {
            Some(Gate::refused(Rule::Quarantined, "in quarantine", "running"))
        }
    }
}

/// Whether it may act; it may where the desk was told nothing.
#[must_use]
pub fn activity(view: Option<&TradingView>, name: &StrategyName) -> StrategyActivity {
    let state = view.and_then(|view| view.strategies.get(name));
    state.map_or(StrategyActivity::Running, |state| state.activity)
}

/// What the desk was last told that it may do.
#[must_use]
pub fn settings(view: Option<&TradingView>, name: &StrategyName) -> Option<StrategySettings> {
    view?.strategies.get(name)?.settings
}

/// The plan that it has open at that place.
pub(super) fn under_way(
    view: Option<&TradingView>,
    name: &StrategyName,
    subject: &Subject,
) -> Option<PlanNumber> {
    let mut plans = view?.plans.iter();
    let ours = |plan: &&Plan| plan.signal.strategy == *name && plan.signal.subject == *subject;
    plans.find(ours).map(|plan| plan.number)
}

/// What is held in a market at its cost, and what open plans may still put in.
pub(super) fn committed(view: Option<&TradingView>, condition: &ConditionId) -> Usd {
    let Some(view) = view else { return Usd::ZERO };
    let held = view.held.iter().filter(|held| held.condition.as_ref() == Some(condition));
    let held: Usd = held.map(|held| held.position.cost.max(Usd::ZERO)).sum();
    held + view.reservations.iter().map(|plan| plan.left_in(condition)).sum()
}

/// What is left for a trade in those markets: the limits, less what is held and what open plans may
/// still take.
pub(super) fn room(
    view: &TradingView,
    name: &StrategyName,
    settings: &StrategySettings,
    conditions: &[ConditionId],
    group: Option<&GroupId>,
) -> Room {
    let limits = &view.limits;
    let held = |of: &dyn Fn(&ConditionId, Option<&GroupId>) -> bool| -> Usd {
        let costs = view.held.iter().filter_map(|held| {
            let is_of = of(held.condition.as_ref()?, held.group.as_ref());
            is_of.then(|| held.position.cost.max(Usd::ZERO))
        });
        let reserved = view.reservations.iter().flat_map(|plan| &plan.markets);
        let risks = reserved
            .filter(|(condition, market)| of(condition, market.group.as_ref()))
            .map(|(_, market)| market.left());
        costs.chain(risks).sum()
    };
    let market = conditions.iter().map(|condition| held(&|it, _| it == condition)).max();
    let market_left = limits.market_usd_max - market.unwrap_or(Usd::ZERO);
    let group_used = group.map_or(Usd::ZERO, |group| held(&|_, it| it == Some(group)));
    let ours = view.reservations.iter().filter(|plan| plan.strategy == *name);
    let reserved = ours.map(Reservation::capital_left).sum::<Usd>();
    let used = view.used.get(name).copied().unwrap_or(Usd::ZERO) + reserved;
    Room { market_usd: market_left.max(Usd::ZERO), ..Room::of(limits) }
        .tightened(Rule::TotalUsd, limits.total_usd_max - held(&|_, _| true))
        .tightened(Rule::GroupUsd, limits.group_usd_max - group_used)
        .tightened(Rule::NotEnoughCash, view.cash.free() - view.reserved)
        .tightened(Rule::StrategyBudget, settings.budget_usd - used)
}
