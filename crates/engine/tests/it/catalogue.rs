//! What a listing changes.

use domain::{FeeSchedule, Market, MarketState};
use engine::catalogue::{Catalogue, Listing, MarketField, SyncFailureCause, SyncResult, Walk};
use proptest::prelude::*;

use crate::kit::{self, Pair, market, usd};

fn listing(markets: Vec<Market>, walk: Walk) -> Listing {
    Listing { markets, groups: Vec::new(), unreadable: Vec::new(), walk }
}

fn numbers(markets: &[std::sync::Arc<Market>]) -> Vec<u8> {
    markets.iter().map(|market| market.condition.bytes()[0]).collect()
}

fn three() -> (Catalogue, SyncResult) {
    let mut catalogue = Catalogue::new(10);
    let result = catalogue.sync(listing(vec![market(3), market(1), market(2)], Walk::Complete));
    (catalogue, result)
}

#[test]
fn a_first_listing_adds_everything_in_order_and_a_second_changes_nothing() {
    let (mut catalogue, first) = three();
    assert_eq!(numbers(&first.added), [1, 2, 3]);
    let again = catalogue.sync(listing(vec![market(1), market(2), market(3)], Walk::Complete));
    assert_eq!(again, SyncResult { unchanged: 3, ..SyncResult::default() });
    assert!(catalogue.owner(&market(2).no().token).is_some());
}

#[test]
fn a_market_is_closed_by_absence_from_a_complete_walk_alone() {
    let (mut catalogue, _) = three();
    let partial = catalogue.sync(listing(vec![market(1)], Walk::Partial));
    assert!(partial.closed.is_empty());
    assert_eq!(catalogue.markets().len(), 3);

    let mut unnamed = listing(vec![market(1)], Walk::Complete);
    unnamed.unreadable = vec![None];
    assert!(catalogue.sync(unnamed).closed.is_empty(), "it may be any of them");

    let mut named = listing(vec![market(1)], Walk::Complete);
    named.unreadable = vec![Some(market(2).condition)];
    let result = catalogue.sync(named);
    assert_eq!((numbers(&result.closed), result.unreadable), (vec![3], 1));
    assert_eq!(result.closed[0].state, MarketState::Closed { payouts: None });
    assert!(catalogue.owner(&market(3).yes().token).is_none());
}

#[test]
fn a_listed_end_closes_a_market_once() {
    let (mut catalogue, _) = three();
    let state = MarketState::Closed { payouts: Some([domain::Price::ONE, domain::Price::ZERO]) };
    let ended = Market { state, ..market(2) };
    let result = catalogue.sync(listing(vec![ended.clone()], Walk::Partial));
    assert_eq!((numbers(&result.closed), result.closed[0].state), (vec![2], state));
    let again = catalogue.sync(listing(vec![ended], Walk::Partial));
    assert_eq!(again, SyncResult { unchanged: 1, ..SyncResult::default() });
}

#[test]
fn terms_that_changed_are_named_and_figures_are_only_refreshed() {
    let (mut catalogue, _) = three();
    let mut dearer = market(1);
    dearer.fee = FeeSchedule::Unknown;
    dearer.state = MarketState::Paused;
    dearer.volume_24h = usd("5");
    let busier = Market { volume_24h: usd("5"), ..market(2) };
    let result = catalogue.sync(listing(vec![dearer, busier, market(3)], Walk::Complete));
    assert_eq!(result.changed.len(), 1);
    assert_eq!(result.changed[0].fields, [MarketField::State, MarketField::Fee]);
    assert_eq!((numbers(&result.refreshed), result.unchanged), (vec![2], 1));
}

