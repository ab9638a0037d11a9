//! Legs over fewer shares, and what giving them back would bring.

use domain::{Level, Shares, Side};
use engine::detector::{PairView, examine_group, examine_pair};
use engine::opportunity::{Leg, Opportunity, OpportunityKind, OutcomeIndex};
use proptest::prelude::*;

use super::brute::Ladder;
use super::random::{a_market, build, limits};
use crate::kit::{
    self, NOW, Pair, fee, group_view, levels, market, plain_settings, price, usd, views,
};

#[test]
fn half_of_each_bid_is_left_to_give_a_purchase_back() {
    let mut listed = market(1);
    listed.fee = fee("0.05");
    let pair = Pair::new(listed)
        .yes("0.40x10 0.30x100", "0.42x100 0.47x50")
        .no("0.45x1000", "0.50x120 0.51x500");
    let found = examine_pair(&pair.view(), &plain_settings(), NOW);
    let long = found.found().iter().find(|o| o.kind == OpportunityKind::ParityLong).unwrap();
    let [yes, no] = [&long.legs[0], &long.legs[1]];
    assert_eq!(yes.taken, levels("0.42x100 0.47x20"));
    assert_eq!(yes.stressed_bids, levels("0.40x5 0.30x50"));
    // 5 x 0.40 + 50 x 0.30 less 5 x 0.05 x 0.24 and 50 x 0.05 x 0.21; 65 shares find nobody
    assert_eq!(yes.unwind, usd("16.415"));
    assert_eq!(no.stressed_bids, levels("0.45x120"));
    assert_eq!(no.unwind, usd("52.515"));

    let fewer = yes.resized(Shares::from_whole(50)).unwrap();
    assert_eq!((fewer.value, fewer.fee, fewer.levels), (usd("21"), usd("0.609"), 1));
    assert_eq!((fewer.limit, fewer.average), (price("0.42"), usd("0.42")));
    assert_eq!(fewer.unwind, usd("14.9675"));
    assert_eq!(yes.resized(Shares::ZERO), None);
    assert_eq!(yes.resized(Shares::from_whole(121)), None);
}

/// What selling into half of every bid brings, by the independent judge.
fn unwound(leg: &Leg, pair: &PairView<'_>, size: i128) -> i128 {
    let settings = plain_settings();
    let book = if leg.outcome == OutcomeIndex::Yes { pair.yes } else { pair.no };
    let bids: Vec<Level> = book.unwrap().book().side(Side::Buy).best_first().collect();
    let ladder = Ladder::new(pair, leg.outcome, false, &settings);
    let (mut left, mut total) = (size, 0);
    for bid in bids {
        let size = left.min(i128::from(bid.size.micros() / 2));
        let (value, fee) = ladder.at(i128::from(bid.price.ten_thousandths()), size);
        total += (value - fee).max(0);
        left -= size;
    }
    total
}

fn check(found: &Opportunity, members: &[PairView<'_>], percent: i64) -> Result<(), TestCaseError> {
    for leg in &found.legs {
        let pair = members.iter().find(|pair| pair.market.condition == leg.condition).unwrap();
        prop_assert_eq!(leg.resized(leg.size), Some(leg.clone()), "its own size changes nothing");
        prop_assert_eq!(
            i128::from(leg.unwind.micros()),
            unwound(leg, pair, leg.size.micros().into())
        );
        let size = Shares::from_micros(leg.size.micros() * percent / 100).floor_to_order_size();
        let Some(fewer) = leg.resized(size) else { continue };
        let ladder = Ladder::new(pair, leg.outcome, leg.side == Side::Buy, &plain_settings());
        let walked = ladder.walk(size.micros().into()).unwrap();
        let figures = (i128::from(fewer.value.micros()), i128::from(fewer.fee.micros()));
        prop_assert_eq!(figures, walked);
        prop_assert_eq!(
            i128::from(fewer.unwind.micros()),
            unwound(leg, pair, size.micros().into())
        );
        prop_assert!(fewer.unwind <= fewer.value, "giving back never brings more than it cost");
        prop_assert_eq!(fewer.levels, fewer.taken.len());
        prop_assert_eq!(fewer.limit, fewer.taken.last().unwrap().price);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]
    #[test]
    fn a_leg_over_fewer_shares_is_what_the_books_say_of_that_many(
        plans in proptest::collection::vec(a_market(2_500..5_000, 5_300..7_200), 2..=4),
        pair in a_market(3_000..6_000, 3_500..6_500),
        settings in limits(),
        percent in 1i64..=100,
    ) {
        let single = build(1, &pair);
        let view = single.view();
        for found in examine_pair(&view, &settings, NOW).found() {
            check(found, &[view], percent)?;
        }
        let mut pairs: Vec<Pair> =
            plans.iter().zip(1..).map(|(plan, number)| build(number, plan)).collect();
        let group = kit::group(&mut pairs, 20);
        let members = views(&pairs);
        for found in examine_group(&group_view(&group, &members), &settings, NOW).found() {
            check(found, &members, percent)?;
        }
    }
}
