//! Worked by hand.

use domain::{Lifetime, Shares, Side, UnixMillis, Usd};
use engine::detector::DetectorSettings;
use engine::opportunity::{ChainActionKind, OpportunityKind, OutcomeIndex};
use engine::risk::{Limits, WorstCase};
use engine::signal::{Aim, Signal, Stage};
use engine::strategy::Room;

use super::kit::{LATER, Scene, generous, in_group, in_pair, strategy_for};
use crate::kit::{Pair, fee, market, plain_settings, price, usd};

fn signal_of(scene: &Scene) -> Signal {
    let mut strategy = strategy_for(scene.opportunity.kind, &generous());
    let analysis = strategy.analyze(&scene.situation());
    let refusals: Vec<_> = analysis.review.refusals().collect();
    analysis.signal.unwrap_or_else(|| panic!("refused: {refusals:?}"))
}

/// `orders` and the kinds of the tasks, stage by stage.
fn outline(signal: &Signal) -> Vec<String> {
    let stage = |stage: &Stage| match stage {
        Stage::Orders(orders) => {
            let side = if orders[0].terms.side == Side::Buy { "buy" } else { "sell" };
            format!("{side} {}", orders.len())
        }
        Stage::Chain(tasks) => format!("{:?} {}", tasks[0].kind, tasks.len()),
    };
    signal.stages.iter().map(stage).collect()
}

fn long_pair() -> Scene {
    let mut listed = market(1);
    listed.fee = fee("0.05");
    let pair = Pair::new(listed)
        .yes("0.40x10 0.30x100", "0.42x100 0.47x50 0.60x9")
        .no("0.45x1000", "0.50x120 0.51x500");
    let mut settings = plain_settings();
    settings.chain_costs.merge = usd("0.01");
    in_pair(pair, OpportunityKind::ParityLong, &settings)
}

#[test]
fn arbitrage_long_buys_both_for_exactly_the_shares_and_merges() {
    let scene = long_pair();
    let signal = signal_of(&scene);
    assert_eq!(outline(&signal), ["buy 2", "Merge 1"]);
    assert_eq!((signal.size, signal.aim), (Shares::from_whole(120), Aim::Flat));
    assert_eq!(signal.certificate.best, usd("5.6229"), "the net profit of the opportunity");
    // YES cost 52.8671 and gives back 16.415; NO cost 61.5 and gives back 52.515.
    // Without NO: 16.415 - 52.8671 - 0.01. Without YES: 52.515 - 61.5 - 0.01.
    assert_eq!(signal.certificate.leg_missing, usd("-36.4621"));
    // At the limits: 120 x 0.47 + 120 x 0.05 x 0.2491 + 0.01, and 120 x 0.50 + 1.5 + 0.01.
    // The worst: NO alone, worth nothing; and new quotes give the profit away.
    assert_eq!(signal.certificate.floor, usd("-61.52") - usd("11.2458"));
    let orders: Vec<_> = signal.orders().collect();
    let names: Vec<_> = orders.iter().map(|order| order.outcome).collect();
    assert_eq!(names, [OutcomeIndex::No, OutcomeIndex::Yes], "what is missed most goes first");
    let yes = orders[1];
    assert_eq!((yes.terms.price, yes.terms.size), (price("0.47"), Shares::from_whole(120)));
    assert_eq!((yes.value, yes.fee), (usd("51.4"), usd("1.4671")));
    let Lifetime::GoodTilDate { expires_at } = yes.terms.lifetime else { panic!("{yes:?}") };
    assert_eq!(expires_at.0 % 1_000, 0);
    assert!((180_000..181_000).contains(&expires_at.since(LATER).0));
    // 56.4 + 1.4946 + 0.01 and 61.51, and twice the profit in each
    assert_eq!(signal.exposure.len(), 1);
    assert_eq!(signal.exposure[0].at_risk, usd("57.9046") + usd("61.51") + usd("11.2458"));
    assert_eq!(signal.capital, usd("119.4146") + usd("11.2458") + usd("0.01"));
    let merge = signal.tasks().next().unwrap();
    assert_eq!((merge.kind, merge.amount), (ChainActionKind::Merge, Shares::from_whole(120)));
    let id = format!("arbitrage_long:{}:1", scene.id);
    assert_eq!((signal.id.as_str(), signal.opportunity), (id.as_str(), Some(scene.id.clone())));
    assert_eq!(signal.books_vouched_at, Some(UnixMillis(LATER.0 - 10)));
}

