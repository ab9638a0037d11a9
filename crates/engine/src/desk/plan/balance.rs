//! The end of a plan: what is held beyond the aim is merged where it pairs and sold where it does
//! not. What nobody takes is kept, and said aloud.

use std::collections::BTreeMap;

use domain::{Crossing, Lifetime, OrderTerms, Price, Rounding, Shares, Side, TokenId};

use super::advance::is_placeable;
use super::orders_stage::cancellations;
use super::{
    LOOK_PAUSE, LOOKS_MAX, Outlook, Phase, PlanEnd, PlanView, Step, Verdict, cash_of, holdings_of,
};
use crate::desk::order_track::OrderState;
use crate::opportunity::{ChainActionKind, OutcomeIndex};
use crate::signal::{Aim, ChainTask, PlannedOrder, Signal, Stage, TradedMarket};

/// A pair below this is not worth its transaction; it is kept.
const MERGE_MIN: Shares = Shares::from_whole(1);

pub(super) fn advance(
    view: &PlanView<'_>,
    outlook: &Outlook<'_>,
    rounds: u32,
    looks: u32,
) -> Vec<Step> {
    if view.orders.iter().any(|order| !order.is_ended()) {
        return cancellations(view, outlook, |order| {
            outlook.now.since(order.created_at) >= outlook.settings.leg_wait
        });
    }
    let waits = view.orders.iter().any(|order| !outlook.is_settled(order))
        || view.tasks.iter().any(|task| !task.is_ended());
    if waits {
        return Vec::new();
    }
    let held = holdings_of(view);
    let kept = aim_of(&view.plan.signal, &held);
    let excess = beyond(&held, &kept);
    if excess.is_empty() || rounds >= outlook.settings.unwinds_max {
        return vec![Step::Close(end(view, kept, excess))];
    }
    if rounds > 0 && outlook.now.since(last_step(view)) < outlook.settings.unwind_pause {
        return Vec::new();
    }
    let merges = merges_of(&view.plan.signal, &excess);
    if merges.is_empty() && outlook.is_held(Side::Sell) {
        // What is left is offered when the venue takes orders again.
        return Vec::new();
    }
    let steps = if merges.is_empty() { sales_of(view, outlook, &excess) } else { merges };
    if steps.is_empty() {
        let is_hopeless = excess.iter().all(|(token, size)| is_dust(view, *token, *size));
        return match (is_hopeless, look(view, outlook, looks)) {
            (true, _) | (false, Look::GiveUp) => vec![Step::Close(end(view, kept, excess))],
            (false, Look::Again) => {
                vec![Step::Enter(Phase::Balancing { rounds, looks: looks + 1 })]
            }
            (false, Look::Wait) => Vec::new(),
        };
    }
    // An offer that the venue did not look at was none.
    let rounds = if was_held_off(view) { rounds } else { rounds + 1 };
    std::iter::once(Step::Enter(Phase::Balancing { rounds, looks })).chain(steps).collect()
}

/// What to do where nobody is known to bid enough. A moment without a price that can be believed is
/// no offer; it counts for itself, so that time in which nothing could have been sold (a halt, a
/// restart) uses none of the patience up.
enum Look {
    /// Nothing, until the next one counts.
    Wait,
    /// Count it.
    Again,
    /// It was tried for long enough.
    GiveUp,
}

fn look(view: &PlanView<'_>, outlook: &Outlook<'_>, looks: u32) -> Look {
    if looks > 0 && outlook.now.since(view.plan.moved_at) < LOOK_PAUSE {
        Look::Wait
    } else if looks < LOOKS_MAX {
        Look::Again
    } else {
        Look::GiveUp
    }
}

/// Whether the last offer never came to be one, because the venue took no orders.
fn was_held_off(view: &PlanView<'_>) -> bool {
    let offers = view.orders.iter().filter(|order| order.leg.is_none());
    let last = offers.clone().map(|order| order.created_at).max();
    let mut of_last = offers.filter(|order| Some(order.created_at) == last);
    last.is_some()
        && of_last.all(
            |order| matches!(&order.state, OrderState::Ended { cause } if cause.is_venues_pause()),
        )
}

/// What is to be held of `held`.
fn aim_of(signal: &Signal, held: &BTreeMap<TokenId, Shares>) -> BTreeMap<TokenId, Shares> {
    match signal.aim {
        Aim::Flat => BTreeMap::new(),
        Aim::Hold => held.clone(),
        Aim::CompleteSets => {
            let bought: Vec<TokenId> = signal
                .orders()
                .filter(|order| order.terms.side == Side::Buy)
                .map(|order| order.terms.token)
                .collect();
            let of = |token: &TokenId| held.get(token).copied().unwrap_or_default();
            let sets = bought.iter().map(of).min().unwrap_or_default();
            let each = bought.into_iter().map(|token| (token, sets));
            each.filter(|(_, sets)| sets.is_positive()).collect()
        }
    }
}

fn beyond(
    held: &BTreeMap<TokenId, Shares>,
    kept: &BTreeMap<TokenId, Shares>,
) -> BTreeMap<TokenId, Shares> {
    let more = |(token, shares): (&TokenId, &Shares)| {
        let over = *shares - kept.get(token).copied().unwrap_or_default();
        over.is_positive().then_some((*token, over))
    };
    held.iter().filter_map(more).collect()
}

