//! Random books against the brute force.

use std::cell::Cell;

use domain::{FeeSchedule, FeeTerms, Level, Price, Shares, Usd};
use engine::detector::{DetectorSettings, PairView, examine_group, examine_pair};
use engine::opportunity::{Examination, OpportunityKind, OutcomeIndex};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::brute::{Ladder, audit, best_conversion, best_of_sets};
use crate::kit::{self, NOW, Pair, group_view, market, plain_settings, views};

/// Rounding against us at each level: a fee step, and a micro of value.
const STEP_MICROS: i128 = 11;

/// One side: how far each level lies behind the one before, and its size.
type Steps = Vec<(u16, i64)>;

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    yes_ask: u16,
    no_ask: u16,
    spread: u16,
    yes: [Steps; 2],
    no: [Steps; 2],
    rate: &'static str,
    exponent: &'static str,
    size_min: i64,
}

impl Plan {
    /// The same prices with `factor` times as many shares.
    pub(crate) fn scaled(mut self, factor: i64) -> Self {
        for steps in self.yes.iter_mut().chain(&mut self.no) {
            steps.iter_mut().for_each(|(_, size)| *size *= factor);
        }
        self.size_min *= factor;
        self
    }
}

fn steps(levels_max: usize) -> impl Strategy<Value = Steps> {
    // Sizes to the micro, as the venue has them, and whole hundredths.
    let size = prop_oneof![1i64..500_000, (1i64..60).prop_map(|hundredths| hundredths * 10_000)];
    proptest::collection::vec((1u16..400, size), 0..=levels_max)
}

pub(crate) fn a_market(
    ask: std::ops::Range<u16>,
    no_ask: std::ops::Range<u16>,
) -> impl Strategy<Value = Plan> {
    let rates = prop_oneof![
        4 => Just(("0", "1")),
        4 => Just(("0.04", "1")),
        2 => Just(("0.07", "1")),
        1 => Just(("1", "1")),
        1 => Just(("0.25", "2")),
        1 => Just(("0.5", "3")),
        1 => Just(("0.02", "0")),
    ];
    let size_min = prop_oneof![3 => Just(0i64), 1 => 0i64..600_000];
    let books = (steps(4), steps(4), steps(4), steps(4));
    (ask, no_ask, 1u16..200, books, rates, size_min).prop_map(
        |(yes_ask, no_ask, spread, (a, b, c, d), (rate, exponent), size_min)| Plan {
            yes_ask,
            no_ask,
            spread,
            yes: [a, b],
            no: [c, d],
            rate,
            exponent,
            size_min,
        },
    )
}

fn side(start: i32, direction: i32, steps: &Steps) -> Vec<Level> {
    let mut at = start;
    let mut levels = Vec::new();
    for (gap, size) in steps {
        let price = u16::try_from(at).ok().and_then(Price::from_ten_thousandths);
        if let Some(price) = price.filter(|_| at > 0 && at < 10_000) {
            levels.push(Level { price, size: Shares::from_micros(*size) });
        }
        at += direction * i32::from(*gap);
    }
    levels
}

pub(crate) fn build(number: u8, plan: &Plan) -> Pair {
    let mut listed = market(number);
    listed.fee = FeeSchedule::Known(FeeTerms::parse(plan.rate, plan.exponent).unwrap());
    listed.order_size_min = Shares::from_micros(plan.size_min);
    let mut pair = Pair::new(listed);
    for (book, ask, [bids, asks]) in
        [(&mut pair.yes, plan.yes_ask, &plan.yes), (&mut pair.no, plan.no_ask, &plan.no)]
    {
        let (ask, bid) = (i32::from(ask), i32::from(ask) - i32::from(plan.spread));
        book.snapshot(NOW, side(bid, -1, bids), side(ask, 1, asks));
    }
    pair
}

pub(crate) fn limits() -> impl Strategy<Value = DetectorSettings> {
    let notional = prop_oneof![2 => Just(0i64), 1 => 0i64..300_000];
    let chain = prop_oneof![2 => Just(0i64), 1 => 0i64..20_000];
    let capital = prop_oneof![3 => Just(1_000_000_000i64), 1 => 50_000i64..1_500_000];
    (notional, chain, capital).prop_map(|(notional, chain, capital)| {
        let mut settings = plain_settings();
        settings.notional_usd_min = Usd::from_micros(notional);
        settings.capital_usd_max = Usd::from_micros(capital);
        let chain = Usd::from_micros(chain);
        settings.chain_costs.split = chain;
        settings.chain_costs.merge = chain;
        settings.chain_costs.convert = chain;
        settings.chain_costs.redeem = chain;
        settings
    })
}

/// The detector's answer for `kind` against the best there is.
fn judge(
    examination: &Examination,
    kind: OpportunityKind,
    best: Option<i128>,
    tolerance: i128,
) -> Result<(), TestCaseError> {
    let found = examination.found().iter().find(|found| found.kind == kind);
    let net = found.map(|found| i128::from(found.net.micros()));
    prop_assert_eq!(net.is_none(), examination.reason(kind).is_some(), "found or missed");
    match net {
        Some(net) => {
            prop_assert!(net <= best.unwrap_or(0), "{kind} {net} beats the best {best:?}");
            let lost = best.unwrap_or(0) - net;
            prop_assert!(lost <= tolerance, "{kind} found {net} of {best:?}");
        }
        None => prop_assert!(
            best.unwrap_or(0) <= tolerance,
            "{kind} missed {best:?}: {:?}",
            examination.reason(kind)
        ),
    }
    Ok(())
}