#[test]
fn mint_split_splits_first_and_sells_only_what_it_has() {
    let pair = Pair::new(market(1)).yes("0.55x30 0.50x100", "0.9x1").no("0.47x30", "0.9x1");
    let scene = in_pair(pair, OpportunityKind::ParityShort, &DetectorSettings::default());
    let signal = signal_of(&scene);
    assert_eq!(outline(&signal), ["Split 1", "sell 2"]);
    assert_eq!(signal.aim, Aim::Flat);
    assert_eq!(signal.certificate.best, usd("0.59"));
    // Without NO: its stressed bids take 15 at 0.47. 16.5 + 7.05 - 30 - 0.01
    // Without YES: 15 at 0.55 and 15 of 50 at 0.50. 15.75 + 14.1 - 30 - 0.01
    assert_eq!(signal.certificate.leg_missing, usd("-6.46"));
    // NO alone is sold, for 14.1 less a cent for roundings; what new quotes give away
    assert_eq!(signal.certificate.floor, usd("-15.92") - usd("1.18"));
    let orders: Vec<_> =
        signal.orders().map(|order| (order.outcome, order.terms.lifetime)).collect();
    let (no, yes) = (OutcomeIndex::No, OutcomeIndex::Yes);
    assert_eq!(orders, [(no, Lifetime::FillAndKill), (yes, Lifetime::FillAndKill)]);
    assert_eq!((signal.capital, signal.exposure[0].at_risk), (usd("30.01"), usd("30")));
}

fn three(books: [[&str; 4]; 3]) -> Vec<Pair> {
    let pair =
        |(number, [a, b, c, d]): (u8, [&str; 4])| Pair::new(market(number)).yes(a, b).no(c, d);
    (1..).zip(books).map(pair).collect()
}

#[test]
fn a_basket_long_buys_every_yes_and_holds_the_complete_sets() {
    let mut pairs = three([
        ["0.2x50", "0.30x50", "0.6x50", "0.8x50"],
        ["0.2x50", "0.31x40 0.32x40", "0.6x50", "0.8x50"],
        ["0.1x200", "0.33x90", "0.6x50", "0.8x50"],
    ]);
    for (pair, hours) in pairs.iter_mut().zip([30, 20, 40]) {
        pair.market.ends_at = Some(UnixMillis(LATER.0 + hours * 3_600_000));
    }
    let settings = DetectorSettings::default();
    let scene = in_group(pairs, 0, OpportunityKind::NegRiskLong, &settings);
    let signal = signal_of(&scene);
    assert_eq!(outline(&signal), ["buy 3"]);
    assert_eq!(signal.aim, Aim::CompleteSets);
    assert_eq!(signal.certificate.best, usd("2.89"));
    // Each gives back 25 x 0.2, 25 x 0.2 and 50 x 0.1; the costs are 15, 15.6 and 16.5.
    // Without the first: 10 - 32.1 - 0.01
    assert_eq!(signal.certificate.leg_missing, usd("-22.11"));
    // All but the cheapest at the limits: 16.01 + 16.51 + 0.01, and twice the profit
    assert_eq!(signal.certificate.floor, usd("-32.53") - usd("5.78"));
    let numbers: Vec<_> = signal.orders().map(|order| order.market.condition.bytes()[0]).collect();
    assert_eq!(numbers, [1, 2, 3]);
    // 15.01 + 16.01 + 16.51, twice the profit, and the redemption that follows
    assert_eq!(signal.capital, usd("47.53") + usd("5.78") + usd("0.01"));
    assert_eq!(signal.ends_at, Some(UnixMillis(LATER.0 + 20 * 3_600_000)), "the first end");
}