#[test]
fn a_market_that_cannot_be_right_is_refused_and_what_was_known_stays() {
    let (mut catalogue, _) = three();
    let mut same = market(1);
    same.outcomes[1].token = same.outcomes[0].token;
    let mut thief = market(4);
    thief.outcomes[0].token = market(2).outcomes[0].token;
    let result = catalogue.sync(listing(vec![same, thief], Walk::Partial));
    let why: Vec<_> = result.failed.iter().map(|failure| failure.why).collect();
    assert_eq!(why, [SyncFailureCause::SameToken, SyncFailureCause::TokenTaken]);
    assert_eq!(**catalogue.market(&market(1).condition).unwrap(), market(1));

    let mut small = Catalogue::new(1);
    let result = small.sync(listing(vec![market(1), market(2)], Walk::Complete));
    assert_eq!((result.added.len(), result.failed[0].why), (1, SyncFailureCause::Full));
}

#[test]
fn a_group_stays_while_one_of_its_markets_does() {
    let mut pairs = vec![Pair::new(market(1)), Pair::new(market(2))];
    let group = kit::group(&mut pairs, 0);
    let markets: Vec<Market> = pairs.iter().map(|pair| pair.market.clone()).collect();
    let mut catalogue = Catalogue::new(10);
    let whole = Listing { groups: vec![group.clone()], ..listing(markets.clone(), Walk::Complete) };
    assert_eq!(catalogue.sync(whole.clone()).groups_changed.first(), Some(&group.id));
    assert!(catalogue.sync(whole).groups_changed.is_empty());
    let one_left = catalogue.sync(listing(vec![markets[0].clone()], Walk::Complete));
    assert!(one_left.groups_closed.is_empty());
    let none_left = catalogue.sync(listing(Vec::new(), Walk::Complete));
    assert_eq!(none_left.groups_closed, [group.id]);
    assert_eq!(catalogue.groups().len(), 0);
}

#[test]
fn a_member_that_resolved_to_no_leaves_its_group_and_any_other_end_keeps_it_incomplete() {
    use domain::Price;
    let mut pairs: Vec<Pair> = (1..=4).map(|number| Pair::new(market(number))).collect();
    let group = kit::group(&mut pairs, 0);
    let mut markets: Vec<Market> = pairs.iter().map(|pair| pair.market.clone()).collect();
    markets[1].state = MarketState::Closed { payouts: Some([Price::ZERO, Price::ONE]) };
    markets[2].state = MarketState::Closed { payouts: None };
    let mut catalogue = Catalogue::new(10);
    let groups = vec![group.clone()];
    catalogue.sync(Listing { groups, ..listing(markets.clone(), Walk::Complete) });
    let members = &catalogue.group(&group.id).unwrap().markets;
    let kept = [markets[0].condition, markets[2].condition, markets[3].condition];
    assert_eq!(*members, kept, "who ended without a known result may still pay");
}

proptest! {
    #[test]
    fn every_listed_market_ends_in_exactly_one_list(
        walks in proptest::collection::vec(
            (proptest::collection::btree_map(0u8..12, 0u8..4, 0..12), any::<bool>()), 1..8)
    ) {
        let mut catalogue = Catalogue::new(8);
        for (entries, complete) in walks {
            let before = catalogue.markets().len();
            let build = |(number, state): (&u8, &u8)| {
                let mut listed = market(*number);
                match *state {
                    0 => listed.state = MarketState::Closed { payouts: None },
                    1 => listed.state = MarketState::Paused,
                    2 => listed.volume_24h = usd("7"),
                    _ => {}
                }
                listed
            };
            let markets: Vec<_> = entries.iter().map(build).collect();
            let walk = if complete { Walk::Complete } else { Walk::Partial };
            let result = catalogue.sync(listing(markets, walk));
            let absent = result.closed.iter()
                .filter(|market| !entries.contains_key(&market.condition.bytes()[0])).count();
            let ended = result.added.len() + result.changed.len() + result.refreshed.len()
                + result.closed.len() - absent + result.unchanged + result.failed.len();
            prop_assert_eq!(ended, entries.len());
            prop_assert_eq!(catalogue.markets().len(), before + result.added.len() - result.closed.len());
            prop_assert!(catalogue.markets().len() <= 8);
            for market in catalogue.markets() {
                for outcome in &market.outcomes {
                    prop_assert_eq!(catalogue.owner(&outcome.token), Some(market));
                }
            }
        }
    }
}
