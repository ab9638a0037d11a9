//! Comparing open orders.

use std::collections::BTreeMap;

use domain::{OrderId, UnixMillis};

use super::{Difference, OrderSide, OurOrder, OurView, Tolerance, VenueOrder, VenueView, keys};

pub(super) fn compare(
    ours: &OurView,
    venue: &VenueView,
    tolerance: &Tolerance,
    settled_before: UnixMillis,
) -> Vec<Difference> {
    let here: BTreeMap<OrderId, &OurOrder> = ours.open.iter().map(|o| (o.id, o)).collect();
    let listed = keys(&venue.open, |order| order.id);
    let gone = ours.open.iter().filter(|order| !listed.contains(&order.id));
    let gone = gone.filter(|order| order.changed_at < settled_before);
    let mut found: Vec<Difference> =
        gone.map(|o| Difference::OrderGone { order: o.id, here: o.side() }).collect();
    for order in &venue.open {
        found.extend(match here.get(&order.id) {
            Some(ours) => matched(ours, order, tolerance, settled_before),
            None => not_open_here(ours, order, settled_before),
        });
    }
    found
}

fn matched(
    ours: &OurOrder,
    theirs: &VenueOrder,
    tolerance: &Tolerance,
    settled_before: UnixMillis,
) -> Option<Difference> {
    let (order, here, there) = (ours.id, ours.side(), theirs.side());
    if theirs.matched > ours.matched + tolerance.shares_dust {
        return Some(Difference::MatchedMore { order, here, there });
    }
    let less = theirs.matched + tolerance.shares_dust < ours.matched;
    let settled = ours.changed_at < settled_before;
    (less && settled).then_some(Difference::MatchedLess { order, here, there })
}

fn not_open_here(
    ours: &OurView,
    theirs: &VenueOrder,
    settled_before: UnixMillis,
) -> Option<Difference> {
    let (order, there) = (theirs.id, theirs.side());
    match ours.ended.get(&order) {
        Some(ended_at) => (*ended_at < settled_before).then_some(Difference::OrderStillOpen {
            order,
            ended_at: *ended_at,
            there,
        }),
        None if ours.foreign.contains(&order) => None,
        // Orders are stored before they are sent: no age excuses one that is not.
        None => Some(Difference::OrderUnknown { order, there }),
    }
}

impl OurOrder {
    const fn side(&self) -> OrderSide {
        OrderSide { token: self.token, side: self.side, matched: self.matched }
    }
}

impl VenueOrder {
    const fn side(&self) -> OrderSide {
        OrderSide { token: self.token, side: self.side, matched: self.matched }
    }
}