#[test]
fn a_basket_short_splits_everywhere_sells_every_yes_and_converts_all_nos() {
    let books = three([
        ["0.40x50", "0.9x50", "0.1x50", "0.9x50"],
        ["0.40x50", "0.9x50", "0.1x50", "0.9x50"],
        ["0.25x70", "0.9x50", "0.1x50", "0.9x50"],
    ]);
    let scene = in_group(books, 20, OpportunityKind::NegRiskShort, &DetectorSettings::default());
    let signal = signal_of(&scene);
    assert_eq!(outline(&signal), ["Split 3", "sell 3", "Convert 1"]);
    assert_eq!(signal.aim, Aim::Flat);
    assert_eq!(signal.certificate.best, usd("2.26"));
    // Without a leg of 20: 25 x 0.40 come from the stressed bids, 10 less.
    assert_eq!(signal.certificate.leg_missing, usd("-7.74"));
    // Nothing is sold: 50 x (2 - 3), 0.2 kept by the contracts, 0.04 for the chain
    assert_eq!(signal.certificate.floor, usd("-50.24") - usd("4.52"));
    assert_eq!(signal.capital, usd("150.04"));
    assert!(signal.exposure.iter().all(|market| market.at_risk == usd("50")));
    assert!(
        signal
            .exposure
            .iter()
            .all(|market| market.group == scene.group.as_ref().map(|g| g.id.clone()))
    );
    let convert = signal.tasks().last().unwrap();
    assert_eq!((convert.given, convert.effect.cash), (3, usd("99.8")));
}

#[test]
fn a_conversion_buys_converts_and_sells_what_comes_back() {
    let books = three([
        ["0.20x9", "0.9x9", "0.1x9", "0.60x40"],
        ["0.20x9", "0.9x9", "0.1x9", "0.55x40"],
        ["0.30x40", "0.9x9", "0.1x9", "0.75x40"],
    ]);
    let scene = in_group(books, 0, OpportunityKind::NegRiskConvert, &DetectorSettings::default());
    let signal = signal_of(&scene);
    assert_eq!(outline(&signal), ["buy 2", "Convert 1", "sell 1"]);
    assert_eq!(signal.certificate.best, usd("5.99"));
    // One NO alone: 24 paid, 4.5 x 0.1 back
    assert_eq!(signal.certificate.leg_missing, usd("-23.56"));
    // The dearer NO alone is 24.01 and a cent, and twice the profit
    assert_eq!(signal.certificate.floor, usd("-24.02") - usd("11.98"));
    let convert = signal.tasks().next().unwrap();
    assert_eq!((convert.given, convert.markets.len()), (2, 3));
    assert_eq!(convert.effect.cash, usd("40"));
    assert_eq!(convert.markets[2].condition.bytes()[0], 3, "whose YES comes back is named last");
    // The YES that comes back carries what the dollars do not cover.
    assert_eq!(signal.exposure.len(), 3);
    assert_eq!(signal.exposure[2].at_risk, usd("46.02") + usd("11.98") - usd("40"));
}

#[test]
fn a_smaller_room_gives_the_largest_size_that_finds_room_with_the_figures_of_that_size() {
    let mut scene = long_pair();
    let whole = signal_of(&scene);
    scene.room.market_usd = usd("60");
    let signal = signal_of(&scene);
    assert!(signal.size < whole.size && signal.size > Shares::from_whole(50), "{}", signal.size);
    assert!(signal.exposure[0].at_risk <= usd("60"));
    let yes = signal.orders().find(|order| order.outcome == OutcomeIndex::Yes).unwrap();
    assert_eq!(yes.terms.price, price("0.42"), "fewer shares need fewer levels");
    // Per set 0.08 less fees of 0.01218 and 0.0125: more than the last levels of the whole brought
    let rate = |signal: &Signal| signal.certificate.best.micros() * 1_000 / signal.size.micros();
    assert!(rate(&signal) > rate(&whole));
    // A hundredth more would not have found room.
    let mut strategy = strategy_for(scene.opportunity.kind, &generous());
    assert_eq!(strategy.position_size(&scene.situation()), signal.size);
    let mut tight = generous();
    tight.size_max = signal.size + Shares::from_micros(10_000);
    scene.room = super::kit::endless();
    strategy.routine_mut().set_settings(tight).unwrap();
    let next = strategy.analyze(&scene.situation()).signal.unwrap();
    assert_eq!(next.size, signal.size + Shares::from_micros(10_000));
    assert!(WorstCase::of(&next).unwrap().markets.values().any(|at_risk| *at_risk > usd("60")));
}

#[test]
fn the_room_of_the_limits_holds_what_the_limits_allow() {
    let mut scene = long_pair();
    scene.room = Room::of(&Limits { leg_missing_loss_usd_max: usd("5"), ..Limits::default() });
    let signal = signal_of(&scene);
    assert!(signal.certificate.leg_missing >= usd("-5"));
    assert!(signal.certificate.leg_missing < usd("-4.9"), "{:?}", signal.certificate);
    assert!(signal.certificate.best > Usd::ZERO);
}
