//! Comparing dollars and shares.
//!
//! The chain may be ahead of what we were told (a trade is mined before it is confirmed to us) or
//! behind it (the balance was read before the news came). So what is on its way, and what became
//! final within the grace, may be on either side: it makes a range of what is booked.

use std::collections::BTreeMap;

use domain::{Shares, TradeState, UnixMillis, Usd};

use super::{Difference, OurView, Range, Tolerance, VenueView};
use crate::ledger::{Asset, ChainReport, ChainState, TradeReport};

/// What may still come to and go from the settled amount of an asset; both positive, millionths.
#[derive(Clone, Copy, Default)]
struct Moving {
    coming: i64,
    going: i64,
}

pub(super) fn compare(
    ours: &OurView,
    venue: &VenueView,
    tolerance: &Tolerance,
    settled_before: UnixMillis,
) -> Vec<Difference> {
    let moving = moving(ours, settled_before);
    let range = |asset: Asset, settled: i64| {
        let Moving { coming, going } = moving.get(&asset).copied().unwrap_or_default();
        (settled.saturating_sub(going), settled.saturating_add(coming))
    };
    let mut found = Vec::new();

    let (least, most) = range(Asset::Cash, ours.cash.settled.micros());
    let here = Range { least: Usd::from_micros(least), most: Usd::from_micros(most) };
    match venue.cash {
        None => found.push(Difference::CashUnread { here }),
        Some(there) if outside(there.micros(), least, most, tolerance.cash_dust.micros()) => {
            found.push(Difference::CashDiffers { here, there });
        }
        Some(_) => {}
    }

    let mut settled: BTreeMap<_, Shares> =
        venue.shares.keys().map(|t| (*t, Shares::ZERO)).collect();
    settled.extend(ours.positions.iter().map(|(token, position)| (*token, position.settled)));
    for (token, settled) in settled {
        let (least, most) = range(Asset::Shares(token), settled.micros());
        let here = Range { least: Shares::from_micros(least), most: Shares::from_micros(most) };
        match venue.shares.get(&token) {
            None if (least, most) == (0, 0) => {}
            None => found.push(Difference::SharesUnread { token, here }),
            Some(there) => {
                if outside(there.micros(), least, most, tolerance.shares_dust.micros()) {
                    found.push(Difference::SharesDiffer { token, here, there: *there });
                }
            }
        }
    }
    found
}

fn outside(there: i64, least: i64, most: i64, dust: i64) -> bool {
    there < least.saturating_sub(dust) || there > most.saturating_add(dust)
}

fn moving(ours: &OurView, settled_before: UnixMillis) -> BTreeMap<Asset, Moving> {
    let mut moving: BTreeMap<Asset, Moving> = BTreeMap::new();
    let mut note = |asset: Asset, amount: i64| {
        let asset = moving.entry(asset).or_default();
        asset.coming = asset.coming.saturating_add(amount.max(0));
        asset.going = asset.going.saturating_add((-amount).max(0));
    };
    for report in &ours.trades {
        if let Some(sign) = trade_sign(report, settled_before) {
            note(Asset::Cash, sign * report.cash());
            note(Asset::Shares(report.token), sign * report.shares());
        }
    }
    for report in &ours.tasks {
        if let Some(sign) = task_sign(report, settled_before) {
            for (asset, amount) in report.effect_by_asset() {
                note(asset, sign * amount);
            }
        }
    }
    moving
}

/// 1 for what is not in the settled amounts and may be on chain, -1 for what is in them and may
/// not be on chain yet, as far as the answers knew.
fn trade_sign(report: &TradeReport, settled_before: UnixMillis) -> Option<i64> {
    match report.state {
        TradeState::Matched | TradeState::Mined | TradeState::Retrying => Some(1),
        TradeState::Confirmed if report.at >= settled_before => Some(-1),
        TradeState::Confirmed | TradeState::Failed => None,
    }
}

fn task_sign(report: &ChainReport, settled_before: UnixMillis) -> Option<i64> {
    match report.state {
        ChainState::Submitted => Some(1),
        ChainState::Confirmed if report.at >= settled_before => Some(-1),
        ChainState::Confirmed | ChainState::Failed => None,
    }
}
