//! What came of it under one bound.

use std::collections::BTreeMap;

use domain::{ConditionId, Price, TokenId, Usd};
use engine::desk::Quotes as _;
use engine::ledger::Figures;
use engine::opportunity::Subject;
use engine::risk::Rule;
use engine::signal::StrategyName;
use serde::Serialize;

use super::Sources;
use crate::bounds::Bound;
use crate::machine::{Account, CurvePoint, DoneCounts, Judged, Machine, PlanCounts};
use crate::scene::Scene;

/// One bound's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoundReport {
    /// Which.
    pub bound: Bound,
    /// What it assumes, in plain words.
    pub text: &'static str,
    /// What is left of it all: realised, less fees and gas, and what is still held at its mark.
    pub net: Usd,
    /// Earned by what was given up, redemptions included, before fees and gas.
    pub realised: Usd,
    /// Taker's fees.
    pub fees: Usd,
    /// What transactions cost.
    pub gas: Usd,
    /// What is still held would bring at the last bids, less its cost.
    pub unrealised: Usd,
    /// Positions that nobody bid for at last; they are marked at nothing.
    pub unmarked: u64,
    /// Positions that are still held.
    pub still_held: u64,
    /// The most that equity was below its peak.
    pub drawdown_max: Usd,
    /// The most dollars that were in markets or reserved for them.
    pub exposure_max: Usd,
    /// Plans that brought more than they took, of those that ended with nothing held, in
    /// ten-thousandths; `None` where none did.
    pub hit_rate_bips: Option<u64>,
    /// Plans that ended with something traded.
    pub certified: u64,
    /// Of these: worse than the certificate's worst case.
    pub breaches: u64,
    /// By how much in all.
    pub breached: Usd,
    /// What was done at the venue and on the chain.
    pub done: DoneCounts,
    /// By strategy.
    pub by_strategy: Vec<StrategyRow>,
    /// By strategy and market, the largest results first.
    pub by_market: Vec<MarketRow>,
    /// Why strategies and risk manager did not trade.
    pub why_not: Vec<RuleRow>,
    /// Why the venue refused orders.
    pub venue_refused: BTreeMap<String, u64>,
    /// When and why trading stopped.
    pub halts: Vec<String>,
    /// Equity over time.
    pub curve: Vec<CurvePoint>,
    /// Wishes in the order in which they were judged, for comparisons.
    #[serde(skip)]
    pub judged: Vec<Judged>,
}

/// One strategy's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StrategyRow {
    /// Who.
    pub strategy: String,
    /// Earned before fees and gas.
    pub realised: Usd,
    /// Taker's fees.
    pub fees: Usd,
    /// What transactions cost.
    pub gas: Usd,
    /// What is still held would bring, less its cost.
    pub unrealised: Usd,
    /// All of it.
    pub net: Usd,
    /// What it did.
    #[serde(flatten)]
    pub plans: PlanCounts,
}

/// One market's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarketRow {
    /// Who traded there.
    pub strategy: String,
    /// The market; foreign text.
    pub title: String,
    /// Its key.
    pub market: String,
    /// Earned before fees and gas.
    pub realised: Usd,
    /// Taker's fees.
    pub fees: Usd,
    /// What transactions cost.
    pub gas: Usd,
    /// What is still held would bring, less its cost.
    pub unrealised: Usd,
    /// All of it.
    pub net: Usd,
    /// Whether it ended as the recording says, or is marked at the last bid.
    pub ended: &'static str,
}

/// How often a rule was the first that refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleRow {
    /// Whom.
    pub strategy: String,
    /// Who refused: the strategy itself, or the risk manager.
    pub by: &'static str,
    /// The rule's stable name.
    pub rule: &'static str,
    /// How often.
    pub count: u64,
    /// The rule in plain words.
    pub text: &'static str,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    figures: Figures,
    unrealised: Usd,
}

impl Sum {
    fn add(&mut self, figures: &Figures) {
        self.figures.realised += figures.realised;
        self.figures.fees += figures.fees;
        self.figures.gas += figures.gas;
        self.figures.adjusted += figures.adjusted;
    }
    fn net(&self) -> Usd {
        self.figures.net() + self.unrealised
    }
}

type Cells = BTreeMap<(String, Option<ConditionId>), Sum>;

