//! What a trade may bring and cost, reckoned exactly in 128 bits.
//!
//! `best`: every leg fills as its levels say, every task is carried out, and of a basket one share
//! pays. `leg_missing`: one leg finds nobody; where that is a purchase, what the others brought is
//! sold into the stressed bids and no task is begun; where it is a sale, its shares are sold into
//! their own stressed bids. The worst leg counts, and every on-chain cost counts as paid.
//!
//! `floor`: every purchase costs the most its limit allows, every sale brings the least, new quotes
//! give the profit away, and what is left over brings nothing. Along the way each leg fills wholly or
//! not at all: what is lost grows evenly with every leg's fill as long as nothing pairs, so the worst
//! lies at such a corner. Three corners can be the worst:
//!
//! - everything fills, at the limits;
//! - all purchases but the cheapest fill, and nothing pairs;
//! - everything is bought or split, and no sale finds anybody. Only YES and NO of one market merge
//!   back into what they were split from; there the worst is that one of the two is sold.
//!
//! On-chain tasks are taken to be carried out in the end: one that fails is begun again.

use domain::{Shares, Side, Usd};

use crate::opportunity::{Leg, OpportunityKind};
use crate::signal::{Certificate, ChainTask, PlannedOrder};

/// The certificate with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reckoned {
    pub(super) certificate: Certificate,
    /// The result where each leg is missing, in the order of the legs.
    pub(super) without: Vec<Usd>,
}

/// A leg's figures, in micros. Purchases are negative.
#[derive(Clone, Copy, Debug)]
struct Figures {
    side: Side,
    planned: i128,
    worst: i128,
    unwind: i128,
}

/// `None` where an amount does not fit.
pub(super) fn reckon(
    kind: OpportunityKind,
    size: Shares,
    legs: &[(Leg, PlannedOrder)],
    tasks: &[ChainTask],
    cost: Usd,
) -> Option<Reckoned> {
    let legs: Vec<Figures> = legs.iter().map(figures).collect::<Option<_>>()?;
    let converted: i128 = tasks.iter().map(|task| micros(task.effect.cash)).sum();
    let payout = match kind {
        OpportunityKind::NegRiskLong => i128::from(size.micros()),
        _ => 0,
    };
    let cost = micros(cost);
    let all: i128 = legs.iter().map(|leg| leg.planned).sum();
    let best = all + converted + payout - cost;
    let unwound: i128 = bought(&legs).map(|leg| leg.planned + leg.unwind).sum();
    let without = legs.iter().map(|leg| match leg.side {
        Side::Buy => unwound - leg.planned - leg.unwind - cost,
        Side::Sell => best - leg.planned + leg.unwind,
    });
    let without: Vec<i128> = without.collect();
    let leg_missing = without.iter().copied().min().unwrap_or(best);

    let worst: i128 = legs.iter().map(|leg| leg.worst).sum();
    let outlay: i128 = bought(&legs).map(|leg| leg.worst).sum();
    let cheapest = bought(&legs).map(|leg| leg.worst).max();
    let sold = legs.iter().filter(|leg| leg.side == Side::Sell);
    let least_sold = sold.clone().map(|leg| leg.worst).min();
    let unpaired = cheapest.map(|cheapest| outlay - cheapest - cost);
    let unsold = least_sold.map(|least| match kind {
        OpportunityKind::ParityShort => converted + least - cost,
        _ => outlay + converted + least.min(0) - cost,
    });
    let given_away = 2 * best.max(0);
    let corners = [Some(worst + converted + payout - cost), unpaired, unsold];
    let floor = corners.into_iter().flatten().min()?.min(leg_missing) - given_away;
    let certificate =
        Certificate { best: usd(best)?, leg_missing: usd(leg_missing)?, floor: usd(floor)? };
    let without = without.into_iter().map(usd).collect::<Option<_>>()?;
    Some(Reckoned { certificate, without })
}

fn figures((leg, order): &(Leg, PlannedOrder)) -> Option<Figures> {
    let (planned, worst) = match leg.side {
        Side::Buy => (-micros(leg.value) - micros(leg.fee), -micros(order.outlay_max()?)),
        Side::Sell => (micros(leg.value) - micros(leg.fee), micros(order.proceeds_min())),
    };
    Some(Figures { side: leg.side, planned, worst, unwind: micros(leg.unwind) })
}

fn bought(legs: &[Figures]) -> impl Iterator<Item = &Figures> {
    legs.iter().filter(|leg| leg.side == Side::Buy)
}

fn micros(amount: Usd) -> i128 {
    i128::from(amount.micros())
}

fn usd(micros: i128) -> Option<Usd> {
    i64::try_from(micros).ok().map(Usd::from_micros)
}
