//! Random books, random fills: no end is worse than what the signal says.

use std::collections::BTreeMap;

use domain::{ConditionId, Price, Rounding, Shares, Side, TokenId, Usd};
use engine::detector::{ChainCosts, examine_group, examine_pair};
use engine::opportunity::{ChainActionKind, Opportunity, OpportunityKind};
use engine::risk::WorstCase;
use engine::signal::{ChainTask, PlannedOrder, Signal, Stage};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::kit::{Scene, generous, strategy_for};
use crate::detector::random::{a_market, build};
use crate::kit::{self, NOW, Pair, group_view, plain_settings, views};

/// How one order fares: ten-thousandths of its size that fill, and how much better the price is.
type Fate = (u16, u16);

/// A careful clerk who carries a signal out with given fates and writes everything down.
struct Clerk {
    cash: i64,
    lowest: i64,
    held: BTreeMap<TokenId, i64>,
    put_in: BTreeMap<ConditionId, i64>,
}

impl Clerk {
    fn run(signal: &Signal, fates: &[Fate]) -> Self {
        let (cash, lowest) = (0, 0);
        let mut clerk = Self { cash, lowest, held: BTreeMap::new(), put_in: BTreeMap::new() };
        let mut fates = fates.iter().cycle();
        for stage in &signal.stages {
            match stage {
                Stage::Orders(orders) => {
                    for order in orders {
                        clerk.fill(order, *fates.next().unwrap());
                    }
                }
                Stage::Chain(tasks) => tasks.iter().for_each(|task| clerk.carry_out(task)),
            }
        }
        clerk
    }
    fn pay(&mut self, micros: i64) {
        self.cash += micros;
        self.lowest = self.lowest.min(self.cash);
    }
    fn fill(&mut self, order: &PlannedOrder, (part, better): Fate) {
        let limit = order.terms.price.ten_thousandths();
        let tick = order.market.tick.ten_thousandths();
        let price = match order.terms.side {
            Side::Buy => {
                limit - u16::try_from(u32::from(limit) * u32::from(better) / 20_000).unwrap()
            }
            Side::Sell => {
                let room = 10_000 - limit;
                limit + u16::try_from(u32::from(room) * u32::from(better) / 20_000).unwrap()
            }
        };
        let price = Price::from_ten_thousandths(price - price % tick).unwrap();
        let whole = order.terms.size.micros();
        let mut size = i64::try_from(i128::from(whole) * i128::from(part) / 10_000).unwrap();
        let held = self.held.entry(order.terms.token).or_default();
        if order.terms.side == Side::Sell {
            size = size.min(*held);
        }
        // In three fills, each rounded as the venue does.
        for size in [size / 3, size / 3, size - size / 3 * 2] {
            let shares = Shares::from_micros(size);
            let value = shares.at(price, Rounding::HalfUp).micros();
            let fee = order.market.fee.fee(shares, price, Rounding::HalfUp).micros();
            let held = self.held.entry(order.terms.token).or_default();
            match order.terms.side {
                Side::Buy => {
                    *held += size;
                    *self.put_in.entry(order.market.condition).or_default() += value + fee;
                    self.pay(-value - fee);
                }
                Side::Sell => {
                    *held -= size;
                    self.pay(value - fee);
                }
            }
        }
    }
    /// Cut to what is held, as far as it goes.
    fn carry_out(&mut self, task: &ChainTask) {
        let of = |held: &BTreeMap<TokenId, i64>, token| held.get(&token).copied().unwrap_or(0);
        let amount = match task.kind {
            ChainActionKind::Split => task.amount.micros(),
            ChainActionKind::Merge => {
                let tokens = task.markets.iter().flat_map(|market| market.tokens);
                tokens.map(|token| of(&self.held, token)).min().unwrap()
            }
            ChainActionKind::Convert => {
                let given = task.markets.iter().take(task.given);
                given.map(|market| of(&self.held, market.tokens[1])).min().unwrap()
            }
            ChainActionKind::Redeem | ChainActionKind::Transfer => panic!("nobody's plan"),
        };
        let task = task.over(Shares::from_micros(amount.min(task.amount.micros())));
        if task.kind == ChainActionKind::Split {
            for market in &task.markets {
                *self.put_in.entry(market.condition).or_default() += amount;
            }
        }
        self.pay(-task.cost.micros());
        self.pay(task.effect.cash.micros());
        for (token, shares) in &task.effect.shares {
            *self.held.entry(*token).or_default() += shares.micros();
        }
    }
    /// Dollars in the end: YES and NO of a market merge, complete sets of a basket pay, the rest is
    /// worth nothing.
    fn settle(&mut self, signal: &Signal, kind: OpportunityKind) -> i64 {
        let of = |held: &BTreeMap<TokenId, i64>, token| held.get(&token).copied().unwrap_or(0);
        if kind == OpportunityKind::ParityShort {
            let [yes, no] = signal.orders().next().unwrap().market.tokens;
            self.cash += of(&self.held, yes).min(of(&self.held, no));
        }
        if kind == OpportunityKind::NegRiskLong {
            let sets = signal.orders().map(|order| of(&self.held, order.terms.token)).min();
            self.cash += sets.unwrap();
        }
        self.cash
    }
}

