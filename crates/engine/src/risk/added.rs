//! The limits that are asked again for what an open plan buys on its way.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ConditionId, UnixMillis, Usd};

use super::book::RiskBook;
use super::gate::Review;
use super::reservation::{Reservation, ReservationId};
use super::review::{ends_soon, locked, price_band, worst_usd};
use super::rule::Rule;
use super::sum::total;
use crate::opportunity::Subject;
use crate::signal::{PlannedOrder, ROUNDING_ALLOWANCE, Signal};

/// Purchases that an open plan wishes to make together: a stage, or legs that are quoted again.
#[derive(Clone, Copy, Debug)]
pub struct Added<'a> {
    /// What is reserved for the plan.
    pub reservation: ReservationId,
    /// What it carries out.
    pub signal: &'a Signal,
    /// What it wishes to buy now.
    pub purchases: &'a [&'a PlannedOrder],
    /// Dollars by market that earlier orders of the plan cost, or still may, and that are not
    /// counted as spent yet.
    pub promised: &'a BTreeMap<ConditionId, Usd>,
}

impl RiskBook {
    /// Asks what may have changed since the signal was approved: locks, the end of its market, the
    /// band of prices, the worth of one order, and what is left of its reservation in each market.
    /// Changes nothing.
    #[must_use]
    pub fn review_added(&self, added: &Added<'_>, now: UnixMillis) -> Review {
        let (limits, purchases) = (&self.limits, added.purchases);
        let worths = purchases.iter().map(|order| {
            let about = Subject::Market(order.market.condition);
            (order.worth_max(), Some(about))
        });
        let [price_min, price_max] =
            price_band(limits, purchases.iter().map(|order| order.terms.price));
        let mut gates = vec![
            locked(self, added.signal, now),
            price_min,
            price_max,
            ends_soon(limits, added.signal, now),
            worst_usd(Rule::OrderUsd, worths, limits.order_usd_max),
        ];
        let markets: BTreeSet<_> = purchases.iter().map(|order| order.market.condition).collect();
        gates.extend(markets.into_iter().map(|condition| {
            let here = purchases.iter().filter(|order| order.market.condition == condition);
            let outlays: Option<Vec<Usd>> = here.map(|order| order.outlay_max()).collect();
            let promised = added.promised.get(&condition).copied().unwrap_or_default();
            let sum = outlays.and_then(total).and_then(|sum| sum.checked_add(promised));
            let left = self.reservations.get(&added.reservation);
            let left = left.map_or(Usd::ZERO, |left| Reservation::left_in(left, &condition));
            let about = Some(Subject::Market(condition));
            // Each order allows for roundings of its own, and the reservation for those of one.
            let most = left.checked_add(ROUNDING_ALLOWANCE).unwrap_or(left);
            worst_usd(Rule::MarketUsd, std::iter::once((sum, about)), most)
        }));
        Review { gates }
    }
}
