//! Plans in a world that fills, refuses, fails and reverts as it likes.

pub(crate) mod world;

use domain::{DurationMillis, Shares, TickSize, Usd};
use engine::desk::{ExecutionSettings, Phase, Verdict};
use engine::signal::{Signal, Stage};
use proptest::prelude::*;

use world::{Luck, World, convert, parity_long, parity_short, sets_long, sets_short};

const NEVER: DurationMillis = DurationMillis(i64::MAX);

/// As it would be on a grid of whole cents.
fn coarse(mut signal: Signal) -> Signal {
    for stage in &mut signal.stages {
        if let Stage::Orders(orders) = stage {
            orders.iter_mut().for_each(|order| order.market.tick = TickSize::Hundredth);
        }
    }
    signal
}

fn run(signal: Signal, luck: Luck) -> World {
    let mut world = World::new(signal, luck);
    world.run_to_the_end();
    world
}

#[test]
fn a_pair_bought_and_merged_leaves_dollars_only() {
    let world = run(parity_long(), Luck::kind());
    let end = world.end();
    assert_eq!(end.verdict, Verdict::Done);
    assert!(end.kept.is_empty() && end.left.is_empty(), "{end:?}");
    assert_eq!(end.cash, Usd::from_whole(100) - Usd::from_micros(46_000_000 + 50_000_000));
}

#[test]
fn a_pair_split_and_sold_leaves_dollars_only() {
    let end = run(parity_short(), Luck::kind()).end();
    assert_eq!(end.verdict, Verdict::Done);
    assert_eq!(end.cash, Usd::from_micros(55_000_000 + 50_000_000) - Usd::from_whole(100));
}

#[test]
fn a_leg_that_finds_nobody_is_quoted_again_and_then_the_other_is_given_back() {
    let mut luck = Luck::kind();
    luck.dead_tokens = vec![world::no(1)];
    let world = run(parity_long(), luck);
    let end = world.end();
    assert!(end.kept.is_empty() && end.left.is_empty(), "{end:?}");
    assert!(world.orders_of(world::no(1)) > 1, "quoted again");
    assert!(end.cash < Usd::ZERO && end.cash > Usd::from_whole(-30), "{end:?}");
}

#[test]
fn what_nobody_takes_is_kept_and_reported() {
    let mut luck = Luck::kind();
    luck.dead_tokens = vec![world::no(1)];
    luck.no_bids_for = Some(NEVER);
    let world = run(parity_long(), luck);
    let end = world.end();
    assert_eq!(end.verdict, Verdict::Unbalanced);
    assert_eq!(end.left.get(&world::yes(1)), Some(&Shares::from_whole(100)));
    assert!(world.offered_at().is_empty(), "where nobody bids nothing is offered");
}

#[test]
fn a_leg_is_not_given_up_while_its_price_is_not_known() {
    let mut luck = Luck::kind();
    luck.dead_tokens = vec![world::no(1)];
    luck.no_bids_for = Some(DurationMillis(60_000));
    let world = run(parity_long(), luck);
    assert_eq!((world.end().verdict, world.end().left.len()), (Verdict::Done, 0));
    assert_eq!(world.offered_at(), [60_000], "at once when somebody bids again");
}

#[test]
fn what_finds_nobody_is_offered_five_times_two_seconds_apart() {
    let mut luck = Luck::kind();
    luck.dead_tokens = vec![world::no(1)];
    luck.no_takers = true;
    let world = run(parity_long(), luck);
    assert_eq!(world.end().verdict, Verdict::Unbalanced);
    let offers = world.offered_at();
    assert_eq!(offers.len(), 5, "{offers:?}");
    assert!(offers.windows(2).all(|pair| pair[1] - pair[0] >= 2_000), "{offers:?}");
}

#[test]
fn a_bid_on_a_finer_grid_is_met_on_the_grid_that_is_known() {
    let mut luck = Luck::kind();
    luck.dead_tokens = vec![world::no(1)];
    luck.bid = "0.4055";
    let end = run(coarse(parity_long()), luck).end();
    assert_eq!((end.verdict, end.left.len()), (Verdict::Done, 0));
    assert_eq!(end.cash, Usd::from_micros(100 * 400_000 - 100 * 460_000));
}

#[test]
fn a_split_that_reverts_ends_the_plan_with_nothing_done() {
    let mut luck = Luck::kind();
    luck.tasks_fail = 1;
    let world = run(parity_short(), luck);
    assert_eq!(world.end().verdict, Verdict::Nothing);
    assert_eq!(world.order_count(), 0);
}

#[test]
fn a_merge_that_reverts_is_tried_again() {
    let mut luck = Luck::kind();
    luck.tasks_fail = 1;
    let end = run(parity_long(), luck).end();
    assert_eq!((end.verdict, end.left.len()), (Verdict::Done, 0));
}

#[test]
fn sets_of_a_group_are_kept_and_the_surplus_is_not() {
    let mut luck = Luck::kind();
    luck.fill_percent = vec![100, 70, 100];
    luck.refuse_after = Some(3);
    let end = run(sets_long(), luck).end();
    let sets: Vec<_> = end.kept.values().collect();
    assert_eq!(sets, [&Shares::from_whole(70); 3], "{end:?}");
}

#[test]
fn a_group_sold_short_and_a_conversion_end_in_dollars() {
    for signal in [sets_short(), convert()] {
        let end = run(signal, Luck::kind()).end();
        assert_eq!(end.verdict, Verdict::Done, "{end:?}");
        assert!(end.left.is_empty() && end.cash.is_positive(), "{end:?}");
    }
}

#[test]
fn a_halted_plan_only_cancels_and_goes_on_afterwards() {
    let mut world = World::new(parity_long(), Luck::kind());
    world.halt();
    for _ in 0..20 {
        world.turn();
    }
    assert_eq!((world.order_count(), world.phase()), (0, Phase::Before { stage: 0 }));
    world.resume();
    world.run_to_the_end();
    assert!(world.end().left.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// The world checks at every turn that no sale exceeds what has settled.
    #[test]
    fn every_plan_ends_and_accounts_for_every_share_and_dollar(
        kind in 0usize..5,
        fills in proptest::collection::vec(0u8..=120, 1..40),
        fails in 0u32..4, trades_fail in 0u32..6, no_bids in any::<bool>(),
        refuse_after in proptest::option::of(0usize..8), late in 0u32..4,
    ) {
        let signal = match kind {
            0 => parity_long(), 1 => parity_short(), 2 => sets_long(), 3 => sets_short(), _ => convert(),
        };
        let luck = Luck {
            fill_percent: fills, tasks_fail: fails, trades_fail, refuse_after,
            no_bids_for: no_bids.then_some(NEVER), settle_turns: late, ..Luck::kind()
        };
        let world = run(signal, luck);
        let end = world.end();
        prop_assert_eq!(end.cash, world.cash());
        let mut held = end.kept.clone();
        for (token, shares) in &end.left {
            *held.entry(*token).or_default() += *shares;
        }
        prop_assert_eq!(held, world.held());
        let settings = ExecutionSettings::default();
        let rounds = settings.unwinds_max as usize + settings.requotes_max as usize + 4;
        prop_assert!(world.order_count() <= 8 * rounds, "{} orders", world.order_count());
    }
}