fn judge(scene: &Scene, fates: &[Fate], size_max: i64) -> Result<bool, TestCaseError> {
    let opportunity = &scene.opportunity;
    let mut settings = generous();
    settings.size_max = Shares::from_micros(size_max);
    let mut strategy = strategy_for(opportunity.kind, &settings);
    let analysis = strategy.analyze(&scene.situation());
    let Some(signal) = analysis.signal else {
        return Ok(false);
    };
    sound(scene, &signal)?;
    let certificate = &signal.certificate;
    // The clerk does not quote again, so that part of the floor must not be needed.
    let floor = certificate.floor.micros() + 2 * certificate.best.micros().max(0);
    let redeem: i64 = opportunity
        .actions
        .iter()
        .filter(|action| action.kind == ChainActionKind::Redeem)
        .map(|action| action.cost.micros())
        .sum();
    let mut clerk = Clerk::run(&signal, fates);
    let end = clerk.settle(&signal, opportunity.kind) - redeem;
    prop_assert!(end >= floor, "{}: {end} is below the floor {floor}", opportunity.kind);
    prop_assert!(-clerk.lowest <= signal.capital.micros(), "{} needed", -clerk.lowest);
    for (condition, put_in) in &clerk.put_in {
        let named = signal.exposure.iter().find(|market| market.condition == *condition);
        prop_assert!(*put_in <= named.unwrap().at_risk.micros());
    }
    Ok(true)
}

