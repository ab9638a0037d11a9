//! Eight strategies at once never exceed a limit by a cent.
//!
//! The test keeps a world of its own: what every plan may still spend and what is held, by market.
//! After each step the sums of that world are compared with the limits; the book's own sums are not
//! asked.

use std::collections::BTreeMap;

use domain::{ConditionId, GroupId, Shares, Side, UnixMillis, Usd};
use engine::risk::{
    Committed, Limits, Reconciled, ReservationId, RiskBook, Standing, StrategyActivity,
    StrategyStanding,
};
use engine::signal::{Signal, StrategyName};
use proptest::prelude::*;

use super::kit::{Held, order, purchases, strategy, traded};
use crate::kit::NOW;

const MARKETS: u8 = 6;
const STRATEGIES: u8 = 8;

#[derive(Clone, Debug)]
enum Step {
    /// A strategy wants to buy in some markets, so many shares at 0.50 in each.
    Raise { strategy: u8, markets: Vec<(u8, u16)> },
    /// A plan spends part of what it may, in one of its markets.
    Spend { plan: u8, market: u8, percent: u8 },
    /// Part of what a plan spent in a market turns out not to have happened.
    Fail { plan: u8, market: u8, percent: u8 },
    /// Part of what is held in a market is sold at its cost.
    Sell { market: u8, percent: u8 },
    /// A plan is over.
    Release { plan: u8 },
    /// Time goes by.
    Wait { millis: u16 },
    /// The process ends and starts again from its text.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let legs = proptest::collection::vec((0..MARKETS, 1u16..4_000), 1..4);
    prop_oneof![
        6 => (0..STRATEGIES, legs).prop_map(|(strategy, markets)| Step::Raise { strategy, markets }),
        6 => (any::<u8>(), 0..MARKETS, 0u8..=100)
            .prop_map(|(plan, market, percent)| Step::Spend { plan, market, percent }),
        2 => (any::<u8>(), 0..MARKETS, 0u8..=100)
            .prop_map(|(plan, market, percent)| Step::Fail { plan, market, percent }),
        2 => (0..MARKETS, 0u8..=100).prop_map(|(market, percent)| Step::Sell { market, percent }),
        3 => any::<u8>().prop_map(|plan| Step::Release { plan }),
        2 => (0u16..30_000).prop_map(|millis| Step::Wait { millis }),
        1 => Just(Step::Restart),
    ]
}

/// What a plan may spend and has spent, by market.
#[derive(Clone, Debug)]
struct Plan {
    strategy: StrategyName,
    may: BTreeMap<ConditionId, Usd>,
    capital: Usd,
    spent: BTreeMap<ConditionId, Usd>,
}

impl Plan {
    fn left_in(&self, condition: &ConditionId) -> i64 {
        let of = |map: &BTreeMap<ConditionId, Usd>| map.get(condition).map_or(0, |m| m.micros());
        of(&self.may) - of(&self.spent)
    }
    fn left(&self) -> i64 {
        self.capital.micros() - self.spent.values().map(|spent| spent.micros()).sum::<i64>()
    }
}

struct World {
    book: RiskBook,
    now: UnixMillis,
    cash: i64,
    held: Held,
    used: BTreeMap<StrategyName, i64>,
    plans: BTreeMap<u64, Plan>,
    approved_at: Vec<UnixMillis>,
    next: u64,
}

const BUDGET: i64 = 1_700_000_000;

fn limits() -> Limits {
    Limits {
        group_usd_max: Usd::from_whole(1_500),
        total_usd_max: Usd::from_whole(4_000),
        order_usd_max: Usd::from_whole(100_000),
        trades_per_minute_max: 20,
        floor_loss_usd_max: Usd::from_whole(100_000),
        ..Limits::default()
    }
}

fn group_of(number: u8) -> Option<&'static str> {
    [Some("a"), Some("a"), Some("a"), Some("b"), Some("b"), None][usize::from(number)]
}
fn condition(number: u8) -> ConditionId {
    traded(number, None).condition
}
fn part(of: i64, percent: u8) -> i64 {
    of * i64::from(percent) / 100
}