impl BoundReport {
    pub(super) fn of(machine: &Machine, sources: &Sources<'_>) -> Self {
        let mut account = machine.account().clone();
        account.keep_results(machine.dealer());
        let mut held = Held::default();
        let cells = cells(&account, machine, sources.scene, &mut held);
        let mut total = Sum::default();
        for sum in cells.values() {
            total.add(&sum.figures);
            total.unrealised += sum.unrealised;
        }
        let breaches = machine.dealer().desk().breaches();
        let (won, lost) = account
            .plans
            .values()
            .fold((0, 0), |(won, lost), counts| (won + counts.won, lost + counts.lost));
        Self {
            bound: machine.bound(),
            text: machine.bound().text(),
            net: total.net(),
            realised: total.figures.realised + total.figures.adjusted,
            fees: total.figures.fees,
            gas: total.figures.gas,
            unrealised: total.unrealised,
            unmarked: held.unmarked,
            still_held: held.count,
            drawdown_max: account.drawdown_max,
            exposure_max: account.exposure_max,
            hit_rate_bips: (won * 10_000u64).checked_div(won + lost),
            certified: breaches.plans,
            breaches: breaches.breached,
            breached: breaches.amount,
            done: account.done,
            by_strategy: by_strategy(&cells, &account, sources),
            by_market: by_market(&cells, sources),
            why_not: why_not(&account),
            venue_refused: account.venue_refused.clone(),
            halts: account
                .halts
                .iter()
                .map(|(at, text)| format!("{}: {text}", at.to_rfc3339()))
                .collect(),
            curve: account.curve,
            judged: account.judged,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Held {
    count: u64,
    unmarked: u64,
}

/// Results by strategy and market, and with them what is still held, each position for whoever
/// traded last in its market.
fn cells(account: &Account, machine: &Machine, scene: &Scene, held: &mut Held) -> Cells {
    let mut cells = Cells::new();
    for (key, figures) in &account.results {
        let (strategy, condition) = match &key.tag {
            Some(tag) => (tag.strategy.to_string(), tag.condition),
            None => ("(nobody)".to_owned(), None),
        };
        cells.entry((strategy, condition)).or_default().add(figures);
    }
    let marks = scene.marks();
    let mark =
        |token: TokenId| -> Option<Price> { Some(marks.touch(token).bid.unwrap_or(Price::ZERO)) };
    let desk = machine.dealer().desk();
    for (token, gain) in desk.ledger().unrealised(&mark).by_token {
        let condition = desk.home(token).map(|home| home.condition);
        let trader = condition.and_then(|condition| account.traders.get(&condition));
        let strategy = trader.map_or_else(|| "(nobody)".to_owned(), StrategyName::to_string);
        cells.entry((strategy, condition)).or_default().unrealised += gain;
        held.count += 1;
        held.unmarked += u64::from(marks.touch(token).bid.is_none());
    }
    cells
}

fn by_strategy(cells: &Cells, account: &Account, sources: &Sources<'_>) -> Vec<StrategyRow> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for ((strategy, _), sum) in cells {
        let of = sums.entry(strategy.clone()).or_default();
        of.add(&sum.figures);
        of.unrealised += sum.unrealised;
    }
    // Whoever had nothing to do is shown as well.
    for entry in &sources.plan.terms.strategies {
        sums.entry(entry.name.to_owned()).or_default();
    }
    let counts = |name: &str| {
        let found = account.plans.iter().find(|(strategy, _)| strategy.as_str() == name);
        found.map(|(_, counts)| *counts).unwrap_or_default()
    };
    let rows = sums.into_iter().map(|(strategy, sum)| StrategyRow {
        realised: sum.figures.realised + sum.figures.adjusted,
        fees: sum.figures.fees,
        gas: sum.figures.gas,
        unrealised: sum.unrealised,
        net: sum.net(),
        plans: counts(&strategy),
        strategy,
    });
    rows.collect()
}

fn by_market(cells: &Cells, sources: &Sources<'_>) -> Vec<MarketRow> {
    let seating = &sources.cast.seating;
    let rows = cells.iter().map(|((strategy, condition), sum)| {
        let (title, market) = match condition {
            Some(condition) => seating.names(&Subject::Market(*condition)),
            None => ("a whole group".to_owned(), String::new()),
        };
        let is_resolved = condition.is_some_and(|it| seating.payouts.contains_key(&it));
        MarketRow {
            strategy: strategy.clone(),
            title,
            market,
            realised: sum.figures.realised + sum.figures.adjusted,
            fees: sum.figures.fees,
            gas: sum.figures.gas,
            unrealised: sum.unrealised,
            net: sum.net(),
            ended: if is_resolved { "resolved" } else { "marked at the last bid" },
        }
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.net.micros().unsigned_abs()), row.title.clone()));
    rows
}

fn why_not(account: &Account) -> Vec<RuleRow> {
    let row = |by: &'static str| {
        move |((strategy, rule), count): (&(StrategyName, Rule), &u64)| RuleRow {
            strategy: strategy.to_string(),
            by,
            rule: rule.code(),
            count: *count,
            text: rule.text(),
        }
    };
    let own = account.passed.iter().map(row("strategy"));
    own.chain(account.refused.iter().map(row("risk manager"))).collect()
}
