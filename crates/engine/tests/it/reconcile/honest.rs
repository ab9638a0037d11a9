//! An honest venue, an honest chain, and news of which we only have some.

use std::collections::BTreeMap;

use domain::{Shares, Side, TokenId, TradeId, TradeState, Usd};
use engine::ledger::{Ledger, TradeReport};
use engine::reconcile::{Difference, Severity, Tolerance, VenueView, compare};
use proptest::prelude::*;

use super::{LATER, as_listed, ours};
use crate::kit::{NOW, usd};
use crate::ledger::{NO, YES, become_state, bought, funded};

const ROADS: [&[TradeState]; 4] = [
    &[TradeState::Matched, TradeState::Mined, TradeState::Confirmed],
    &[TradeState::Matched, TradeState::Retrying, TradeState::Mined, TradeState::Confirmed],
    &[TradeState::Matched, TradeState::Failed],
    &[TradeState::Matched, TradeState::Mined, TradeState::Retrying, TradeState::Failed],
];

/// A trade, how far it has come at the venue, and how much of that we were told.
type Known = (TradeReport, &'static [TradeState], usize);

fn trades() -> impl Strategy<Value = Vec<Known>> {
    let one = (any::<bool>(), any::<bool>(), 1i64..50, 0..ROADS.len(), 1usize..5, 0usize..5);
    proptest::collection::vec(one, 0..8).prop_map(|all| {
        let build = |(n, parts): (usize, (bool, bool, i64, usize, usize, usize))| {
            let (buy, yes, size, road, come, told) = parts;
            let mut report = bought(0, "1", "0.5", "0.01");
            report.trade = TradeId(format!("trade-{n}"));
            report.side = if buy { Side::Buy } else { Side::Sell };
            report.token = if yes { YES } else { NO };
            report.size = Shares::from_whole(size);
            report.value = Usd::from_micros(size * 500_000);
            let road: &'static [TradeState] = ROADS[road];
            let road = &road[..road.len().min(come)];
            (report, road, told.min(road.len()))
        };
        all.into_iter().enumerate().map(build).collect()
    })
}

/// What the chain holds: mined and confirmed trades have moved.
fn chain(trades: &[Known]) -> (Usd, BTreeMap<TokenId, Shares>) {
    let (mut cash, mut held) =
        (usd("1000"), BTreeMap::from([(YES, Shares::ZERO), (NO, Shares::ZERO)]));
    for (report, road, _) in trades {
        let moved = matches!(road.last(), Some(TradeState::Mined | TradeState::Confirmed));
        let Some(token) = held.get_mut(&report.token).filter(|_| moved) else { continue };
        match report.side {
            Side::Buy => {
                cash -= report.value + report.fee;
                *token += report.size;
            }
            Side::Sell => {
                cash += report.value - report.fee;
                *token -= report.size;
            }
        }
    }
    (cash, held)
}

fn venue(trades: &[Known]) -> VenueView {
    let listed = |(report, road, _): &Known| {
        let last = road.last().copied().unwrap_or(TradeState::Matched);
        as_listed(&become_state(report, last))
    };
    let (cash, shares) = chain(trades);
    VenueView {
        asked_at: LATER,
        open: vec![],
        trades: trades.iter().map(listed).collect(),
        trades_since: NOW,
        cash: Some(cash),
        shares,
    }
}

fn tell(ledger: &mut Ledger, trades: &[Known]) {
    for (report, road, told) in trades {
        for state in &road[..*told] {
            ledger.record_trade(&become_state(report, *state)).unwrap();
        }
    }
}

fn halts(ledger: &Ledger, venue: &VenueView) -> Vec<Difference> {
    let found = compare(&ours(ledger, vec![]), venue, &Tolerance::default());
    found.into_iter().filter(|found| found.severity() == Severity::Halts).collect()
}

proptest! {
    #[test]
    fn once_the_news_it_names_is_booked_an_honest_venue_never_halts_us(trades in trades()) {
        let mut ledger = funded("1000");
        tell(&mut ledger, &trades);
        let venue = venue(&trades);
        let found = compare(&ours(&ledger, vec![]), &venue, &Tolerance::default());
        for difference in found {
            let (Difference::TradeUnknown { trade, .. } | Difference::TradeNewer { trade, .. }) =
                difference
            else {
                continue;
            };
            let (report, road, _) = trades.iter().find(|(r, ..)| r.trade == trade).unwrap();
            ledger.record_trade(&become_state(report, *road.last().unwrap())).unwrap();
        }
        prop_assert_eq!(halts(&ledger, &venue), []);
    }

    #[test]
    fn a_dollar_that_nobody_can_explain_halts_once_all_is_final(
        trades in trades(), more in any::<bool>()
    ) {
        let mut ledger = funded("1000");
        let finished = |(report, road, _): Known| {
            let end = ROADS.iter().find(|whole| whole.starts_with(road)).unwrap();
            (report, *end, end.len())
        };
        let trades: Vec<Known> = trades.into_iter().map(finished).collect();
        tell(&mut ledger, &trades);
        let mut venue = venue(&trades);
        prop_assert_eq!(halts(&ledger, &venue), []);
        let off = if more { usd("0.010001") } else { usd("-0.010001") };
        venue.cash = venue.cash.map(|cash| cash + off);
        let found = halts(&ledger, &venue);
        prop_assert!(matches!(found[..], [Difference::CashDiffers { .. }]), "{:?}", found);
    }
}
