//! Comparing trades.

use std::collections::BTreeMap;

use domain::{OrderId, TradeId, TradeState, UnixMillis};

use super::{Difference, OurView, TradeSide, VenueTrade, VenueView, keys};
use crate::ledger::TradeReport;

pub(super) fn compare(
    ours: &OurView,
    venue: &VenueView,
    settled_before: UnixMillis,
) -> Vec<Difference> {
    let here: BTreeMap<(&TradeId, OrderId), &TradeReport> =
        ours.trades.iter().map(|report| ((&report.trade, report.order), report)).collect();
    let mut found: Vec<Difference> = venue
        .trades
        .iter()
        .filter_map(|theirs| match here.get(&(&theirs.trade, theirs.order)) {
            Some(ours) => known(ours, theirs),
            None if ours.foreign.contains(&theirs.order) => None,
            None => unknown(theirs),
        })
        .collect();
    let listed = keys(&venue.trades, |trade| (trade.trade.clone(), trade.order));
    let missing = ours.trades.iter().filter(|report| {
        let covered = report.matched_at >= venue.trades_since && report.at < settled_before;
        let counts = report.state != TradeState::Failed;
        covered && counts && !listed.contains(&(report.trade.clone(), report.order))
    });
    found.extend(missing.map(|report| Difference::TradeMissing {
        trade: report.trade.clone(),
        order: report.order,
        here: of_report(report),
    }));
    found
}

/// A trade that failed before we heard of it moved nothing, and is news all the same: it says why
/// an order is matched and nothing came of it.
fn unknown(theirs: &VenueTrade) -> Option<Difference> {
    let (trade, order) = (theirs.trade.clone(), theirs.order);
    Some(Difference::TradeUnknown { trade, order, there: of_venue(theirs) })
}

fn known(ours: &TradeReport, theirs: &VenueTrade) -> Option<Difference> {
    let (trade, order) = (ours.trade.clone(), ours.order);
    let (here, there) = (of_report(ours), of_venue(theirs));
    let same_terms = TradeSide { state: there.state, ..here } == there;
    let both_final = here.state.is_final() && there.state.is_final();
    if !same_terms || (both_final && here.state != there.state) {
        return Some(Difference::TradeContradicts { trade, order, here, there });
    }
    let newer = !here.state.is_final() && here.state != there.state;
    let newer = newer && (there.state.is_final() || theirs.changed_at > ours.at);
    newer.then_some(Difference::TradeNewer { trade, order, here, there })
}

fn of_report(report: &TradeReport) -> TradeSide {
    let TradeReport { token, side, size, price, state, .. } = report;
    TradeSide { token: *token, side: *side, size: *size, price: *price, state: *state }
}

fn of_venue(trade: &VenueTrade) -> TradeSide {
    let VenueTrade { token, side, size, price, state, .. } = trade;
    TradeSide { token: *token, side: *side, size: *size, price: *price, state: *state }
}
