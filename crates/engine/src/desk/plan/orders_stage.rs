//! A stage of orders: wait, cancel what rests too long, quote the lagging legs again, and go on
//! when every match is final.

use domain::{Price, Shares, Side, UnixMillis};

use super::advance::{is_placeable, resized};
use super::{Outlook, Phase, PlanView, Step, is_by_hand};
use crate::desk::order_track::OrderState;
use crate::desk::{LegIndex, OrderTrack};
use crate::signal::{PlannedOrder, Stage};

pub(super) fn advance(
    view: &PlanView<'_>,
    outlook: &Outlook<'_>,
    stage: u16,
    requotes: u32,
) -> Vec<Step> {
    if view.orders.iter().any(|order| !order.is_ended()) {
        // What a person laid into the book rests until it is taken, ends or is cancelled.
        let rests = |order: &OrderTrack| {
            is_by_hand(&view.plan.signal) && order.order.terms.lifetime.rests()
        };
        return cancellations(view, outlook, |order| {
            !rests(order) && outlook.now.since(order.created_at) >= outlook.settings.leg_wait
        });
    }
    if requotes < outlook.settings.requotes_max && outlook.now <= requote_until(view, outlook) {
        let orders = requotes_of(view, outlook, stage);
        if !orders.is_empty() {
            let phase = Phase::Ordering { stage, requotes: requotes + 1 };
            return std::iter::once(Step::Enter(phase)).chain(orders).collect();
        }
    }
    if view.orders.iter().all(|order| outlook.is_settled(order)) {
        return vec![Step::Enter(Phase::Before { stage: stage + 1 })];
    }
    Vec::new()
}

/// A book that is this much older than the signal is another book: no new quotes then.
fn requote_until(view: &PlanView<'_>, outlook: &Outlook<'_>) -> UnixMillis {
    let last = view.orders.iter().map(|order| order.created_at).max();
    let waits = outlook.settings.leg_wait.0.saturating_mul(3);
    last.unwrap_or(view.plan.opened_at).plus(domain::DurationMillis(waits))
}

/// Cancellations of what rests, each asked for again where the last one had no effect.
pub(super) fn cancellations(
    view: &PlanView<'_>,
    outlook: &Outlook<'_>,
    is_due: impl Fn(&OrderTrack) -> bool,
) -> Vec<Step> {
    let asked_lately = |order: &OrderTrack| {
        order
            .cancel_asked_at
            .is_some_and(|at| outlook.now.since(at) < outlook.settings.cancel_again)
    };
    view.orders
        .iter()
        .filter(|order| matches!(order.state, OrderState::Live | OrderState::Delayed))
        .filter(|order| is_due(order) && !asked_lately(order))
        .map(|order| Step::Cancel(order.number))
        .collect()
}

/// New orders for the legs that lag behind the best filled one.
fn requotes_of(view: &PlanView<'_>, outlook: &Outlook<'_>, stage: u16) -> Vec<Step> {
    let Some(Stage::Orders(legs)) = view.plan.signal.stages.get(usize::from(stage)) else {
        return Vec::new();
    };
    let filled: Vec<Shares> = (0..legs.len()).map(|leg| filled(view, stage, leg)).collect();
    let Some(target) = filled.iter().copied().max().filter(|shares| shares.is_positive()) else {
        return Vec::new();
    };
    let short = |at: usize| filled.get(at).map_or(Shares::ZERO, |done| target - *done);
    let lagging = (0..legs.len()).filter(|at| short(*at).is_positive()).count();
    let mut steps = Vec::new();
    for (at, order) in legs.iter().enumerate() {
        let size = short(at).floor_to_order_size();
        let limit = relaxed(order, slack(view, target, lagging));
        let mut order = order.clone();
        order.terms.price = limit;
        if is_placeable(&order, size) && !outlook.is_held(order.terms.side) {
            let leg = LegIndex { stage, leg: u16::try_from(at).unwrap_or(u16::MAX) };
            order.terms.size = Shares::ZERO; // So that value and fee follow the new limit.
            steps.push(Step::Place { leg: Some(leg), order: resized(&order, size, outlook) });
        }
    }
    steps
}

fn filled(view: &PlanView<'_>, stage: u16, leg: usize) -> Shares {
    let wanted = u16::try_from(leg).ok().map(|leg| LegIndex { stage, leg });
    view.orders.iter().filter(|order| order.leg == wanted).map(|order| order.filled()).sum()
}

/// Ten-thousandths of a dollar a share that each lagging leg may be worse without eating more than
/// the expected profit.
fn slack(view: &PlanView<'_>, target: Shares, lagging: usize) -> u16 {
    let best = i128::from(view.plan.signal.certificate.best.micros().max(0));
    let planned = i128::from(view.plan.signal.size.micros().max(1));
    // Only the profit of what is filled is there to be given away.
    let kept = best * i128::from(target.micros()) / planned;
    let legs = i128::try_from(lagging.max(1)).unwrap_or(1);
    let share = kept * 10_000 / i128::from(target.micros().max(1)) / legs;
    u16::try_from(share.clamp(0, 10_000)).unwrap_or(0)
}

/// The leg's limit made worse by at most `slack`, on the market's grid and inside it.
fn relaxed(order: &PlannedOrder, slack: u16) -> Price {
    let tick = order.market.tick.ten_thousandths();
    let limit = order.terms.price.ten_thousandths();
    let (low, high) = (tick, 10_000 - tick);
    let moved = slack - slack % tick;
    let value = match order.terms.side {
        Side::Buy => limit.saturating_add(moved).min(high),
        Side::Sell => limit.saturating_sub(moved).max(low),
    };
    Price::from_ten_thousandths(value).unwrap_or(order.terms.price)
}