fn end(
    view: &PlanView<'_>,
    kept: BTreeMap<TokenId, Shares>,
    left: BTreeMap<TokenId, Shares>,
) -> PlanEnd {
    let traded = view.orders.iter().any(|order| order.settled().is_positive())
        || view.tasks.iter().any(|task| task.is_done());
    // A crumb that no order may be made of is not worth a person's look.
    let is_worth_a_look = left.iter().any(|(token, size)| !is_dust(view, *token, *size));
    let verdict = match (traded, is_worth_a_look) {
        (false, _) => Verdict::Nothing,
        (true, false) => Verdict::Done,
        (true, true) => Verdict::Unbalanced,
    };
    PlanEnd { cash: cash_of(view), kept, left, verdict }
}

fn last_step(view: &PlanView<'_>) -> domain::UnixMillis {
    let orders = view.orders.iter().filter_map(|order| order.ended_at);
    let tasks = view.tasks.iter().filter_map(|task| task.ended_at);
    orders.chain(tasks).fold(view.plan.moved_at, domain::UnixMillis::max)
}

/// Every market the signal names.
fn markets(signal: &Signal) -> impl Iterator<Item = &TradedMarket> {
    signal.stages.iter().flat_map(|stage| -> Vec<&TradedMarket> {
        match stage {
            Stage::Orders(orders) => orders.iter().map(|order| &order.market).collect(),
            Stage::Chain(tasks) => tasks.iter().flat_map(|task| &task.markets).collect(),
        }
    })
}

fn market_of(signal: &Signal, token: TokenId) -> Option<(&TradedMarket, OutcomeIndex)> {
    markets(signal).find_map(|market| match market.tokens {
        [yes, _] if yes == token => Some((market, OutcomeIndex::Yes)),
        [_, no] if no == token => Some((market, OutcomeIndex::No)),
        _ => None,
    })
}

fn merges_of(signal: &Signal, excess: &BTreeMap<TokenId, Shares>) -> Vec<Step> {
    let mut tasks: BTreeMap<TokenId, ChainTask> = BTreeMap::new();
    for market in markets(signal) {
        let [yes, no] = market.tokens;
        let pair = excess.get(&yes).zip(excess.get(&no)).map(|(yes, no)| (*yes).min(*no));
        if let Some(amount) = pair.filter(|amount| *amount >= MERGE_MIN) {
            let markets = vec![market.clone()];
            tasks.insert(yes, ChainTask::by_contracts(ChainActionKind::Merge, markets, amount));
        }
    }
    tasks.into_values().map(Step::Start).collect()
}

/// Sales at the best bid, no lower than the floor.
fn sales_of(
    view: &PlanView<'_>,
    outlook: &Outlook<'_>,
    excess: &BTreeMap<TokenId, Shares>,
) -> Vec<Step> {
    let sale = |(token, size): (&TokenId, &Shares)| {
        let bid = outlook.quotes.touch(*token).bid?;
        let floor = floor_of(view, *token, outlook.settings.unwind_floor_bips)?;
        let order = sale_of(view, *token, size.floor_to_order_size(), bid)?;
        let worth_it = order.terms.price >= floor && is_placeable(&order, order.terms.size);
        worth_it.then_some(Step::Place { leg: None, order })
    };
    excess.iter().filter_map(sale).collect()
}

fn sale_of(view: &PlanView<'_>, token: TokenId, size: Shares, bid: Price) -> Option<PlannedOrder> {
    let (market, outcome) = market_of(&view.plan.signal, token)?;
    // The grid may have become finer since the signal; what lies on the old one still counts.
    let price = market.tick.floor(bid);
    let terms = OrderTerms {
        token,
        side: Side::Sell,
        price,
        size,
        lifetime: Lifetime::FillAndKill,
        crossing: Crossing::Allowed,
    };
    let value = size.at(price, Rounding::Down);
    let fee = market.fee.fee(size, price, Rounding::Up);
    Some(PlannedOrder { terms, market: market.clone(), outcome, value, fee })
}

/// The lowest price that is still taken for a token, from what the plan meant it to be worth.
fn floor_of(view: &PlanView<'_>, token: TokenId, bips: u32) -> Option<Price> {
    let (market, _) = market_of(&view.plan.signal, token)?;
    let planned = view.plan.signal.orders().find_map(|order| {
        let price = order.terms.price;
        if order.terms.token == token {
            Some(price)
        } else if market.tokens.contains(&order.terms.token) {
            Some(price.complement())
        } else {
            None
        }
    });
    let planned = u32::from(planned.unwrap_or(Price::ZERO).ten_thousandths());
    let floor = planned.saturating_mul(bips.min(10_000)).div_ceil(10_000);
    let floor = u16::try_from(floor).ok()?.max(market.tick.ten_thousandths());
    Price::from_ten_thousandths(floor)
}

/// Too little to be ordered at any price the venue takes.
fn is_dust(view: &PlanView<'_>, token: TokenId, size: Shares) -> bool {
    market_of(&view.plan.signal, token)
        .is_none_or(|(market, _)| size.floor_to_order_size() < market.order_size_min)
}
