//! What a plan holds by now, from its own orders and tasks alone.

use std::collections::BTreeMap;

use domain::{Shares, Side, TokenId, Usd};

use super::PlanView;
use crate::signal::Signal;

/// Settled shares by token; only what is more than nothing.
#[must_use]
pub fn holdings_of(view: &PlanView<'_>) -> BTreeMap<TokenId, Shares> {
    let mut held: BTreeMap<TokenId, Shares> = BTreeMap::new();
    for order in view.orders {
        let settled = match order.order.terms.side {
            Side::Buy => order.settled(),
            Side::Sell => -order.settled(),
        };
        *held.entry(order.order.terms.token).or_default() += settled;
    }
    for task in view.tasks.iter().filter(|task| task.is_done()) {
        for (token, shares) in &task.task.effect.shares {
            *held.entry(*token).or_default() += *shares;
        }
    }
    held.retain(|_, shares| shares.is_positive());
    held
}

/// Whether a signal is a person's: it may give away what the wallet held before it, and what it lays
/// into the book rests as long as was said.
pub(in crate::desk) fn is_by_hand(signal: &Signal) -> bool {
    signal.strategy.is_manual()
}

/// Shares that the plan may sell or hand to the contracts now.
pub(super) fn givable(view: &PlanView<'_>) -> BTreeMap<TokenId, Shares> {
    if is_by_hand(&view.plan.signal) { view.free.clone() } else { holdings_of(view) }
}

/// Dollars in less dollars out, of everything that has not failed.
#[must_use]
pub fn cash_of(view: &PlanView<'_>) -> Usd {
    let traded: Usd = view.orders.iter().map(|order| order.cash()).sum();
    let tasks = view.tasks.iter().filter(|task| task.is_done());
    traded + tasks.map(|task| task.task.effect.cash).sum::<Usd>()
}
