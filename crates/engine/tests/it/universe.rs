//! What is watched, and where.

use std::collections::BTreeSet;

use domain::{EventGroup, GroupId, Market, MarketState, TokenId, Usd};
use engine::catalogue::{Catalogue, Listing, Walk};
use engine::filter::{FilterSettings, MarketFilter};
use engine::universe::{Shards, Universe, assign, choose};
use proptest::prelude::*;

use crate::kit::{self, NOW, Pair, market};

fn with_volume(number: u8, volume: i64) -> Market {
    Market { volume_24h: Usd::from_whole(volume), ..market(number) }
}

fn group_of(name: &str, markets: &mut Vec<Market>, numbers: &[(u8, i64)]) -> EventGroup {
    let mut pairs: Vec<Pair> =
        numbers.iter().map(|(number, volume)| Pair::new(with_volume(*number, *volume))).collect();
    let group = EventGroup { id: GroupId(name.into()), ..kit::group(&mut pairs, 0) };
    markets.extend(pairs.into_iter().map(|pair| pair.market));
    group
}

fn chosen(markets: Vec<Market>, groups: Vec<EventGroup>, tokens_max: usize) -> Universe {
    let mut catalogue = Catalogue::new(100);
    catalogue.sync(Listing { markets, groups, unreadable: Vec::new(), walk: Walk::Complete });
    let settings = FilterSettings {
        liquidity_usd_min: Usd::ZERO,
        keywords_excluded: vec!["hidden".to_owned()],
        ..FilterSettings::default()
    };
    choose(&catalogue, &MarketFilter::new(settings), tokens_max, NOW)
}

fn numbers(universe: &Universe) -> Vec<u8> {
    universe.markets.iter().map(|market| market.condition.bytes()[0]).collect()
}

#[test]
fn whole_groups_come_first_by_volume_and_then_single_markets() {
    let mut markets = vec![with_volume(1, 900), with_volume(2, 800)];
    markets.push(Market { title: "A hidden one".into(), ..with_volume(3, 1_000) });
    let quiet = group_of("quiet", &mut markets, &[(10, 1), (11, 1)]);
    let busy = group_of("busy", &mut markets, &[(20, 5), (21, 6), (22, 7)]);
    let universe = chosen(markets.clone(), vec![quiet.clone(), busy.clone()], 100);
    assert_eq!(numbers(&universe), [20, 21, 22, 10, 11, 1, 2]);
    assert_eq!(universe.groups, [busy.id.clone(), quiet.id.clone()]);
    assert_eq!(universe.pairs().count(), 7);

    let narrow = chosen(markets, vec![quiet.clone(), busy], 4);
    assert_eq!(narrow.groups, [quiet.id], "a group that does not fit wholly is left out");
    assert_eq!(
        (numbers(&narrow), narrow.groups_left_out, narrow.markets_left_out),
        (vec![10, 11], 1, 5)
    );
}

#[test]
fn a_group_that_proves_nothing_is_no_group_but_its_markets_may_be_watched() {
    let mut markets = Vec::new();
    let mut augmented = group_of("augmented", &mut markets, &[(1, 9), (2, 9)]);
    augmented.augmented = true;
    let paused = group_of("paused", &mut markets, &[(3, 9), (4, 9)]);
    markets[3].state = MarketState::Paused;
    let mut unlisted = group_of("unlisted", &mut markets, &[(5, 9), (6, 9)]);
    unlisted.markets.push(market(99).condition);
    let universe = chosen(markets, vec![augmented, paused, unlisted], 100);
    assert!(universe.groups.is_empty());
    assert_eq!(numbers(&universe), [1, 2, 3, 5, 6]);
}

fn pair(number: u64) -> [TokenId; 2] {
    [0, 1].map(|at| TokenId::from_words([0, 0, 0, number * 2 + at]))
}

#[test]
fn a_market_stays_on_its_connection_when_others_come_and_go() {
    let wanted: Vec<_> = (0..40).map(pair).collect();
    let first = assign(&Shards::default(), &wanted, 4, 200);
    assert!(first.shards.iter().all(|pairs| pairs.len() == 10));
    let next: Vec<_> = (2..42).map(pair).collect();
    let second = assign(&first, &next, 4, 200);
    let moved = |pair: &[TokenId; 2]| {
        let at = |shards: &Shards| shards.shards.iter().position(|pairs| pairs.contains(pair));
        at(&first).is_some() && at(&first) != at(&second)
    };
    assert_eq!(next.iter().filter(|pair| moved(pair)).count(), 0);
}

proptest! {
    #[test]
    fn connections_are_full_of_whole_markets_balanced_and_within_their_limit(
        before in proptest::collection::vec(0u64..120, 0..120),
        after in proptest::collection::vec(0u64..120, 0..120),
        shards_before in 0usize..6, shards in 0usize..6, most in 0usize..60,
    ) {
        let pairs = |numbers: &[u64]| numbers.iter().map(|n| pair(*n)).collect::<Vec<_>>();
        let previous = assign(&Shards::default(), &pairs(&before), shards_before, most);
        let now = assign(&previous, &pairs(&after), shards, most);
        let wanted: BTreeSet<_> = pairs(&after).into_iter().collect();
        let mut all: Vec<_> = now.shards.concat();
        let placed = all.len();
        prop_assert_eq!(placed, wanted.len().min(shards * (most / 2)), "all that fits is placed");
        all.extend(&now.left_out);
        all.sort_unstable();
        prop_assert_eq!(all, wanted.into_iter().collect::<Vec<_>>(), "nothing twice, nothing lost");
        prop_assert_eq!(now.shards.len(), shards);
        let even = placed.div_ceil(shards.max(1));
        for shard in 0..shards {
            prop_assert!(now.tokens(shard) <= most);
            prop_assert!(now.tokens(shard) / 2 <= even + even / 8);
        }
        prop_assert_eq!(&assign(&now, &pairs(&after), shards, most), &now, "a second time moves nothing");
    }
}