impl World {
    fn new() -> Self {
        Self {
            book: RiskBook::new(limits()).unwrap(),
            now: NOW,
            cash: 3_500_000_000,
            held: Held::new(),
            used: BTreeMap::new(),
            plans: BTreeMap::new(),
            approved_at: Vec::new(),
            next: 0,
        }
    }
    fn raise(&mut self, number: u8, markets: &[(u8, u16)]) {
        self.next += 1;
        let legs: BTreeMap<u8, u16> = markets.iter().copied().collect();
        let leg = |(market, shares): (u8, u16)| {
            let market = traded(market, group_of(market));
            order(market, Side::Buy, Shares::from_whole(shares.into()), "0.5")
        };
        let orders = legs.into_iter().map(leg).collect();
        let mut signal = purchases(&format!("s:{}", self.next), strategy(number), orders);
        (signal.expires_at, signal.books_vouched_at) = (UnixMillis(i64::MAX), None);
        let before = self.book.clone();
        let standing = Standing {
            now: self.now,
            reconciled: Reconciled::Yes,
            venue: None,
            cash_settled: Usd::from_micros(self.cash),
            committed: &self.held,
            day_realised: Usd::ZERO,
            equity: Usd::from_micros(self.cash),
            open_orders: 0,
            strategy: StrategyStanding {
                activity: StrategyActivity::Running,
                budget_usd: Usd::from_micros(BUDGET),
                used_usd: Usd::from_micros(self.used.get(&signal.strategy).copied().unwrap_or(0)),
            },
        };
        let decision = self.book.decide(ReservationId(self.next), signal.clone(), &standing);
        assert_eq!(decision.approved.is_some(), decision.review.refusal().is_none());
        if decision.approved.is_some() {
            self.approved_at.push(self.now);
            self.plans.insert(self.next, plan(&signal));
        } else {
            assert_eq!(self.book, before, "a refusal changes nothing");
        }
    }
    fn pick(&self, plan: u8) -> Option<u64> {
        let count = self.plans.len();
        (count > 0).then(|| *self.plans.keys().nth(usize::from(plan) % count).unwrap())
    }
    /// Moves dollars between cash and a market, for a plan.
    fn spend(&mut self, id: u64, number: u8, micros: i64) {
        let condition = condition(number);
        let plan = self.plans.get_mut(&id).unwrap();
        if !plan.may.contains_key(&condition) {
            return;
        }
        let spent = plan.spent.entry(condition).or_default();
        *spent += Usd::from_micros(micros);
        let over = self.book.convert(ReservationId(id), &condition, *spent);
        assert_eq!(over, Ok(Usd::ZERO));
        self.cash -= micros;
        *self.used.entry(plan.strategy.clone()).or_default() += micros;
        self.hold(number, micros);
    }
    fn hold(&mut self, number: u8, micros: i64) {
        let group = group_of(number).map(|group| GroupId(group.into()));
        let new = Committed { cost: Usd::ZERO, group };
        self.held.entry(condition(number)).or_insert(new).cost += Usd::from_micros(micros);
    }
    fn held_in(&self, number: u8) -> i64 {
        self.held.get(&condition(number)).map_or(0, |held| held.cost.micros())
    }
    fn apply(&mut self, step: &Step) {
        match step {
            Step::Raise { strategy, markets } => self.raise(*strategy, markets),
            Step::Spend { plan, market, percent } => {
                let Some(id) = self.pick(*plan) else { return };
                let left = self.plans[&id].left_in(&condition(*market));
                self.spend(id, *market, part(left, *percent));
            }
            Step::Fail { plan, market, percent } => {
                let Some(id) = self.pick(*plan) else { return };
                let spent = self.plans[&id].spent.get(&condition(*market));
                let spent = spent.map_or(0, |spent| spent.micros()).min(self.held_in(*market));
                self.spend(id, *market, -part(spent, *percent));
            }
            Step::Sell { market, percent } => {
                // Not known whose it was, so nobody's budget grows.
                let micros = part(self.held_in(*market), *percent);
                self.cash += micros;
                self.hold(*market, -micros);
            }
            Step::Release { plan } => {
                let Some(id) = self.pick(*plan) else { return };
                self.plans.remove(&id);
                self.book.release(ReservationId(id)).unwrap();
            }
            Step::Wait { millis } => self.now = UnixMillis(self.now.0 + i64::from(*millis)),
            Step::Restart => {
                let text = serde_json::to_string(&self.book).unwrap();
                let again: RiskBook = serde_json::from_str(&text).unwrap();
                assert_eq!(again, self.book);
                self.book = again;
            }
        }
    }
    /// Whatever the open plans do from here on, no limit is exceeded.
    fn check(&self) {
        let limits = limits();
        let left = |number: u8| -> i64 {
            self.plans.values().map(|plan| plan.left_in(&condition(number))).sum()
        };
        for number in 0..MARKETS {
            let most = self.held_in(number) + left(number);
            assert!(most <= limits.market_usd_max.micros(), "market {number}: {most}");
        }
        for group in ["a", "b"] {
            let inside = (0..MARKETS).filter(|number| group_of(*number) == Some(group));
            let most: i64 = inside.map(|number| self.held_in(number) + left(number)).sum();
            assert!(most <= limits.group_usd_max.micros(), "group {group}: {most}");
        }
        let left: i64 = self.plans.values().map(Plan::left).sum();
        let held: i64 = (0..MARKETS).map(|number| self.held_in(number)).sum();
        assert!(held + left <= limits.total_usd_max.micros(), "total: {held} + {left}");
        assert!(left <= self.cash, "cash: {left} of {}", self.cash);
        for number in 0..STRATEGIES {
            let name = strategy(number);
            let own = self.plans.values().filter(|plan| plan.strategy == name).map(Plan::left);
            let most = own.sum::<i64>() + self.used.get(&name).copied().unwrap_or(0);
            assert!(most <= BUDGET, "strategy {number}: {most}");
        }
        assert!(self.plans.len() <= limits.open_plans_max as usize);
        let minute = self.approved_at.iter().filter(|at| self.now.0 - at.0 < 60_000);
        assert!(minute.count() <= limits.trades_per_minute_max as usize);
    }
}

fn plan(signal: &Signal) -> Plan {
    let may = signal.exposure.iter().map(|market| (market.condition, market.at_risk));
    let strategy = signal.strategy.clone();
    Plan { strategy, may: may.collect(), capital: signal.capital, spent: BTreeMap::new() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn eight_strategies_firing_at_once_never_exceed_a_limit_by_a_cent(
        steps in proptest::collection::vec(step(), 1..120)
    ) {
        let mut world = World::new();
        for step in &steps {
            world.apply(step);
            world.check();
        }
    }
}

#[test]
fn the_room_is_used_to_the_last_cent_and_not_beyond() {
    let mut world = World::new();
    // Each purchase reserves 0.50 a share and one cent; the market holds 1,000.
    world.raise(0, &[(5, 999)]);
    world.raise(1, &[(5, 999)]);
    assert_eq!(world.plans.len(), 2);
    world.raise(2, &[(5, 2)]);
    assert_eq!(world.plans.len(), 2, "0.98 is left, and 1.01 is wanted");
    world.check();
}