fn ladders(
    members: &[PairView<'_>],
    outcome: OutcomeIndex,
    buys: bool,
    settings: &DetectorSettings,
) -> Vec<Ladder> {
    members.iter().map(|pair| Ladder::new(pair, outcome, buys, settings)).collect()
}

/// How often each kind was found: a judge that never hears a case proves nothing.
#[derive(Default)]
struct Tally([Cell<usize>; OpportunityKind::ALL.len()]);

impl Tally {
    fn count(&self, examination: &Examination) {
        for found in examination.found() {
            let count = &self.0[found.kind as usize];
            count.set(count.get() + 1);
        }
    }
    fn demand(&self, kinds: &[OpportunityKind], least: usize) {
        for kind in kinds {
            let count = self.0[*kind as usize].get();
            println!("{kind}: found {count} times");
            assert!(count >= least, "{kind} was found only {count} times");
        }
    }
}

fn config() -> Config {
    Config { failure_persistence: None, ..Config::with_cases(3_000) }
}

#[test]
fn parity_trades_are_the_best_there_are_and_exact_to_the_micro() {
    let tally = Tally::default();
    let case = (a_market(3_000..6_000, 3_500..6_500), limits());
    let result = TestRunner::new(config()).run(&case, |(plan, settings)| {
        let pair = build(1, &plan);
        let view = pair.view();
        let examination = examine_pair(&view, &settings, NOW);
        tally.count(&examination);
        for found in examination.found() {
            audit(found, &[view], 0, &settings);
        }
        let both = |buys| {
            [OutcomeIndex::Yes, OutcomeIndex::No]
                .map(|outcome| Ladder::new(&view, outcome, buys, &settings))
        };
        let tolerance = 8 * STEP_MICROS;
        let costs = &settings.chain_costs;
        let long = best_of_sets(&both(true), true, 0, 0, costs.merge, &settings);
        judge(&examination, OpportunityKind::ParityLong, long, tolerance)?;
        let short = best_of_sets(&both(false), false, 0, 0, costs.split, &settings);
        judge(&examination, OpportunityKind::ParityShort, short, tolerance)?;
        prop_assert_eq!(examination.ends().count(), 2);
        Ok(())
    });
    result.unwrap();
    tally.demand(&OpportunityKind::OF_MARKET, 200);
}

#[test]
fn group_trades_are_the_best_there_are_and_exact_to_the_micro() {
    let tally = Tally::default();
    let plans = proptest::collection::vec(a_market(2_500..5_000, 5_300..7_200), 2..=4);
    let fee_bips = prop_oneof![2 => Just(0u32), 1 => 0u32..300];
    let case = (plans, limits(), fee_bips);
    let result = TestRunner::new(config())
        .run(&case, |(plans, settings, bips)| judge_group(&plans, &settings, bips, &tally));
    result.unwrap();
    tally.demand(&OpportunityKind::OF_GROUP, 200);
}

fn judge_group(
    plans: &[Plan],
    settings: &DetectorSettings,
    fee_bips: u32,
    tally: &Tally,
) -> Result<(), TestCaseError> {
    let mut pairs: Vec<Pair> =
        plans.iter().zip(1..).map(|(plan, number)| build(number, plan)).collect();
    let group = kit::group(&mut pairs, fee_bips);
    let members = views(&pairs);
    let examination = examine_group(&group_view(&group, &members), settings, NOW);
    tally.count(&examination);
    let (bips, count) = (i128::from(fee_bips), members.len() as i128);
    for found in examination.found() {
        audit(found, &members, bips, settings);
    }
    let tolerance = 4 * count * STEP_MICROS;
    let buys = ladders(&members, OutcomeIndex::Yes, true, settings);
    let long = best_of_sets(&buys, true, 0, 0, settings.chain_costs.redeem, settings);
    judge(&examination, OpportunityKind::NegRiskLong, long, tolerance)?;

    let sells = ladders(&members, OutcomeIndex::Yes, false, settings);
    let splits = settings.chain_costs.split.micros() * i64::try_from(count).unwrap();
    let chain = Usd::from_micros(splits) + settings.chain_costs.convert;
    let short = best_of_sets(&sells, false, count, bips, chain, settings);
    judge(&examination, OpportunityKind::NegRiskShort, short, tolerance)?;

    let buys = ladders(&members, OutcomeIndex::No, true, settings);
    let best = best_conversion(&buys, &sells, bips, settings);
    // With a conversion fee less than a hundredth of a share of each YES stays unsold. With a
    // binding capital limit the best set is a knapsack: no more is claimed than is possible.
    let unsold = if fee_bips == 0 { 0 } else { count * 10_000 };
    let is_bound = settings.capital_usd_max < Usd::from_whole(100);
    let tolerance = if is_bound { i128::MAX } else { tolerance + unsold };
    judge(&examination, OpportunityKind::NegRiskConvert, best, tolerance)?;
    prop_assert_eq!(examination.ends().count(), 3);
    Ok(())
}