/// What must hold of every signal, whatever happens to it.
fn sound(scene: &Scene, signal: &Signal) -> Result<(), TestCaseError> {
    let opportunity = &scene.opportunity;
    let certificate = &signal.certificate;
    WorstCase::of(signal).and_then(|worst| worst.is_covered_by(signal)).unwrap();
    if signal.size == opportunity.size {
        prop_assert_eq!(certificate.best, opportunity.net, "the same trade, the same profit");
    }
    prop_assert!(certificate.best >= certificate.leg_missing);
    prop_assert!(certificate.leg_missing >= certificate.floor);
    for order in signal.orders() {
        let notional = order.terms.size.at(order.terms.price, Rounding::Down);
        prop_assert!(notional >= Usd::from_whole(1));
        prop_assert!(order.terms.size >= order.market.order_size_min);
        prop_assert_eq!(order.terms.size.floor_to_order_size(), order.terms.size);
    }
    // Filled wholly, at the limits, nothing is over but what a conversion brings beyond the sales.
    let mut clerk = Clerk::run(signal, &[(10_000, 0)]);
    let left = clerk.held.iter().filter(|(_, shares)| **shares != 0);
    match opportunity.kind {
        OpportunityKind::NegRiskLong => {
            let sets = signal.size.micros();
            prop_assert!(clerk.held.values().all(|shares| *shares == sets));
        }
        OpportunityKind::NegRiskConvert => {
            let yes = |token| scene.markets.iter().any(|market| market.yes().token == token);
            prop_assert!(left.clone().all(|(token, shares)| *shares > 0 && yes(*token)));
        }
        _ => prop_assert_eq!(left.count(), 0, "nothing is left over"),
    }
    // The books say what is paid; at the limits it is no more than the profit less.
    let planned: i64 = signal
        .orders()
        .map(|order| match order.terms.side {
            Side::Buy => -(order.value + order.fee).micros(),
            Side::Sell => (order.value - order.fee).micros(),
        })
        .sum();
    let at_limits = clerk.settle(signal, opportunity.kind);
    let chain: i64 = signal.tasks().map(|task| (task.effect.cash - task.cost).micros()).sum();
    let sets = match opportunity.kind {
        OpportunityKind::NegRiskLong => signal.size.micros(),
        _ => 0,
    };
    // Three fills round at most so far apart from the planned levels.
    let slack = 100 * i64::try_from(signal.orders().count()).unwrap();
    prop_assert!(at_limits <= planned + chain + sets + slack);
    Ok(())
}

fn scenes(found: &[Opportunity], pairs: &[Pair], group: Option<&domain::EventGroup>) -> Vec<Scene> {
    found.iter().map(|found| Scene::new(found.clone(), pairs, group)).collect()
}

#[test]
fn no_fill_of_any_leg_ends_below_the_floor_or_needs_more_than_was_named() {
    let config = Config { failure_persistence: None, ..Config::with_cases(500) };
    let fate = prop_oneof![
        2 => Just((0u16, 0u16)),
        2 => Just((10_000, 0)),
        2 => (0u16..=10_000, 0u16..=10_000),
    ];
    let fates = proptest::collection::vec(fate, 1..10);
    let case = (
        a_market(3_000..6_000, 3_500..6_500),
        proptest::collection::vec(a_market(2_500..5_000, 5_300..7_200), 2..=4),
        prop_oneof![2 => Just(0u32), 1 => 0u32..300],
        proptest::collection::vec(fates, 6),
        prop_oneof![1 => Just(i64::MAX), 2 => 1_000_000i64..60_000_000],
    );
    let mut tally: BTreeMap<OpportunityKind, usize> = BTreeMap::new();
    let tally_cell = std::cell::RefCell::new(&mut tally);
    let result = TestRunner::new(config).run(&case, |(pair, plans, bips, fates, size_max)| {
        let mut settings = plain_settings();
        settings.chain_costs = ChainCosts::default();
        let single = [build(1, &pair.scaled(200))];
        let found = examine_pair(&single[0].view(), &settings, NOW).into_found();
        let mut all = scenes(&found, &single, None);
        let built = plans.into_iter().zip(1..).map(|(plan, n)| build(n, &plan.scaled(200)));
        let mut pairs: Vec<Pair> = built.collect();
        let group = kit::group(&mut pairs, bips);
        let members = views(&pairs);
        let found = examine_group(&group_view(&group, &members), &settings, NOW).into_found();
        all.extend(scenes(&found, &pairs, Some(&group)));
        for scene in &all {
            for fates in &fates {
                if judge(scene, fates, size_max)? {
                    *tally_cell.borrow_mut().entry(scene.opportunity.kind).or_default() += 1;
                }
            }
        }
        Ok(())
    });
    result.unwrap();
    for kind in OpportunityKind::ALL {
        let count = tally.get(&kind).copied().unwrap_or(0);
        println!("{kind}: {count} signals carried out");
        assert!(count >= 100, "{kind} was carried out only {count} times");
    }
}
