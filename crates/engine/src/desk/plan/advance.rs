//! The next step of a plan.

use domain::{Lifetime, Shares, Side, UnixMillis};

use super::holdings::givable;
use super::{
    DurationMillis, Leave, ORDER_LIFE_MS_MIN, Outlook, Phase, PlanView, Step, balance, is_by_hand,
    orders_stage,
};
use crate::desk::LegIndex;
use crate::desk::task_track::TaskState;
use crate::opportunity::ChainActionKind;
use crate::signal::{ChainTask, PlannedOrder, Stage};

/// What `view`'s plan does now; empty where it waits. The caller carries the steps out, and asks
/// again after a change.
#[must_use]
pub fn advance(view: &PlanView<'_>, outlook: &Outlook<'_>) -> Vec<Step> {
    if outlook.leave == Leave::CancelOnly {
        return orders_stage::cancellations(view, outlook, |_| true);
    }
    match view.plan.phase {
        Phase::Before { stage } => begin(view, outlook, stage),
        Phase::Ordering { stage, requotes } => {
            orders_stage::advance(view, outlook, stage, requotes)
        }
        Phase::Transacting { stage } => transact(view, stage),
        Phase::Balancing { rounds, looks } => balance::advance(view, outlook, rounds, looks),
    }
}

fn begin(view: &PlanView<'_>, outlook: &Outlook<'_>, stage: u16) -> Vec<Step> {
    let signal = &view.plan.signal;
    let untouched = view.orders.is_empty() && view.tasks.is_empty();
    if untouched && outlook.now > signal.expires_at {
        return vec![Step::Enter(Phase::BALANCE)];
    }
    // A stage of which nothing can be begun ends the plan: what is held by then is given back.
    let (phase, steps) = match signal.stages.get(usize::from(stage)) {
        None => (Phase::BALANCE, Vec::new()),
        Some(Stage::Orders(orders)) => {
            (Phase::Ordering { stage, requotes: 0 }, placements(view, outlook, stage, orders))
        }
        Some(Stage::Chain(tasks)) => (Phase::Transacting { stage }, starts(view, tasks)),
    };
    let phase = if steps.is_empty() { Phase::BALANCE } else { phase };
    std::iter::once(Step::Enter(phase)).chain(steps).collect()
}

/// The orders of a stage. Sales are cut to what has settled; where a leg of a set would fall away
/// altogether, or the venue would not take it, none is sent, for one leg alone is not what was
/// wished.
fn placements(
    view: &PlanView<'_>,
    outlook: &Outlook<'_>,
    stage: u16,
    orders: &[PlannedOrder],
) -> Vec<Step> {
    if orders.iter().any(|order| outlook.is_held(order.terms.side)) {
        return Vec::new();
    }
    let held = givable(view);
    let mut steps = Vec::with_capacity(orders.len());
    for (at, order) in orders.iter().enumerate() {
        let size = match order.terms.side {
            Side::Buy => order.terms.size,
            Side::Sell => {
                let free = held.get(&order.terms.token).copied().unwrap_or_default();
                order.terms.size.min(free.floor_to_order_size())
            }
        };
        if !is_placeable(order, size) {
            return Vec::new();
        }
        let leg = LegIndex { stage, leg: u16::try_from(at).unwrap_or(u16::MAX) };
        let mut placed = resized(order, size, outlook);
        if is_by_hand(&view.plan.signal) {
            // A person said how long it is to live.
            placed.terms.lifetime = order.terms.lifetime;
        }
        steps.push(Step::Place { leg: Some(leg), order: placed });
    }
    steps
}

/// Whether the venue would take an order of this size.
pub(super) fn is_placeable(order: &PlannedOrder, size: Shares) -> bool {
    let notional = size.at(order.terms.price, domain::Rounding::Down);
    size.is_positive()
        && size >= order.market.order_size_min
        && notional >= domain::Usd::from_whole(1)
}

/// The same order over `size` shares, with the lifetime counted from now.
pub(super) fn resized(order: &PlannedOrder, size: Shares, outlook: &Outlook<'_>) -> PlannedOrder {
    let mut order = order.clone();
    if size != order.terms.size {
        let rounding = match order.terms.side {
            Side::Buy => domain::Rounding::Up,
            Side::Sell => domain::Rounding::Down,
        };
        order.terms.size = size;
        order.value = size.at(order.terms.price, rounding);
        order.fee = order.market.fee.fee(size, order.terms.price, domain::Rounding::Up);
    }
    if let Lifetime::GoodTilDate { .. } = order.terms.lifetime {
        let life = outlook.settings.order_life.0.max(ORDER_LIFE_MS_MIN);
        let expires_at = whole_second_up(outlook.now.plus(DurationMillis(life)));
        order.terms.lifetime = Lifetime::GoodTilDate { expires_at };
    }
    order
}

fn whole_second_up(at: UnixMillis) -> UnixMillis {
    UnixMillis((at.0 + 999).div_euclid(1_000) * 1_000)
}

/// The tasks of a stage, cut to what is held.
fn starts(view: &PlanView<'_>, tasks: &[ChainTask]) -> Vec<Step> {
    tasks.iter().filter_map(|task| fitted(view, task)).map(Step::Start).collect()
}

fn fitted(view: &PlanView<'_>, task: &ChainTask) -> Option<ChainTask> {
    let held = givable(view);
    let of = |token| held.get(token).copied().unwrap_or_default();
    let amount = match task.kind {
        ChainActionKind::Split => task.amount,
        ChainActionKind::Merge => {
            task.markets.iter().flat_map(|market| market.tokens.iter()).map(of).min()?
        }
        ChainActionKind::Convert => {
            let given = task.markets.iter().take(task.given);
            given.map(|market| of(&market.tokens[1])).min()?
        }
        // Redemptions and transfers are nobody's plan: they follow a resolution, or a person.
        ChainActionKind::Redeem | ChainActionKind::Transfer => return None,
    };
    let amount = amount.min(task.amount);
    amount.is_positive().then(|| task.over(amount))
}

fn transact(view: &PlanView<'_>, stage: u16) -> Vec<Step> {
    if view.tasks.iter().any(|task| !task.is_ended()) {
        return Vec::new();
    }
    let failed = |state: &TaskState| matches!(state, TaskState::Failed { .. });
    let next = if view.tasks.iter().any(|task| failed(&task.state)) {
        Phase::BALANCE
    } else {
        Phase::Before { stage: stage + 1 }
    };
    vec![Step::Enter(next)]
}
